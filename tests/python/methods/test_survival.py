"""Cox regression as plain parameters, and the measures of survival curves."""

import numpy as np
import pandas as pd
import pytest
from lifelines.datasets import load_rossi
from lifelines.utils import concordance_index as lifelines_concordance

from bank_marketing.methods.survival import CoxModel, brier_losses, concordance_interval, fit_cox


def constant_hazard(yearly: float) -> CoxModel:
    years = np.arange(1.0, 6.0)
    return CoxModel(["risk"], np.array([1.0]), np.array([0.1]), np.array([0.0]), years, yearly * years)


def test_rossi_has_the_known_hazard_ratios_and_concordance():
    rossi = load_rossi()
    design = rossi.drop(columns=["week", "arrest"])
    weeks, arrests = rossi["week"].to_numpy(float), rossi["arrest"].to_numpy()

    cox = fit_cox(design, weeks, arrests)

    coefficients = dict(zip(cox.terms, cox.coefficients, strict=True))
    assert coefficients["fin"] == pytest.approx(-0.3794, abs=5e-5)
    assert coefficients["age"] == pytest.approx(-0.0574, abs=5e-5)
    assert coefficients["prio"] == pytest.approx(0.0915, abs=5e-5)
    value, low, high = concordance_interval(weeks, cox.risk_score(design), arrests)
    assert value == pytest.approx(0.640, abs=5e-4)
    # The standard error of R's survival.
    assert (high - low) / 2 == pytest.approx(1.96 * 0.027, rel=0.05)


def draw_survival(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw durations, scores and events with ties of all kinds."""
    random = np.random.default_rng(seed)
    risk = np.round(random.normal(size=rows), 1)
    leaves, seen = np.ceil(random.exponential(6 / np.exp(risk))), random.integers(1, 9, rows)
    return np.minimum(leaves, seen).astype(float), risk, (leaves <= seen).astype(int)


@pytest.mark.parametrize("seed", range(5))
def test_concordance_is_that_of_lifelines_and_its_interval_that_of_leaving_out_each_subject(seed):
    durations, risk, events = draw_survival(60, seed)
    rows = np.arange(60)
    without = [
        lifelines_concordance(durations[rows != row], -risk[rows != row], events[rows != row]) for row in rows
    ]

    value, low, high = concordance_interval(durations, risk, events)

    assert value == pytest.approx(lifelines_concordance(durations, -risk, events))
    assert high - value == pytest.approx(1.96 * np.sqrt(59 * np.var(without)), rel=1e-4)
    assert value - low == pytest.approx(high - value)


def test_concordance_depends_on_no_order_of_the_rows_and_keeps_to_its_range():
    durations, risk, events = draw_survival(200, 1)
    mixed = np.random.default_rng(2).permutation(200)

    found = concordance_interval(durations, risk, events)

    assert concordance_interval(durations[mixed], risk[mixed], events[mixed]) == pytest.approx(found)
    assert concordance_interval(np.array([1.0, 2, 3, 3]), np.array([4.0, 3, 3, 1]), np.ones(4))[2] == 1


@pytest.mark.parametrize("events", [[0, 0, 0], [0, 0, 1]])
def test_concordance_without_a_pair_that_can_be_compared_is_unknown(events):
    assert np.isnan(
        concordance_interval(np.array([1.0, 2, 3]), np.array([3.0, 2, 1]), np.array(events))
    ).all()


def test_survival_is_that_of_lifelines_at_the_times_seen():
    from lifelines import CoxPHFitter

    rossi = load_rossi()[["week", "arrest", "fin", "prio"]]
    weeks = [10.0, 25.0, 52.0]
    expected = CoxPHFitter().fit(rossi, "week", "arrest").predict_survival_function(rossi, times=weeks)

    cox = fit_cox(rossi[["fin", "prio"]], rossi["week"].to_numpy(float), rossi["arrest"].to_numpy())

    np.testing.assert_allclose(cox.survival(rossi, np.array(weeks)), expected.T, rtol=1e-4)


def test_a_constant_term_counts_nothing_and_the_others_stay():
    rossi = load_rossi()
    weeks, arrests = rossi["week"].to_numpy(float), rossi["arrest"].to_numpy()

    alone = fit_cox(rossi[["prio"]], weeks, arrests)
    both = fit_cox(rossi[["prio"]].assign(same=1.0), weeks, arrests)

    assert both.coefficients.tolist() == [alone.coefficients[0], 0.0]
    assert np.isnan(both.standard_errors[1])


@pytest.mark.parametrize("duration", [0.0, np.nan])
def test_a_duration_that_cox_cannot_use_is_refused(duration):
    with pytest.raises(ValueError, match="above 0"):
        fit_cox(pd.DataFrame({"x": [0.0, 1.0]}), np.array([1.0, duration]), np.array([1, 1]))


def test_terms_that_never_vary_are_refused():
    with pytest.raises(ValueError, match="nothing to fit"):
        fit_cox(pd.DataFrame({"x": [1.0, 1.0]}), np.array([1.0, 2.0]), np.array([1, 1]))


def test_expected_time_ahead_has_the_closed_form_of_a_constant_hazard():
    cox = constant_hazard(0.2)
    design = pd.DataFrame({"risk": [0.0, np.log(2.0)]})

    # The second subject is past the last time seen: there the hazard goes on as before.
    ahead = cox.expected_time_ahead(design, np.array([1.5, 8.0]), 10.0)

    expected = [(1 - np.exp(-hazard * 10)) / hazard for hazard in (0.2, 0.4)]
    np.testing.assert_allclose(ahead, expected, rtol=1e-3)


def rising_hazard() -> CoxModel:
    """Hazard 0.01 in the first year, 0.01 more each year, 0.1 in the tenth; nobody was seen for longer."""
    years = np.arange(1.0, 11.0)
    hazard = 0.01 * years
    return CoxModel(["risk"], np.array([1.0]), np.array([0.1]), np.array([0.0]), years, np.cumsum(hazard))


def test_expected_time_ahead_falls_with_the_time_gone_where_hazards_rise():
    elapsed = np.arange(0.0, 13.0)

    ahead = rising_hazard().expected_time_ahead(pd.DataFrame({"risk": np.zeros(13)}), elapsed, 10.0)

    # From the last time seen on nothing is known that could change it.
    assert (np.diff(ahead[:10]) < 0).all()
    np.testing.assert_allclose(ahead[9:], (1 - np.exp(-0.1 * 10)) / 0.1, rtol=1e-3)


def test_beyond_the_time_seen_the_hazard_is_that_of_its_last_tenth():
    cox = rising_hazard()

    assert cox.late_hazard == pytest.approx(0.1)
    assert cox.baseline(np.array([12.0])) - cox.baseline(np.array([10.0])) == pytest.approx(0.2)


def test_brier_losses_of_a_case_worked_by_hand():
    durations, events = np.array([1.0, 2.0, 2.0, 3.0]), np.array([1, 1, 0, 1])
    survival = np.array([[0.4, 0.3], [0.9, 0.5], [0.8, 0.6], [0.9, 0.7]])

    losses = brier_losses(
        survival,
        np.array([1.0, 2.0]),
        durations,
        events,
        training_durations=durations,
        training_events=events,
    )

    # One of three is censored at 2: G is 1 before 2 (that counts for the event at 2) and 2/3 from 2 on (that
    # counts for the one still there); the censored one counts nothing at 2.
    at_1 = np.array([0.4**2, 0.1**2, 0.2**2, 0.1**2])
    at_2 = np.array([0.3**2, 0.5**2, 0, 0.3**2 / (2 / 3)])
    np.testing.assert_allclose(losses, (at_1 + at_2) / 2)


def test_brier_losses_take_censoring_from_the_training_rows():
    durations, events = np.array([1.0, 3.0]), np.array([1, 1])
    survival = np.array([[0.5, 0.5], [0.5, 0.5]])

    losses = brier_losses(
        survival,
        np.array([1.0, 2.0]),
        durations,
        events,
        training_durations=np.array([1.5, 3.0]),
        training_events=np.array([0, 1]),
    )

    np.testing.assert_allclose(losses, [(0.25 + 0.25) / 2, (0.25 + 0.25 / 0.5) / 2])
