"""Survival models that compete with Cox regression: Weibull, boosted hazards, and a classifier before Cox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from sklearn.base import ClassifierMixin, clone

from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.survival import (
    LATE_SHARE,
    CoxModel,
    NothingToFitError,
    SurvivalModel,
    fit_cox,
)

# A duration has its own place on the grid of hazards up to this many different ones, then quantiles do.
MOST_GRID_TIMES = 20
# A chance of 1 would be an infinite hazard.
LARGEST_CHANCE = 1 - 1e-9
# Odds beyond these say no more than "nearly never" and "nearly always".
FARTHEST_LOG_ODDS = 9.0
# Of the Weibull model's fit: steps and their halvings, the gain of the mean log likelihood that ends it, and
# the most that may be left where rounding ends it.
MOST_STEPS, MOST_HALVINGS = 100, 40
LEAST_GAIN, NEAR_GAIN = 1e-16, 1e-10
LEAST_RIDGE = 1e-6


@dataclass(frozen=True)
class WeibullModel(SurvivalModel):
    """A fitted Weibull accelerated failure time model: S(t) = exp(-(t / exp(x b))^shape).

    Parameters
    ----------
    terms : list of str, length n_terms
        Names of the design's columns, in order.
    coefficients : ndarray of shape (n_terms,)
        Log time ratios: above 0 the event comes later. 0 for a term that was constant in the fit.
    intercept, shape : float
        Log of the time scale with all terms 0; how hazards change with time (above 1: they rise).
    """

    terms: list[str]
    coefficients: np.ndarray
    intercept: float
    shape: float

    def hazard_until(self, design: pd.DataFrame, times: np.ndarray) -> np.ndarray:
        """Return how much hazard each subject has gone through, as `SurvivalModel` says."""
        log_scale = self.intercept + design[self.terms].to_numpy(dtype=float) @ self.coefficients
        return np.asarray((np.asarray(times) / np.exp(log_scale)[:, None]) ** self.shape)


@dataclass(frozen=True)
class HazardModel(SurvivalModel):
    """Hazards in discrete time by a classifier that is told the time.

    Parameters
    ----------
    classifier : classifier
        Fitted on the design's values with the time as the last column; tells the chance of the event at a
        grid time, given none before.
    terms : list of str
        Columns of the design, in order.
    grid : ndarray of shape (n_grid,)
        Times at which events are counted, ascending.
    """

    classifier: ClassifierMixin
    terms: list[str]
    grid: np.ndarray

    def hazard_until(self, design: pd.DataFrame, times: np.ndarray) -> np.ndarray:
        """Return how much hazard each subject has gone through, as `SurvivalModel` says.

        Linear between grid times; beyond the last it goes on at each subject's mean hazard of the last tenth
        of the time seen.
        """
        values = design[self.terms].to_numpy(dtype=float)
        chance = np.column_stack(
            [
                self.classifier.predict_proba(np.column_stack([values, np.full(len(values), time)]))[:, 1]
                for time in self.grid
            ]
        )
        seen = np.cumsum(-np.log1p(-np.minimum(chance, LARGEST_CHANCE)), axis=1)
        grid, seen = np.append(0.0, self.grid), np.column_stack([np.zeros(len(values)), seen])
        at = np.broadcast_to(np.asarray(times, dtype=float), (len(values), np.shape(times)[-1]))
        last = grid[-1]
        late = np.full((len(values), 1), (1 - LATE_SHARE) * last)
        late_hazard = (seen[:, -1:] - _interpolate(late, grid, seen)) / (LATE_SHARE * last)
        return _interpolate(np.minimum(at, last), grid, seen) + np.maximum(at - last, 0.0) * late_hazard

    def hazard_between(self, design: pd.DataFrame, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Return the same as `SurvivalModel`, by the chances of the grid times in between alone."""
        last = self.grid[-1]
        late = LATE_SHARE * last
        beyond = np.maximum(end - last, 0.0) - np.maximum(start - last, 0.0)
        weight = self._shares(start, end) + (beyond / late)[:, None] * self._shares(last - late, last)
        values = design[self.terms].to_numpy(dtype=float)
        hazard = np.zeros(len(values))
        for time, of_time in zip(self.grid, weight.T, strict=True):
            counts = of_time > 0
            if counts.any():
                told = np.column_stack([values[counts], np.full(counts.sum(), time)])
                chance = self.classifier.predict_proba(told)[:, 1]
                hazard[counts] -= of_time[counts] * np.log1p(-np.minimum(chance, LARGEST_CHANCE))
        return hazard

    def _shares(self, start: np.ndarray | float, end: np.ndarray | float) -> np.ndarray:
        """Return how much of the time up to each grid time, from the one before, lies between two times."""
        upper, lower = self.grid, np.append(0.0, self.grid[:-1])
        inside = np.minimum(np.c_[end], upper) - np.maximum(np.c_[start], lower)
        return np.asarray(np.maximum(inside, 0.0) / (upper - lower))


@dataclass(frozen=True)
class TwoStageModel(SurvivalModel):
    """A classifier of the event whose log-odds enter a Cox model as a cubic.

    Parameters
    ----------
    classifier : classifier
        Fitted on all rows; tells the chance of the event whatever the duration.
    terms : list of str
        Columns of the classifier's design, in order.
    lowest, highest : float
        Range of the log-odds in the fit; a cubic says nothing beyond it.
    cox : CoxModel
        On the powers of the log-odds.
    """

    classifier: ClassifierMixin
    terms: list[str]
    lowest: float
    highest: float
    cox: CoxModel

    def hazard_until(self, design: pd.DataFrame, times: np.ndarray) -> np.ndarray:
        """Return how much hazard each subject has gone through, as `SurvivalModel` says."""
        score = _log_odds(self.classifier, design[self.terms].to_numpy(dtype=float))
        return self.cox.hazard_until(_powers(np.clip(score, self.lowest, self.highest)), times)


def fit_weibull(
    design: pd.DataFrame, durations: np.ndarray, events: np.ndarray, *, penalizer: float
) -> WeibullModel:
    """Fit a Weibull accelerated failure time model by Newton's method, its derivatives in closed form.

    The same optimum as that of lifelines, which takes its derivatives by tracing.

    Parameters
    ----------
    design : DataFrame of shape (n, n_terms)
        Numeric terms; constant ones are left out.
    durations, events : ndarray of shape (n,)
        Time to the event or to the last look, above 0; 1 where the event was seen.
    penalizer : float
        Weight of a ridge penalty, as lifelines has it: half of it times the squares of the coefficients per
        standard deviation of a term, and of the log shape, beside the mean log likelihood.

    Returns
    -------
    WeibullModel
        The model as plain parameters.

    Raises
    ------
    NothingToFitError
        If all durations are alike, or the optimum isn't found.

    References
    ----------
    Kalbfleisch, J. D. and Prentice, R. L. (2002). The Statistical Analysis of Failure Time Data. 2nd edition,
    chapter 3.
    """
    if np.ptp(durations) == 0:
        raise NothingToFitError("All durations are alike, which tells nothing of how hazards change in time.")
    values = design.to_numpy(dtype=float)
    # Constant terms don't vary; of standard deviation the sample's, as lifelines has it.
    spread = values.std(axis=0, ddof=1)
    varying = spread > 0
    terms = np.column_stack([values[:, varying] / spread[varying], np.ones(len(values))])
    weights = np.full(terms.shape[1] + 1, penalizer)
    weights[-2] = 0.0
    found = _weibull_optimum(terms, np.log(durations), np.asarray(events, dtype=float), weights)
    coefficients = np.zeros(values.shape[1])
    coefficients[varying] = found[:-2] / spread[varying]
    return WeibullModel(list(design.columns), coefficients, float(found[-2]), float(np.exp(found[-1])))


def _weibull_optimum(
    terms: np.ndarray, log_durations: np.ndarray, events: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Return coefficients and log shape with the highest penalised mean log likelihood."""

    def loss(at: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        # Too far a step is told by an infinite loss, and halved.
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = np.exp(at[-1]) * (log_durations - terms @ at[:-1])
            hazard = np.exp(scaled)
            value = np.mean(hazard - events * (at[-1] + scaled)) + 0.5 * weights @ at**2
        return float(value), scaled, hazard

    found = np.zeros(terms.shape[1] + 1)
    found[-2] = np.log(np.exp(log_durations).sum() / max(events.sum(), 1.0))
    value, scaled, hazard = loss(found)
    for _ in range(MOST_STEPS):
        shape, residual = np.exp(found[-1]), hazard - events
        # How the scaled log duration changes with each parameter.
        slopes = np.column_stack([-shape * terms, scaled])
        gradient = slopes.T @ residual / len(events) + weights * found
        gradient[-1] -= events.mean()
        expected = slopes.T @ (hazard[:, None] * slopes) / len(events) + np.diag(weights)
        curved = np.zeros_like(expected)
        curved[:-1, -1] = curved[-1, :-1] = -shape * (terms.T @ residual) / len(events)
        curved[-1, -1] = (scaled * residual).mean()
        try:
            step = cho_solve(cho_factor(expected + curved), gradient)
        except LinAlgError:
            # Far from the optimum the loss isn't convex; this part of it always is.
            step = cho_solve(cho_factor(expected + LEAST_RIDGE * np.eye(len(found))), gradient)
        gain = float(step @ gradient)
        for halvings in range(MOST_HALVINGS):
            nearer = found - step / 2**halvings
            told = loss(nearer)
            if told[0] < value:
                break
        else:
            break
        found, (value, scaled, hazard) = nearer, told
        if gain < LEAST_GAIN:
            break
    if not gain < NEAR_GAIN:
        raise NothingToFitError("The Weibull model's optimum wasn't found.")
    return found


def fit_hazards(
    classifier: ClassifierMixin, design: pd.DataFrame, durations: np.ndarray, events: np.ndarray
) -> HazardModel:
    """Fit hazards in discrete time: one row per subject and time that it was seen at, event or not.

    Parameters
    ----------
    classifier : classifier
        Unfitted; is told the design's values and the time.
    design : DataFrame of shape (n, n_terms)
        Numeric terms.
    durations, events : ndarray of shape (n,)
        Time to the event or to the last look, above 0; 1 where the event was seen.

    Returns
    -------
    HazardModel
        The model.

    References
    ----------
    Singer, J. D. and Willett, J. B. (1993). It's about time: using discrete-time survival analysis. Journal
    of Educational Statistics 18, 155-195.
    """
    grid = np.unique(durations)
    if len(grid) > MOST_GRID_TIMES:
        grid = np.unique(np.quantile(durations, np.arange(1, MOST_GRID_TIMES + 1) / MOST_GRID_TIMES))
    last = np.searchsorted(grid, durations, side="left")
    subject = np.repeat(np.arange(len(design)), last + 1)
    place = np.arange(len(subject)) - np.repeat(np.cumsum(last + 1) - (last + 1), last + 1)
    has_event = (place == last[subject]) & (np.asarray(events)[subject] == 1)
    values = np.column_stack([design.to_numpy(dtype=float)[subject], grid[place]])
    return HazardModel(clone(classifier).fit(values, has_event.astype(int)), list(design.columns), grid)


def fit_two_stage(
    classifier: ClassifierMixin,
    design: pd.DataFrame,
    durations: np.ndarray,
    events: np.ndarray,
    *,
    folds: int,
    penalizer: float,
    seed: int,
) -> TwoStageModel:
    """Fit a classifier, and a Cox model on a cubic of the log-odds that it gives rows it hadn't seen.

    Parameters
    ----------
    classifier : classifier
        Unfitted; never sees the duration.
    design : DataFrame of shape (n, n_terms)
        Numeric terms.
    durations, events : ndarray of shape (n,)
        Time to the event or to the last look, above 0; 1 where the event was seen.
    folds : int
        Folds of the cross-fit.
    penalizer : float
        Weight of the Cox model's ridge penalty.
    seed : int
        Draws the folds.

    Returns
    -------
    TwoStageModel
        The model.
    """
    values, outcome = design.to_numpy(dtype=float), np.asarray(events, dtype=int)
    number = stratified_folds(outcome, folds, seed=seed)
    scores = np.empty(len(values))
    for fold in range(folds):
        held_out = number == fold
        fitted = clone(classifier).fit(values[~held_out], outcome[~held_out])
        scores[held_out] = _log_odds(fitted, values[held_out])
    return TwoStageModel(
        clone(classifier).fit(values, outcome),
        list(design.columns),
        float(scores.min()),
        float(scores.max()),
        fit_cox(_powers(scores), durations, outcome, penalizer=penalizer),
    )


def to_plain(model: SurvivalModel) -> dict[str, Any]:
    """Take a model apart, so that it can be stored.

    Parameters
    ----------
    model : SurvivalModel
        Any of the models of this package.

    Returns
    -------
    dict of str to any
        Its kind and its fields: plain values, arrays and classifiers of scikit-learn.
    """
    fields = {name: getattr(model, name) for name in model.__dataclass_fields__}  # type: ignore[attr-defined]
    plain = {
        name: to_plain(value) if isinstance(value, SurvivalModel) else value for name, value in fields.items()
    }
    return {"kind": type(model).__name__, **plain}


def from_plain(plain: dict[str, Any]) -> SurvivalModel:
    """Put together what `to_plain` took apart.

    Parameters
    ----------
    plain : dict of str to any
        Kind and fields.

    Returns
    -------
    SurvivalModel
        The model.
    """
    kinds: dict[str, Any] = {
        kind.__name__: kind for kind in (CoxModel, WeibullModel, HazardModel, TwoStageModel)
    }
    fields = {name: value for name, value in plain.items() if name != "kind"}
    return kinds[plain["kind"]](
        **{
            name: from_plain(value) if isinstance(value, dict) and "kind" in value else value
            for name, value in fields.items()
        }
    )


def _interpolate(at: np.ndarray, grid: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Interpolate linearly, each row in its own values."""
    upper = np.clip(np.searchsorted(grid, at, side="right"), 1, len(grid) - 1)
    share = (at - grid[upper - 1]) / (grid[upper] - grid[upper - 1])
    below = np.take_along_axis(values, upper - 1, axis=1)
    return below + share * (np.take_along_axis(values, upper, axis=1) - below)


def _log_odds(classifier: ClassifierMixin, values: np.ndarray) -> np.ndarray:
    chance = classifier.predict_proba(values)[:, 1]
    with np.errstate(divide="ignore"):
        odds = np.log(chance) - np.log1p(-chance)
    return np.clip(odds, -FARTHEST_LOG_ODDS, FARTHEST_LOG_ODDS)


def _powers(score: np.ndarray) -> pd.DataFrame:
    # Of similar size, so that the penalty weighs them alike.
    half = score / 2
    return pd.DataFrame({"log_odds": half, "log_odds_squared": half**2, "log_odds_cubed": half**3})
