"""Hartigan's dip, held against the package diptest."""

import numpy as np
import pytest

from bank_marketing.methods.dip import DIP_QUANTILES, NULL_PROBABILITIES, dip_p_value, dip_statistic

RNG = np.random.default_rng(11)
SAMPLES = {
    "normal": RNG.normal(size=321),
    "uniform": RNG.random(1_000),
    "lognormal": RNG.lognormal(size=77),
    "two_modes": np.concatenate([RNG.normal(size=100), RNG.normal(6, 1, 60)]),
    "three_modes": np.concatenate([RNG.normal(size=90), RNG.normal(5, 1, 40), RNG.normal(12, 2, 55)]),
    "four_numbers": np.array([0.1, 0.2, 0.9, 1.0]),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_dip_is_that_of_the_package(name):
    diptest = pytest.importorskip("diptest")

    assert dip_statistic(SAMPLES[name]) == pytest.approx(diptest.dipstat(SAMPLES[name]), abs=1e-9)


def test_p_values_are_those_of_the_package():
    diptest = pytest.importorskip("diptest")
    # Of 150 samples, so that sizes and p-values of all kinds are met.
    for number in range(150):
        rng = np.random.default_rng(number)
        sample = np.concatenate([rng.normal(size=rng.integers(20, 700)), rng.normal(2.8, 1, 150)])
        dip, expected = diptest.diptest(sample)
        if expected > 0.001:
            assert dip_p_value(dip, len(sample)) == pytest.approx(expected, rel=0.15, abs=0.01)
        else:
            assert dip_p_value(dip, len(sample)) < 0.0015


@pytest.mark.slow
def test_chance_passes_the_level_as_often_as_it_says():
    p_values = []
    for number in range(1_000):
        sample = np.random.default_rng(number).random(150)
        p_values.append(dip_p_value(dip_statistic(sample), 150))

    assert np.mean(np.array(p_values) < 0.1) == pytest.approx(0.1, abs=0.03)
    assert np.mean(np.array(p_values) < 0.5) == pytest.approx(0.5, abs=0.05)


def test_a_gap_is_seen_and_a_skewed_crowd_has_none():
    rng = np.random.default_rng(3)
    gap = np.concatenate([rng.normal(size=100), rng.normal(6, 1, 100)])
    skewed = rng.lognormal(size=2_000)

    assert dip_p_value(dip_statistic(gap), 200) == pytest.approx(0.0001)
    assert dip_p_value(dip_statistic(skewed), 2_000) > 0.5


def test_known_values():
    # Two numbers far apart at which all values lie: half of the gap of 1/2 on each side.
    assert dip_statistic([0.0, 0.0, 1.0, 1.0]) == pytest.approx(0.25)
    assert dip_statistic([5.0, 5.0, 5.0]) == pytest.approx(1 / 6)
    assert dip_statistic([7.0]) == pytest.approx(0.5)
    evenly = np.arange(50.0)
    assert dip_statistic(evenly) == pytest.approx(1 / 100)


@pytest.mark.parametrize("scale", [1.0, -3.0, 1e-9])
@pytest.mark.parametrize("place", [0.0, 1e6])
def test_the_commonest_value_may_be_the_mode(scale, place):
    # The step of a tenth is what no mode at 0 explains.
    sample = place + scale * np.repeat([0.0, 1.0], [900, 100])
    if place and scale == 1e-9:
        pytest.skip("no longer two numbers")

    assert dip_statistic(sample) == pytest.approx(0.05, abs=1e-6)


def test_customers_with_none_of_something_are_no_second_mode_unless_there_is_a_gap():
    rng = np.random.default_rng(4)
    none = np.zeros(500)

    falling = np.concatenate([none, rng.exponential(size=500)])
    apart = np.concatenate([none, rng.normal(5, 1, 500)])

    assert dip_p_value(dip_statistic(falling), 1_000) > 0.5
    assert dip_p_value(dip_statistic(apart), 1_000) == pytest.approx(0.0001)


def test_scale_place_and_order_change_nothing():
    sample = SAMPLES["three_modes"]

    assert dip_statistic(1e6 + 3 * sample) == pytest.approx(dip_statistic(sample))
    assert dip_statistic(-sample[::-1]) == pytest.approx(dip_statistic(sample))


def test_the_table_of_quantiles_rises_with_the_improbability():
    for quantiles in DIP_QUANTILES.values():
        assert len(quantiles) == len(NULL_PROBABILITIES)
        assert (np.diff(quantiles) > 0).all()


@pytest.mark.parametrize("values", [[], [1.0, np.nan], [[1.0, 2.0]]])
def test_what_has_no_dip_is_refused(values):
    with pytest.raises(ValueError, match="list of finite numbers"):
        dip_statistic(values)
