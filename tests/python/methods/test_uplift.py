"""Uplift: known answers, the right lines around a Qini curve, and intervals that hold."""

import numpy as np
import pandas as pd
import pytest

from bank_marketing.methods.uplift import (
    BALANCE_LEVEL,
    balance_test,
    difference_of_rates,
    qini_curve,
    ratio_of_rates,
)


def test_known_answer_of_a_qini_coefficient():
    curve = qini_curve([False, True], [True, False], [0.1, 0.3])
    assert curve.coefficient == pytest.approx(1.0)
    assert curve.customers.tolist() == [0, 1, 2]
    assert curve.gain.tolist() == [0, 0, -1]
    assert curve.random.tolist() == [0, -0.5, -1]


def test_an_order_by_the_outcome_is_perfect_and_its_reverse_is_worst():
    random = np.random.default_rng(1)
    treated, good = random.random(300) < 0.5, random.random(300) < 0.4
    best = np.where(treated, 1.0, -1.0) * good
    assert qini_curve(good, treated, best).coefficient == pytest.approx(1.0)
    assert qini_curve(good, treated, -best).coefficient < 0


def test_no_order_is_above_the_perfect_line():
    random = np.random.default_rng(2)
    for _ in range(200):
        treated, good = random.random(80) < 0.5, random.random(80) < 0.5
        curve = qini_curve(good, treated, random.random(80))
        assert curve.coefficient <= 1
        assert (curve.gain <= curve.perfect + 1e-9).all()


def test_equal_scores_are_the_random_line():
    random = np.random.default_rng(3)
    treated, good = random.random(100) < 0.5, random.random(100) < 0.5
    curve = qini_curve(good, treated, np.zeros(100))
    assert curve.coefficient == pytest.approx(0.0)
    np.testing.assert_allclose(curve.gain, curve.random)


def test_a_score_that_knows_the_uplift_beats_one_that_does_not():
    random = np.random.default_rng(4)
    trait, treated = random.random(4_000), random.random(4_000) < 0.5
    good = random.random(4_000) < 0.4 + 0.4 * trait * treated
    assert qini_curve(good, treated, trait).coefficient > 0.05
    assert abs(qini_curve(good, treated, random.random(4_000)).coefficient) < 0.05


@pytest.mark.parametrize(
    "treated, score", [([True, True], [1, 2]), ([False, False], [1, 2]), ([True, False], [1, np.nan])]
)
def test_a_curve_without_controls_or_scores_is_refused(treated, score):
    with pytest.raises(ValueError, match="needs treated and controls"):
        qini_curve([True, False], treated, score)


def test_known_answer_of_newcombes_interval():
    # Newcombe (1998), table II, case (a) 56/70 - 48/80, method 10.
    found = difference_of_rates([56], [70], [48], [80]).round(4).loc[0].tolist()
    assert found == [0.2, 0.0524, 0.3339]


def test_known_answers_of_a_ratio_and_a_difference():
    counts = ([4_124], [41_855], [81], [843])
    ratio, difference = ratio_of_rates(*counts).iloc[0], difference_of_rates(*counts).iloc[0]
    assert ratio["value"] == pytest.approx(0.0254, abs=5e-5)
    assert ratio["value_high"] - ratio["value"] == pytest.approx(0.2144, abs=5e-5)
    assert difference["value"] == pytest.approx(0.0024, abs=5e-5)
    # Newcombe's interval is lopsided; its half width is that of the normal one.
    assert (difference["value_high"] - difference["value_low"]) / 2 == pytest.approx(0.0201, abs=1e-4)


def test_a_ratio_without_a_good_outcome_on_a_side_is_unknown():
    assert ratio_of_rates([0, 5, 5], [10, 10, 0], [5, 0, 5], [10, 10, 10])["value"].isna().all()


def test_a_ratio_without_any_bad_outcome_is_not_certain():
    alike = ratio_of_rates([40, 39], [40, 40], [30, 30], [30, 30])

    assert alike["value"][0] == 0
    assert alike[["value_low", "value_high"]].isna().all(axis=1).tolist() == [True, False]


def test_intervals_of_ratios_hold_the_truth_as_often_as_they_say():
    random = np.random.default_rng(4)
    good_1, good_0 = random.binomial(2_000, 0.24, 2_000), random.binomial(500, 0.2, 2_000)
    ratio = ratio_of_rates(good_1, 2_000, good_0, 500)
    assert 0.93 < ((ratio["value_low"] <= 0.2) & (ratio["value_high"] >= 0.2)).mean() < 0.97


def test_a_group_without_controls_has_no_difference():
    assert difference_of_rates([3], [5], [0], [0]).isna().all(axis=None)


def test_intervals_of_differences_hold_the_truth_as_often_as_they_say():
    random = np.random.default_rng(5)
    found = difference_of_rates(
        random.binomial(400, 0.85, 2_000),
        np.full(2_000, 400),
        random.binomial(60, 0.8, 2_000),
        np.full(2_000, 60),
    )
    assert 0.93 <= ((found["value_low"] <= 0.05) & (found["value_high"] >= 0.05)).mean() <= 0.98


def test_random_assignment_passes_as_balanced_as_often_as_the_level_says():
    random = np.random.default_rng(6)
    traits = pd.DataFrame(random.normal(size=(300, 5)), columns=list("abcde")).assign(
        constant=1.0, twice=lambda t: t.a
    )
    alarms = sum(balance_test(traits, random.random(300) < 0.3)[2] < 0.05 for _ in range(400))
    assert 8 <= alarms <= 34


def test_assignment_by_a_trait_is_found():
    random = np.random.default_rng(7)
    traits = pd.DataFrame(random.normal(size=(500, 4)), columns=list("abcd"))
    treated = random.random(500) < 1 / (1 + np.exp(-0.5 * traits["a"]))
    assert balance_test(traits, treated)[2] < BALANCE_LEVEL


def test_traits_that_do_not_vary_tell_nothing():
    assert balance_test(pd.DataFrame({"a": [1.0, 1.0, 1.0]}), [True, False, True]) == (0.0, 0.0, 1.0)
