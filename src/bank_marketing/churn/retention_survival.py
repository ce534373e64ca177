"""Survival of churn customers: the models that compete, and how well their held-out curves hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from bank_marketing.churn.retention_probability import few_steps_boosting
from bank_marketing.churn.retention_terms import retention_numbers, retention_terms
from bank_marketing.fitting.fits import CALIBRATION_COLUMNS, METRIC_COLUMNS
from bank_marketing.methods.calibration import equal_count_bins
from bank_marketing.methods.intervals import row_mean_interval, wilson_interval
from bank_marketing.methods.survival import (
    NothingToFitError,
    SurvivalModel,
    brier_losses,
    concordance_interval,
    fit_cox,
)
from bank_marketing.methods.survival_models import fit_hazards, fit_two_stage, fit_weibull

# Whoever scores needs no lifelines, so functions import it.
if TYPE_CHECKING:
    from lifelines import KaplanMeierFitter

SPLIT = "cross_validation"
BRIER_YEARS = np.arange(1.0, 11.0)
CALIBRATION_YEARS = (1, 3, 5, 10)
RISK_GROUPS = 5
# Keeps hazard ratios of rare terms finite; on some 8,000 rows it moves the others by less than a hundredth.
PENALIZER = 0.001

Fitter = Callable[[pd.DataFrame, np.ndarray, np.ndarray], SurvivalModel]


@dataclass(frozen=True)
class SurvivalComparison:
    """What the held-out curves of the candidates tell.

    Parameters
    ----------
    winner : str
        The candidate with the lowest integrated Brier score.
    fold_models : list of SurvivalModel
        The winner's model for each fold, which hasn't seen it.
    survival : ndarray of shape (n, 10)
        The winner's held-out survival at 1 to 10 years.
    metrics : DataFrame
        Columns `METRIC_COLUMNS`: concordance and integrated Brier score, of the winner and '_of_<candidate>'.
    """

    winner: str
    fold_models: list[SurvivalModel]
    survival: np.ndarray
    metrics: pd.DataFrame


def survival_design(features: pd.DataFrame, countries: list[str]) -> pd.DataFrame:
    """Return all that the candidates are fitted on; each takes its own columns.

    Parameters
    ----------
    features : DataFrame of shape (n, ...)
        The traits, none missing.
    countries : list of str
        Countries known at the fit, the largest first.

    Returns
    -------
    DataFrame of shape (n, n_terms)
        Terms for regressions and numbers for trees.
    """
    terms, numbers = retention_terms(features, countries), retention_numbers(features, countries)
    return pd.concat([terms, numbers.drop(columns=[name for name in numbers if name in terms])], axis=1)


def survival_candidates(
    features: pd.DataFrame, countries: list[str], *, names: Sequence[str], seed: int, folds: int = 5
) -> dict[str, Fitter]:
    """Return the survival models that compete, by name.

    Parameters
    ----------
    features : DataFrame
        Customers, for the names of the columns alone.
    countries : list of str
        Countries known at the fit, the largest first.
    names : sequence of str
        Which of 'cox', 'two_stage', 'hazard_boosting' and 'weibull'.
    seed : int
        Seed of boosting and folds.
    folds : int, optional
        Folds of the two-stage model's cross-fit.

    Returns
    -------
    dict of str to callable
        Each takes design, durations and events and returns a fitted model.
    """
    some = features.head(0)
    terms = list(retention_terms(some, countries))
    numbers = list(retention_numbers(some, countries))

    def cox(design: pd.DataFrame, durations: np.ndarray, events: np.ndarray) -> SurvivalModel:
        return fit_cox(design[terms], durations, events, penalizer=PENALIZER)

    def weibull(design: pd.DataFrame, durations: np.ndarray, events: np.ndarray) -> SurvivalModel:
        return fit_weibull(design[terms], durations, events, penalizer=PENALIZER)

    def hazard_boosting(design: pd.DataFrame, durations: np.ndarray, events: np.ndarray) -> SurvivalModel:
        # Each customer is many rows here, so a leaf needs many.
        classifier = HistGradientBoostingClassifier(
            max_iter=60,
            learning_rate=0.12,
            max_depth=4,
            min_samples_leaf=100,
            l2_regularization=1.0,
            max_bins=64,
            early_stopping=False,
            random_state=seed,
        )
        return fit_hazards(classifier, design[numbers], durations, events)

    def two_stage(design: pd.DataFrame, durations: np.ndarray, events: np.ndarray) -> SurvivalModel:
        return fit_two_stage(
            few_steps_boosting(seed),
            design[numbers],
            durations,
            events,
            folds=folds,
            penalizer=PENALIZER,
            seed=seed,
        )

    candidates: dict[str, Fitter] = {
        "cox": cox,
        "two_stage": two_stage,
        "hazard_boosting": hazard_boosting,
        "weibull": weibull,
    }
    return {name: candidates[name] for name in names}


def compare_survival_models(
    candidates: Mapping[str, Fitter],
    design: pd.DataFrame,
    durations: np.ndarray,
    events: np.ndarray,
    folds: np.ndarray,
) -> SurvivalComparison:
    """Fit every candidate without each fold in turn and judge its curves there.

    Parameters
    ----------
    candidates : mapping of str to callable
        What `survival_candidates` returns.
    design : DataFrame of shape (n, n_terms)
        What `survival_design` returns.
    durations, events : ndarray of shape (n,)
        Years as a customer, above 0; 1 for a customer who has left.
    folds : ndarray of int, shape (n,)
        Fold of each row, from 0.

    Returns
    -------
    SurvivalComparison
        The winner is chosen on the rows that its metrics are about. With a handful of candidates on
        thousands of rows this flatters them by less than their intervals are wide.

    Raises
    ------
    NothingToFitError
        If no candidate can be fitted.
    """
    from lifelines.exceptions import ConvergenceError

    models: dict[str, list[SurvivalModel]] = {}
    curves: dict[str, np.ndarray] = {}
    metrics: dict[str, list[tuple[str, float, float, float]]] = {}
    for name, fit in candidates.items():
        try:
            models[name] = [
                fit(design[folds != fold], durations[folds != fold], events[folds != fold])
                for fold in np.unique(folds)
            ]
        except (NothingToFitError, ConvergenceError):
            # Rare traits are too few for a candidate to see, or all durations alike; others may do.
            continue
        curves[name] = np.empty((len(events), len(BRIER_YEARS)))
        losses = np.empty(len(events))
        for fold, model in zip(np.unique(folds), models[name], strict=True):
            out, used = folds == fold, folds != fold
            survival = model.survival(design[out], BRIER_YEARS)
            curves[name][out] = survival
            losses[out] = brier_losses(
                survival,
                BRIER_YEARS,
                durations[out],
                events[out],
                training_durations=durations[used],
                training_events=events[used],
            )
        metrics[name] = [
            ("concordance_index", *concordance_interval(durations, -curves[name].sum(axis=1), events)),
            ("integrated_brier_score", *row_mean_interval(losses)),
        ]
    if not metrics:
        raise NothingToFitError(f"None of the survival models could be fitted: {', '.join(candidates)}.")
    winner = min(metrics, key=lambda name: metrics[name][1][1])
    rows: list[tuple[Any, ...]] = [(SPLIT, *metric, len(events)) for metric in metrics[winner]]
    for name in metrics:
        rows += [(SPLIT, f"{metric}_of_{name}", *values, len(events)) for metric, *values in metrics[name]]
    return SurvivalComparison(
        winner, models[winner], curves[winner], pd.DataFrame(rows, columns=list(METRIC_COLUMNS))
    )


def concordance_of_probability(
    durations: np.ndarray, probability: np.ndarray, events: np.ndarray
) -> pd.DataFrame:
    """Tell how well the probability of having left, which never sees the tenure, orders exits by tenure.

    Parameters
    ----------
    durations, probability, events : ndarray of shape (n,)
        Years as a customer; held-out probability of having left; 1 for a customer who has left.

    Returns
    -------
    DataFrame
        One row with the columns `METRIC_COLUMNS`: 'concordance_index_of_probability'.
    """
    interval = concordance_interval(durations, probability, events)
    row = (SPLIT, "concordance_index_of_probability", *interval, len(events))
    return pd.DataFrame([row], columns=list(METRIC_COLUMNS))


def survival_calibration(survival: np.ndarray, durations: np.ndarray, events: np.ndarray) -> pd.DataFrame:
    """Hold predicted shares of leavers against what was seen, by year and group of risk.

    Parameters
    ----------
    survival : ndarray of shape (n, 10)
        Held-out survival at 1 to 10 years.
    durations, events : ndarray of shape (n,)
        Years as a customer, above 0; 1 for a customer who has left.

    Returns
    -------
    DataFrame
        Columns `CALIBRATION_COLUMNS`; split is 'survival_year_<year>', bin 1 the fifth with the highest risk.
        Observed is one less the Kaplan-Meier curve of the group, with its 95 % interval (log-log). Where many
        curves are equal, groups differ in size, and one without customers has no row.
    """
    from lifelines import KaplanMeierFitter

    group = equal_count_bins(-survival.sum(axis=1), RISK_GROUPS)
    rows = []
    for number in np.unique(group):
        of_group = group == number
        curve = KaplanMeierFitter().fit(durations[of_group], events[of_group])
        for year in CALIBRATION_YEARS:
            observed = 1 - float(curve.predict(year))
            low, high = km_interval(curve, year)
            predicted = float(1 - survival[of_group, year - 1].mean())
            split = f"survival_year_{year}"
            rows.append((split, int(number), predicted, observed, 1 - high, 1 - low, int(of_group.sum())))
    return pd.DataFrame(rows, columns=list(CALIBRATION_COLUMNS))


def km_interval(curve: KaplanMeierFitter, year: float) -> tuple[float, float]:
    """Return the 95 % interval of a fitted Kaplan-Meier curve at a time.

    Parameters
    ----------
    curve : KaplanMeierFitter
        Fitted by lifelines.
    year : float
        Time in the unit of the durations, 0 or more.

    Returns
    -------
    low, high : float
        Log-log interval. Its formula has no width where nobody has left so far, or nobody is left: there it
        is Wilson's interval of all, or none, of those who were at risk until then.
    """
    value = float(curve.predict(year))
    table = curve.event_table
    if 0 < value < 1 or year < table.index[table.index > 0].min():
        bands = curve.confidence_interval_survival_function_
        position = int(np.searchsorted(bands.index.to_numpy(dtype=float), year, side="right")) - 1
        low, high = (float(end) for end in bands.iloc[max(position, 0)])
        return (value if np.isnan(low) else low), (value if np.isnan(high) else high)
    until = table.index[(table["observed"] > 0) | (value == 1)]
    at_risk = table.loc[until[until <= year].max(), "at_risk"]
    ends = wilson_interval(value * at_risk, at_risk)
    return float(ends[0]), float(ends[1])
