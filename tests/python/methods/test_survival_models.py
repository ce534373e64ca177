"""Survival models: as lifelines and closed forms say, finding a planted hazard, and stored as they are."""

import numpy as np
import pandas as pd
import pytest
from lifelines import WeibullAFTFitter
from lifelines.datasets import load_rossi
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from bank_marketing.fitting.artefacts import dump_artefact, load_artefact
from bank_marketing.methods.survival import (
    NothingToFitError,
    brier_losses,
    concordance_interval,
    fit_cox,
)
from bank_marketing.methods.survival_models import (
    fit_hazards,
    fit_two_stage,
    fit_weibull,
    from_plain,
    to_plain,
)

pytestmark = pytest.mark.slow

TIMES = np.arange(1.0, 11.0)


def leavers(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """Draw customers whose hazard a year is 0.05 exp(1.2 a), seen for up to ten whole years."""
    random = np.random.default_rng(seed)
    design = pd.DataFrame({"a": random.normal(size=n), "b": random.normal(size=n)})
    hazard = 0.05 * np.exp(1.2 * design["a"].to_numpy())
    leaves, seen = np.ceil(random.exponential(1 / hazard)), random.integers(1, 11, n)
    return design, np.minimum(leaves, seen).astype(float), (leaves <= seen).astype(int), hazard


def models(design, durations, events):
    boosting = HistGradientBoostingClassifier(max_iter=40, max_depth=3, early_stopping=False, random_state=1)
    return {
        "cox": fit_cox(design, durations, events),
        "weibull": fit_weibull(design, durations, events, penalizer=0.0),
        "hazards": fit_hazards(boosting, design, durations, events),
        "two_stage": fit_two_stage(boosting, design, durations, events, folds=5, penalizer=0.0, seed=1),
    }


def test_weibull_is_that_of_lifelines():
    rossi = load_rossi()
    design = rossi.drop(columns=["week", "arrest"]).assign(constant=1.0)
    model = fit_weibull(design, rossi["week"].to_numpy(), rossi["arrest"].to_numpy(), penalizer=0.0)
    fitter = WeibullAFTFitter().fit(rossi, "week", "arrest")
    expected = fitter.predict_survival_function(rossi, times=[10.0, 50.0]).T.to_numpy()
    np.testing.assert_allclose(model.survival(design, np.array([10.0, 50.0])), expected, atol=1e-4)


@pytest.mark.parametrize("penalizer", [0.0, 0.001, 0.5])
def test_weibull_has_the_estimates_of_lifelines(penalizer):
    design, durations, events, _ = leavers(3_000, seed=10)
    design = design.assign(rare=(design["b"] > 2.2).astype(float), wide=100 * design["a"] ** 2)
    model = fit_weibull(design, durations, events, penalizer=penalizer)
    frame = design.assign(years=durations, left=events)
    expected = WeibullAFTFitter(penalizer=penalizer).fit(frame, "years", "left").params_
    np.testing.assert_allclose(model.coefficients, expected["lambda_"][design.columns], atol=1e-4)
    assert model.intercept == pytest.approx(expected["lambda_"]["Intercept"], abs=1e-4)
    assert np.log(model.shape) == pytest.approx(expected["rho_"]["Intercept"], abs=1e-4)


def test_durations_that_are_all_alike_are_refused():
    design, _, events, _ = leavers(100, seed=11)
    with pytest.raises(NothingToFitError, match="durations are alike"):
        fit_weibull(design, np.full(100, 0.5), events, penalizer=0.0)


def test_a_planted_hazard_is_found_by_every_model():
    design, durations, events, _ = leavers(4_000, seed=1)
    new, _, _, hazard = leavers(2_000, seed=2)
    truth = np.exp(-np.outer(hazard, TIMES))
    for name, model in models(design, durations, events).items():
        found = model.survival(new, TIMES)
        # Whole years are too coarse for the Weibull model, which takes them for exact times.
        assert np.abs(found - truth).mean() < (0.08 if name == "weibull" else 0.05), name
        assert (np.diff(found, axis=1) <= 1e-12).all(), name


def test_models_beat_the_curve_that_all_share():
    design, durations, events, _ = leavers(3_000, seed=3)
    new, later, left, _ = leavers(2_000, seed=4)
    shared = fit_cox(design[["b"]], durations, events).survival(new[["b"]], TIMES)

    def loss(curves):
        return brier_losses(
            curves, TIMES, later, left, training_durations=durations, training_events=events
        ).mean()

    for name, model in models(design, durations, events).items():
        curves = model.survival(new, TIMES)
        assert loss(curves) < loss(shared) - 0.02, name
        assert concordance_interval(later, -curves.sum(axis=1), left)[0] > 0.7, name


def test_stored_models_tell_the_same():
    design, durations, events, _ = leavers(500, seed=5)
    for name, model in models(design, durations, events).items():
        again = from_plain(load_artefact(dump_artefact({"model": to_plain(model)}))["model"])
        some, elapsed = design.head(50), durations[:50]
        np.testing.assert_array_equal(model.survival(some, TIMES), again.survival(some, TIMES), err_msg=name)
        np.testing.assert_array_equal(
            model.expected_time_ahead(some, elapsed, 10.0), again.expected_time_ahead(some, elapsed, 10.0)
        )


def test_hazards_go_on_beyond_the_longest_time_seen():
    design, durations, events, _ = leavers(1_000, seed=6)
    for name, model in models(design, durations, events).items():
        hazard = model.hazard_until(design.head(20), np.array([9.0, 10.0, 11.0, 12.0]))
        assert (np.diff(hazard, axis=1) >= 0).all(), name
        assert (hazard[:, -1] > hazard[:, 1]).all(), name
        own_times = model.hazard_until(design.head(2), np.array([[9.0, 12.0], [10.0, 11.0]]))
        np.testing.assert_allclose(own_times, [hazard[0, [0, 3]], hazard[1, [1, 2]]], err_msg=name)


def test_discrete_hazards_have_the_life_table_of_equal_subjects():
    # Of 10 subjects 2 leave at 1, of the 7 still seen at 2 (one censored at 1) 1 leaves.
    durations = np.array([1.0] * 3 + [2.0] * 7)
    events = np.array([1, 1, 0, 1, 0, 0, 0, 0, 0, 0])

    class ShareOfTime(LogisticRegression):
        """Tells the share of events at each time, whatever the subject."""

        def fit(self, values, outcome):
            self.share_ = pd.Series(outcome).groupby(values[:, -1]).mean()
            return self

        def predict_proba(self, values):
            chance = self.share_.loc[values[:, -1]].to_numpy()
            return np.column_stack([1 - chance, chance])

    model = fit_hazards(ShareOfTime(), pd.DataFrame({"same": np.zeros(10)}), durations, events)
    found = model.survival(pd.DataFrame({"same": [0.0]}), np.array([1.0, 2.0]))
    np.testing.assert_allclose(found, [[0.8, 0.8 * 6 / 7]])


@pytest.mark.parametrize("kind", ["weibull", "hazards", "two_stage"])
def test_hazard_between_two_times_is_what_one_of_them_has_more(kind):
    design, durations, events, _ = leavers(400, seed=11)
    model = models(design, durations, events)[kind]
    random = np.random.default_rng(12)
    # Some begin at 0 or at a grid time, some beyond the last one; some end where they begin.
    start = np.r_[0.0, 3.0, 10.0, 10.5, random.uniform(0, 12, 396)]
    end = start + np.r_[1.0, 0.0, 2.0, 1.0, random.choice([0.3, 1.0, 4.0], 396)]
    until = model.hazard_until(design, np.column_stack([start, end]))
    found = model.hazard_between(design, start, end)
    np.testing.assert_allclose(found, until[:, 1] - until[:, 0], atol=1e-12)
    assert (found[end > start] > 0).all()


def test_a_score_beyond_those_of_the_fit_counts_as_the_farthest():
    design, durations, events, _ = leavers(1_000, seed=7)
    model = fit_two_stage(LogisticRegression(), design, durations, events, folds=5, penalizer=0.0, seed=1)
    far, farther = pd.DataFrame({"a": [50.0], "b": [0.0]}), pd.DataFrame({"a": [90.0], "b": [0.0]})
    np.testing.assert_array_equal(model.survival(far, TIMES), model.survival(farther, TIMES))


@pytest.mark.parametrize("kind", ["hazards", "two_stage"])
def test_many_different_durations_are_no_trouble(kind):
    design, durations, events, _ = leavers(800, seed=8)
    durations = durations + np.random.default_rng(9).random(800)
    curves = models(design, durations, events)[kind].survival(design, TIMES)
    assert np.isfinite(curves).all() and (curves >= 0).all() and (curves <= 1).all()
