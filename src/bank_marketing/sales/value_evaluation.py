"""Evaluation of the candidates for customer value: in folds, trained in time, by tenth, by cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bank_marketing.methods import cohort_retention
from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.intervals import Z, row_mean_interval, wilson_interval
from bank_marketing.methods.purchase_model import FloatArray
from bank_marketing.methods.value_ranking import METRICS, resampled_metrics, tenths
from bank_marketing.sales.value_candidates import behaviour, fit_candidate, predict_candidate

EVALUATION_COLUMNS = (
    "candidate",
    "split",
    "group_name",
    "group_value",
    "metric",
    "value",
    "value_low",
    "value_high",
    "predicted",
    "n",
)
MONTH_DAYS = 365.25 / 12
# So long without an order counts as gone when cohorts are followed.
SILENT_MONTHS = 2
LEAST_COHORT = 20


def cross_fitted(
    known: pd.DataFrame, candidates: Sequence[str], *, folds: int, repeats: int, seed: int
) -> FloatArray:
    """Predict what customers brought by models that haven't seen them.

    Parameters
    ----------
    known : pandas.DataFrame
        Rows of `features_customer_value` of one moment, with `future_revenue_usd`.
    candidates : sequence of str
        Names, as `fit_candidate` takes them.
    folds, repeats : int
        Folds, stratified by whether anything was brought, and how often they are drawn.
    seed : int
        Of the first folds; repeat r uses seed + r.

    Returns
    -------
    numpy.ndarray of shape (candidates, repeats, customers)
        US dollars.
    """
    has_bought = (known["future_revenue_usd"] > 0).to_numpy().astype(np.int64)
    horizon = float(known["horizon_days"].iloc[0])
    predicted = np.empty((len(candidates), repeats, len(known)))
    for repeat in range(repeats):
        fold = stratified_folds(has_bought, folds, seed=seed + repeat)
        for number in range(folds):
            train, test = known[fold != number], known[fold == number]
            for row, name in enumerate(candidates):
                fitted = fit_candidate(name, train, seed=seed)
                predicted[row, repeat, fold == number] = predict_candidate(fitted, test, horizon)
    return predicted


def metric_rows(
    brought: FloatArray, predictions: Mapping[str, FloatArray], *, split: str, resamples: int, seed: int
) -> tuple[pd.DataFrame, dict[str, FloatArray]]:
    """Return every metric of every candidate, with its interval over resampled customers.

    Parameters
    ----------
    brought : numpy.ndarray of shape (customers,)
        US dollars.
    predictions : mapping of str to numpy.ndarray of shape (repeats, customers)
        By candidate. A metric is the mean over the repeats; its interval is that of the mean prediction.
    split : str
        Name of the split.
    resamples, seed : int
        Of the intervals.

    Returns
    -------
    rows : pandas.DataFrame
        Columns `EVALUATION_COLUMNS`.
    drawn : dict of str to numpy.ndarray of shape (resamples, candidates)
        Metrics over the same resamples, for comparison in pairs.
    """
    means = [prediction.mean(axis=0) for prediction in predictions.values()]
    drawn = resampled_metrics(brought, means, resamples=resamples, seed=seed)
    rows = []
    for place, (candidate, repeats) in enumerate(predictions.items()):
        for name, metric in METRICS.items():
            value = float(np.mean(metric(brought, repeats)))
            # All zero ranks nobody, so most of its metrics aren't defined.
            half = Z * float(np.std(drawn[name][:, place], ddof=1)) if np.isfinite(value) else np.nan
            rows.append(
                (
                    candidate,
                    split,
                    "all",
                    "all",
                    name,
                    value,
                    value - half,
                    value + half,
                    np.nan,
                    len(brought),
                )
            )
    return pd.DataFrame(rows, columns=list(EVALUATION_COLUMNS)), drawn


def calibration_rows(brought: FloatArray, predicted: FloatArray, candidate: str, split: str) -> pd.DataFrame:
    """Return what each tenth by prediction brought on average, beside what was predicted."""
    tenth = tenths(predicted)
    rows = []
    for number in np.unique(tenth):
        inside = tenth == number
        rows.append(
            (
                candidate,
                split,
                "tenth",
                str(number),
                "mean_value_usd",
                *row_mean_interval(brought[inside]),
                float(predicted[inside].mean()),
                int(inside.sum()),
            )
        )
    return pd.DataFrame(rows, columns=list(EVALUATION_COLUMNS))


def cohort_rows(known: pd.DataFrame) -> pd.DataFrame:
    """Return how many of each cohort bought after the moment, beside what retention so far foretells.

    A cohort are the customers of one month of first orders. Whoever hasn't ordered for two months counts as
    gone after the month of the last order; one shifted beta-geometric model is fitted to all cohorts.

    Parameters
    ----------
    known : pandas.DataFrame
        Rows of `features_customer_value` of one moment, with `future_revenue_usd`.

    Returns
    -------
    pandas.DataFrame
        Columns `EVALUATION_COLUMNS`; no row where nobody is gone or nobody stayed.
    """
    _, last, age = behaviour(known)
    stayed, silent = np.floor(last / MONTH_DAYS).astype(int), (age - last) / MONTH_DAYS
    periods = int(age.max() // MONTH_DAYS) + 1
    is_gone = silent >= SILENT_MONTHS
    lost = np.bincount(stayed[is_gone], minlength=periods)
    # Whoever was last seen in the month of the first order has stayed through no period yet.
    remaining = np.append(np.bincount(stayed[~is_gone], minlength=periods)[1:], 0)
    try:
        fitted = cohort_retention.fit_retention(lost, remaining)
    except ValueError:
        return pd.DataFrame(columns=list(EVALUATION_COLUMNS))
    survival = cohort_retention.survival(fitted.parameters, periods)
    months = np.floor(age / MONTH_DAYS).astype(int)
    bought = (known["future_revenue_usd"] > 0).to_numpy()
    rows = []
    for month in np.unique(months[months > 0]):
        inside = months == month
        n = int(inside.sum())
        if n >= LEAST_COHORT:
            low, high = wilson_interval(bought[inside].sum(), n)
            rows.append(
                (
                    "shifted_beta_geometric",
                    "forward",
                    "months_since_first_order",
                    str(month),
                    "share_that_buys_again",
                    float(bought[inside].mean()),
                    float(low),
                    float(high),
                    float(survival[month]),
                    n,
                )
            )
    return pd.DataFrame(rows, columns=list(EVALUATION_COLUMNS))
