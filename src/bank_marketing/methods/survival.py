"""Survival: what every model of it can tell, Cox regression as plain parameters, how well curves hold."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bank_marketing.methods.intervals import bounded_interval

# Whoever scores needs no lifelines, so functions import it.
if TYPE_CHECKING:
    from lifelines import CoxPHFitter

# The last part of the time seen, whose hazard goes on beyond it.
LATE_SHARE = 0.1
# Of subjects with their steps: memory that is used again costs less than new one.
ROWS_AT_ONCE = 10_000


class NothingToFitError(ValueError):
    """No term varies, so that there is no ratio to estimate."""


class SurvivalModel(ABC):
    """What every survival model can tell, from the cumulative hazard of each subject."""

    @abstractmethod
    def hazard_until(self, design: pd.DataFrame, times: np.ndarray) -> np.ndarray:
        """Return how much hazard each subject has gone through up to each time.

        Parameters
        ----------
        design : DataFrame of shape (n, n_terms)
            What the model was fitted on.
        times : ndarray of shape (n_times,) or (n, n_times)
            Times in the unit of the durations, 0 or more; the same for all subjects or their own.

        Returns
        -------
        ndarray of shape (n, n_times)
            Cumulative hazards.
        """

    def hazard_between(self, design: pd.DataFrame, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Return how much hazard each subject goes through from one time to another.

        Parameters
        ----------
        design : DataFrame of shape (n, n_terms)
            What the model was fitted on.
        start, end : ndarray of shape (n,)
            Times in the unit of the durations, 0 or more; no end before its start.

        Returns
        -------
        ndarray of shape (n,)
            Hazards.
        """
        until = self.hazard_until(design, np.column_stack([start, end]))
        return np.asarray(until[:, 1] - until[:, 0])

    def survival(self, design: pd.DataFrame, times: np.ndarray) -> np.ndarray:
        """Return the probability of having no event up to each time.

        Parameters
        ----------
        design : DataFrame of shape (n, n_terms)
            What the model was fitted on.
        times : ndarray of shape (n_times,) or (n, n_times)
            Times in the unit of the durations.

        Returns
        -------
        ndarray of shape (n, n_times)
            Survival probabilities.
        """
        return np.asarray(np.exp(-self.hazard_until(design, times)))

    def expected_time_ahead(
        self, design: pd.DataFrame, elapsed: np.ndarray, horizon: float, *, steps: int = 120
    ) -> np.ndarray:
        """Return the mean time to the event from now on, restricted to a horizon.

        The integral over u from 0 to `horizon` of S(elapsed + u) / S(elapsed), by the trapezoid rule.

        Parameters
        ----------
        design : DataFrame of shape (n, n_terms)
            What the model was fitted on.
        elapsed : ndarray of shape (n,)
            Time that each subject has gone without the event.
        horizon : float
            How far ahead to look, in the unit of the durations.
        steps : int
            Steps of the trapezoid rule.

        Returns
        -------
        ndarray of shape (n,)
            Times from 0 to `horizon`.
        """
        ahead, expected = np.linspace(0.0, horizon, steps + 1), np.empty(len(design))
        for start in range(0, len(design), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            hazard = self.hazard_until(design[rows], elapsed[rows, None] + ahead)
            expected[rows] = np.trapezoid(np.exp(hazard[:, :1] - hazard), ahead, axis=1)
        return expected


@dataclass(frozen=True)
class CoxModel(SurvivalModel):
    """A fitted Cox model as plain arrays, so that it can be stored without lifelines.

    Parameters
    ----------
    terms : list of str, length n_terms
        Names of the design's columns, in order.
    coefficients, standard_errors : ndarray of shape (n_terms,)
        Log hazard ratios per unit of a term and their standard errors. A term that was constant in the fit
        has the coefficient 0 and no standard error (nan).
    centre : ndarray of shape (n_terms,)
        The terms' means in the fit; the baseline hazard belongs to a subject with these values.
    times : ndarray of shape (n_times,)
        Durations seen in the fit, ascending.
    cumulative_hazard : ndarray of shape (n_times,)
        Baseline cumulative hazard at `times` (Breslow).
    """

    terms: list[str]
    coefficients: np.ndarray
    standard_errors: np.ndarray
    centre: np.ndarray
    times: np.ndarray
    cumulative_hazard: np.ndarray

    def risk_score(self, design: pd.DataFrame) -> np.ndarray:
        """Return log hazard ratios against the average subject.

        Parameters
        ----------
        design : DataFrame of shape (n, n_terms)
            Columns `terms`; others are ignored.

        Returns
        -------
        ndarray of shape (n,)
            Log hazard ratios; the higher, the sooner the event.
        """
        values = design[self.terms].to_numpy(dtype=float)
        return np.asarray((values - self.centre) @ self.coefficients)

    def baseline(self, times: np.ndarray) -> np.ndarray:
        """Return the baseline cumulative hazard at any time.

        It is taken as linear between the durations seen, and goes on beyond the longest of them at
        `late_hazard`: at a lower one, such as the mean, a subject would gain time by nearing the longest
        duration wherever hazards rise.

        Parameters
        ----------
        times : ndarray of any shape
            Times in the unit of the durations, 0 or more.

        Returns
        -------
        ndarray of the same shape
            Cumulative hazards.
        """
        return self._baseline_seen(times) + np.maximum(times - self.times[-1], 0.0) * self.late_hazard

    def _baseline_seen(self, times: float | np.ndarray) -> np.ndarray:
        seen = np.interp(times, np.append(0.0, self.times), np.append(0.0, self.cumulative_hazard))
        return np.asarray(seen)

    @property
    def late_hazard(self) -> float:
        """Mean baseline hazard over the last tenth of the time seen, in events per unit of time."""
        late = LATE_SHARE * self.times[-1]
        return float((self.cumulative_hazard[-1] - self._baseline_seen(self.times[-1] - late)) / late)

    def hazard_until(self, design: pd.DataFrame, times: np.ndarray) -> np.ndarray:
        """Return how much hazard each subject has gone through, as `SurvivalModel` says."""
        return np.asarray(np.exp(self.risk_score(design))[:, None] * self.baseline(times))


def fit_cox(
    design: pd.DataFrame, durations: np.ndarray, events: np.ndarray, *, penalizer: float = 0.0
) -> CoxModel:
    """Fit a Cox model with lifelines (ties by Efron's method).

    Parameters
    ----------
    design : DataFrame of shape (n, n_terms)
        Numeric terms. Constant ones are left out and get coefficient 0.
    durations : ndarray of shape (n,)
        Time to the event or to the last look, above 0.
    events : ndarray of shape (n,)
        1 or True where the event was seen.
    penalizer : float
        Weight of lifelines' ridge penalty; a little of it keeps rare terms finite.

    Returns
    -------
    CoxModel
        The model as plain arrays.

    Raises
    ------
    ValueError
        If a duration is not above 0.
    NothingToFitError
        If no term varies.
    """
    fitter, _ = lifelines_cox(design, durations, events, penalizer=penalizer)
    return plain_cox(fitter, design)


def plain_cox(fitter: CoxPHFitter, design: pd.DataFrame) -> CoxModel:
    """Return what lifelines has fitted to a design as plain arrays."""
    baseline = fitter.baseline_cumulative_hazard_.iloc[:, 0]
    return CoxModel(
        terms=list(design.columns),
        coefficients=fitter.params_.reindex(design.columns).fillna(0.0).to_numpy(),
        standard_errors=fitter.standard_errors_.reindex(design.columns).to_numpy(),
        centre=design.mean().to_numpy(dtype=float),
        times=baseline.index.to_numpy(dtype=float),
        cumulative_hazard=baseline.to_numpy(dtype=float),
    )


def lifelines_cox(
    design: pd.DataFrame, durations: np.ndarray, events: np.ndarray, *, penalizer: float
) -> tuple[CoxPHFitter, pd.DataFrame]:
    """Fit a Cox model and leave it to lifelines, for tests and residuals that only lifelines has.

    Parameters
    ----------
    design, durations, events, penalizer
        As `fit_cox` takes them, with the same errors.

    Returns
    -------
    fitter : CoxPHFitter
        Fitted on the terms that vary.
    frame : DataFrame of shape (n, n_varying + 2)
        What it was fitted on, durations and events among them.
    """
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceWarning

    if not np.all(durations > 0):
        raise ValueError(
            "A duration is 0 or missing; Cox needs durations above 0. Set zeros to a part of the unit."
        )
    varying = [term for term in design if design[term].nunique() > 1]
    if not varying:
        raise NothingToFitError(
            f"None of the {design.shape[1]} terms varies over the {len(design)} rows: nothing to fit."
        )
    frame = design[varying].astype(float).assign(_duration=durations, _event=np.asarray(events, dtype=float))
    fitter = CoxPHFitter(penalizer=penalizer)
    with warnings.catch_warnings():
        # Terms that nearly tell the event apart are wanted here; the penalty keeps them finite.
        warnings.simplefilter("ignore", ConvergenceWarning)
        # Half steps: whole ones can overshoot with large hazard ratios and stop short of the maximum.
        fitter.fit(frame, "_duration", "_event", fit_options={"step_size": 0.5})
    return fitter, frame


def concordance_interval(
    durations: np.ndarray, risk_scores: np.ndarray, events: np.ndarray
) -> tuple[float, float, float]:
    """Return Harrell's concordance index with its interval: how often the higher risk has the earlier event.

    Two subjects can be compared if one had an event and the other was still there after it, or censored at
    the same time. The index is a ratio of two counts over pairs; the interval is by the jackknife, which
    leaves out a subject with all its pairs.

    Parameters
    ----------
    durations, risk_scores, events : ndarray of shape (n,)
        Time to the event or to the last look; the higher the score, the sooner the event (equal scores count
        half); 1 for an event.

    Returns
    -------
    value, low, high : float
        1 is perfect, 0.5 is chance; value plus and minus 1.96 jackknife errors. nan without a pair that can
        be compared.

    References
    ----------
    Harrell, F. E., Lee, K. L. and Mark, D. B. (1996). Multivariable prognostic models. Statistics in Medicine
    15, 361-387.
    Efron, B. and Stein, C. (1981). The jackknife estimate of variance. The Annals of Statistics 9, 586-596.
    """
    concordant, comparable = _pairs(durations, risk_scores, events)
    right, pairs = concordant.sum() / 2, comparable.sum() / 2
    if not pairs:
        return float("nan"), float("nan"), float("nan")
    value = float(right / pairs)
    with np.errstate(invalid="ignore"):
        without = (right - concordant) / (pairs - comparable)
    return bounded_interval(value, float(np.sqrt((len(without) - 1) * without.var())))


def _pairs(durations: np.ndarray, risk: np.ndarray, events: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Count the pairs in which each subject is ranked right, ties half, and those it can be compared in."""
    order = np.argsort(risk, kind="stable")
    times, has_event, scores = durations[order], np.asarray(events)[order] == 1, risk[order]
    concordant, comparable = np.zeros(len(order)), np.zeros(len(order))
    for time in np.unique(times[has_event]):
        cases = np.flatnonzero(has_event & (times == time))
        later = np.flatnonzero((times > time) | (~has_event & (times == time)))
        comparable[order[cases]] += len(later)
        comparable[order[later]] += len(cases)
        concordant[order[cases]] += _below(scores[later], scores[cases])
        concordant[order[later]] += len(cases) - _below(scores[cases], scores[later])
    return concordant, comparable


def _below(ascending: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Count how many of the ascending numbers lie below each score; an equal one counts half."""
    sides = (np.searchsorted(ascending, scores, "left"), np.searchsorted(ascending, scores, "right"))
    return np.asarray((sides[0] + sides[1]) / 2)


def brier_losses(
    survival: np.ndarray,
    times: np.ndarray,
    durations: np.ndarray,
    events: np.ndarray,
    *,
    training_durations: np.ndarray,
    training_events: np.ndarray,
) -> np.ndarray:
    """Return what each subject adds to the integrated Brier score of survival curves, which is their mean.

    At a time t, a subject with an event up to t counts S(t)^2 / G(duration-), one still there counts
    (1 - S(t))^2 / G(t), one censored up to t counts 0; the loss is averaged over time by the trapezoid rule
    (Graf and others, Statistics in Medicine 18, 1999, 2529-2545).

    G is the Kaplan-Meier curve of being censored in the training rows. Where an event and a censoring have
    the same duration, as often with whole years, the event counts as the earlier one: G(duration-) is the
    curve just before the duration of the event. Subjects with an event at a duration still count as at risk
    of being censored there.

    Parameters
    ----------
    survival : ndarray of shape (n, n_times)
        Predicted survival probabilities.
    times : ndarray of shape (n_times,)
        Times of the columns, ascending.
    durations, events : ndarray of shape (n,)
        What was seen of the subjects that the curves were predicted for.
    training_durations, training_events : ndarray of shape (n_training,)
        What was seen of the subjects that the model was fitted on.

    Returns
    -------
    ndarray of shape (n,)
        Losses; their mean is 0 for perfect curves and a quarter for a coin.
    """
    from lifelines import KaplanMeierFitter

    censoring = KaplanMeierFitter().fit(training_durations, 1 - np.asarray(training_events, dtype=int))
    # Where nobody is left in the training rows the curve is 0; a floor keeps such weights finite.
    floor = 1 / len(training_durations)
    curve_times = censoring.survival_function_.index.to_numpy(dtype=float)
    curve = np.maximum(censoring.survival_function_.iloc[:, 0].to_numpy(), floor)

    def still_seen(when: np.ndarray, side: str) -> np.ndarray:
        position = np.searchsorted(curve_times, when, side="right" if side == "at" else "left") - 1
        return np.asarray(curve[np.maximum(position, 0)])

    has_event = (durations[:, None] <= times) & np.asarray(events, dtype=bool)[:, None]
    is_there = durations[:, None] > times
    losses = has_event * survival**2 / still_seen(durations, "before")[:, None] + is_there * (
        1 - survival
    ) ** 2 / still_seen(times, "at")
    return np.asarray(np.trapezoid(losses, times, axis=1) / (times[-1] - times[0]))
