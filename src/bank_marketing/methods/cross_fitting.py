"""Cross-fitting: predictions for rows by models that haven't seen them, and the metrics that follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import ClassifierMixin

from bank_marketing.methods.calibration import apply_calibrator, calibration_error_interval
from bank_marketing.methods.depths import Depth
from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.intervals import row_mean_interval
from bank_marketing.methods.metrics import ROW_METRICS, ranking_intervals
from bank_marketing.methods.propensity import (
    Candidates,
    FloatArray,
    IntArray,
    choose_propensities,
    fit_candidate,
    fit_candidates,
    fit_propensity,
    predict_propensity,
    reason_for_insufficient_data,
)

Model = TypeVar("Model")

FORWARD_SHARE = 0.8
# Each takes a tenth of a millisecond, and with a hundred the width of a ranking is a tenth off by chance.
LEAST_RANKING_RESAMPLES = 500


@dataclass(frozen=True)
class CrossFit:
    """Predictions for every row by models that haven't seen it.

    Parameters
    ----------
    probability : numpy.ndarray of shape (rows, repeats)
        Out-of-fold probabilities.
    fold : numpy.ndarray of shape (rows, repeats)
        The fold that left the row out, from 0.
    models : list of dict
        The models of the first repeat, one per fold.
    by_candidate : dict of str to numpy.ndarray of shape (rows, repeats)
        Out-of-fold probabilities of every candidate, each with the calibration that suited it in training.
    held_out : dict of str to numpy.ndarray of shape (rows,)
        The same of the first repeat without calibration, for the choice of a model of all rows.
    """

    probability: FloatArray
    fold: IntArray
    models: list[dict[str, Any]]
    by_candidate: dict[str, FloatArray] = field(default_factory=dict)
    held_out: dict[str, FloatArray] = field(default_factory=dict)


def cross_fit(
    features: pd.DataFrame,
    outcome: IntArray,
    candidates: Candidates,
    *,
    depth: Depth,
    seed: int,
) -> CrossFit:
    """Predict every row by models that haven't seen it, in repeated stratified cross-validation.

    The choice of candidate and calibration is made anew in each training set, so the metrics pay for it. It
    rests on fits without one more of the folds: what was fitted without two serves the training sets of
    both, so that five folds need 15 fits, not 25 or 30.

    Parameters
    ----------
    features : pandas.DataFrame of shape (rows, features)
        As `prepare_features` returns.
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    candidates : mapping of str to classifier
        Unfitted models.
    depth : Depth
        Repeats and folds, of which there are three or more.
    seed : int
        Seed of the folds; repeat r uses seed + r.

    Returns
    -------
    CrossFit
        Probabilities, folds, the models of the first repeat and the probabilities of all candidates.
    """
    probability = np.empty((len(outcome), depth.repeats))
    by_candidate = {name: np.empty_like(probability) for name in candidates}
    fold = np.empty((len(outcome), depth.repeats), dtype=np.int64)
    models = []
    held_out = {name: np.empty(len(outcome)) for name in candidates}
    for repeat in range(depth.repeats):
        numbers = fold[:, repeat] = stratified_folds(outcome, depth.folds, seed=seed + repeat)
        inner = {
            name: without_pairs(candidate, features, outcome, numbers)
            for name, candidate in candidates.items()
        }
        for number in range(depth.folds):
            test = numbers == number
            train = ~test
            whole = fit_candidates(candidates, features[train], outcome[train])
            unseen = {name: inner[name][train, number] for name in candidates}
            fitted = choose_propensities(unseen, outcome[train], numbers[train], whole)
            raw = {name: model.predict_proba(features[test])[:, 1] for name, model in whole.items()}
            for name, model in fitted.items():
                by_candidate[name][test, repeat] = apply_calibrator(model["calibrator"], raw[name])
            winner, model = next(iter(fitted.items()))
            probability[test, repeat] = by_candidate[winner][test, repeat]
            if repeat == 0:
                models.append(model)
                for name, of_test in raw.items():
                    held_out[name][test] = of_test
    return CrossFit(probability, fold, models, by_candidate, held_out)


def without_pairs(
    candidate: ClassifierMixin, features: pd.DataFrame, outcome: IntArray, folds: IntArray
) -> FloatArray:
    """Predict every row by models that have seen neither its own fold nor another one, for each other fold.

    Parameters
    ----------
    candidate : classifier
        Unfitted.
    features : pandas.DataFrame of shape (rows, features)
        As `prepare_features` returns.
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    folds : numpy.ndarray of shape (rows,)
        Fold of each row, from 0; three or more.

    Returns
    -------
    numpy.ndarray of shape (rows, folds)
        In column k the probability by the fit without fold k and the row's own; nan where these are one.
    """
    found = np.full((len(outcome), folds.max() + 1), np.nan)
    for one, other in combinations(range(folds.max() + 1), 2):
        is_out = (folds == one) | (folds == other)
        model = fit_candidate(candidate, features[~is_out], outcome[~is_out])
        found[is_out, np.where(folds[is_out] == one, other, one)] = model.predict_proba(features[is_out])[
            :, 1
        ]
    return found


def scoring_models(
    keys: npt.ArrayLike,
    *,
    seen_keys: npt.ArrayLike,
    folds: npt.ArrayLike,
    fold_models: Sequence[Model],
    final_model: Model,
) -> list[tuple[Model, npt.NDArray[np.bool_], bool]]:
    """Tell which model scores which rows: a row of the fit the one of its fold, any other the final one.

    Parameters
    ----------
    keys : array_like of shape (rows,)
        Keys of the rows to score.
    seen_keys, folds : array_like of shape (rows of the fit,)
        Keys of the rows whose outcome was used in the fit, and the fold that left each out, from 0.
    fold_models : sequence
        The model of each fold, of any kind.
    final_model : any
        The model of all rows of the fit.

    Returns
    -------
    list of tuple of (model, numpy.ndarray of bool, shape (rows,), bool)
        Each model with the rows that it scores, and whether these are rows of the fit. Each row occurs once.
    """
    position = pd.Index(np.asarray(seen_keys)).get_indexer(np.asarray(keys))
    fold = np.where(position < 0, -1, np.append(folds, -1)[position])
    return [
        (final_model, fold == -1, False),
        *((model, fold == number, True) for number, model in enumerate(fold_models)),
    ]


def cross_validation_metrics(
    outcome: IntArray, crossed: CrossFit, *, depth: Depth, seed: int
) -> pd.DataFrame:
    """Return metrics of a cross-fit, each with the interval that its kind allows.

    Rankings are about all rows, each with its prediction averaged over the repeats, so that value and
    interval belong to one statistic. Losses are means over the rows, each averaged over the repeats; what
    bins all rows at once is a mean over the repeats, its interval from resampled rows.

    Parameters
    ----------
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    crossed : CrossFit
        Out-of-fold probabilities.
    depth : Depth
        Folds and resamples.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        Columns split ('cross_validation'), metric, value, value_low, value_high, n (rows). Metrics of the
        winner come first, those of a candidate are called '<metric>_of_<candidate>'.
    """
    metrics = _metrics_of(outcome, crossed.probability, depth=depth, seed=seed)
    for candidate, probability in crossed.by_candidate.items():
        of_candidate = _metrics_of(outcome, probability, depth=depth, seed=seed)
        metrics |= {f"{name}_of_{candidate}": values for name, values in of_candidate.items()}
    return _metric_rows("cross_validation", metrics, len(outcome))


def _metrics_of(
    outcome: IntArray, probability: FloatArray, *, depth: Depth, seed: int
) -> dict[str, tuple[float, float, float]]:
    metrics = ranking_intervals(
        outcome,
        probability.mean(axis=1),
        resamples=max(depth.resamples, LEAST_RANKING_RESAMPLES),
        random=np.random.default_rng(seed),
    )
    for name, of_rows in ROW_METRICS.items():
        metrics[name] = row_mean_interval(of_rows(outcome[:, None], probability))
    metrics["expected_calibration_error"] = calibration_error_interval(
        outcome, probability, resamples=depth.resamples, random=np.random.default_rng(seed)
    )
    return metrics


def forward_metrics(
    features: pd.DataFrame,
    outcome: IntArray,
    order: npt.ArrayLike,
    candidates: Candidates,
    *,
    depth: Depth,
    seed: int,
) -> tuple[pd.DataFrame, IntArray, FloatArray]:
    """Fit on the first 80 % of the rows in their order of arrival and judge on the rest.

    A random split hides that a relation ends; this one shows it.

    Parameters
    ----------
    features : pandas.DataFrame of shape (rows, features)
        As `prepare_features` returns.
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    order : array_like of shape (rows,)
        Order of arrival, none twice; used for the split alone.
    candidates : mapping of str to classifier
        Unfitted models.
    depth : Depth
        Inner folds and resamples.
    seed : int
        Seed of the inner folds and the bootstrap.

    Returns
    -------
    metrics : pandas.DataFrame
        Columns split ('forward'), metric, value, value_low, value_high, n. No row if the first part has too
        little data.
    outcome, probability : numpy.ndarray
        Of the last part, for a reliability curve.
    """
    arrived = np.argsort(np.asarray(order), kind="stable")
    cut = int(FORWARD_SHARE * len(arrived))
    train, test = arrived[:cut], arrived[cut:]
    if reason_for_insufficient_data(outcome[train]):
        return _metric_rows("forward", {}, 0), outcome[:0], np.empty(0)
    model = fit_propensity(
        features.iloc[train],
        outcome[train],
        candidates,
        inner_folds=depth.inner_folds,
        seed=seed,
    )
    probability = predict_propensity(model, features.iloc[test])
    metrics = _metrics_of(outcome[test], probability[:, None], depth=depth, seed=seed)
    return _metric_rows("forward", metrics, len(test)), outcome[test], probability


def _metric_rows(split: str, metrics: Mapping[str, tuple[float, float, float]], rows: int) -> pd.DataFrame:
    """Lay metrics out, with ends of intervals inside the range that a metric can have."""
    return pd.DataFrame(
        [
            (split, name, value, max(low, 0.0), high if name.startswith("log_loss") else min(high, 1.0), rows)
            for name, (value, low, high) in metrics.items()
        ],
        columns=["split", "metric", "value", "value_low", "value_high", "n"],
    )
