"""Propensities: calibrated probabilities of a yes or no from the model that suits the data best."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import ClassifierMixin, clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from bank_marketing.methods.calibration import CALIBRATIONS, apply_calibrator, fit_calibrator, log_odds
from bank_marketing.methods.encoded_classifier import EncodedClassifier
from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.metrics import log_losses
from bank_marketing.methods.scorecard import PointsScorecard

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Candidates = Mapping[str, ClassifierMixin]

MIN_ROWS = 100
MIN_ROWS_OF_A_CLASS = 10
MISSING = "missing"


def reason_for_insufficient_data(outcome: npt.ArrayLike) -> str | None:
    """Tell why outcomes don't suffice for a fit, if they don't.

    Parameters
    ----------
    outcome : array_like of shape (rows,)
        0 or 1.

    Returns
    -------
    str or None
        The reason, or None if there is enough.
    """
    values = np.asarray(outcome, dtype=int)
    rarer = min(int((values == 0).sum()), int((values == 1).sum()))
    if len(values) >= MIN_ROWS and rarer >= MIN_ROWS_OF_A_CLASS:
        return None
    return (
        f"{len(values)} rows with {rarer} of the rarer outcome;"
        f" a fit wants at least {MIN_ROWS} rows with {MIN_ROWS_OF_A_CLASS}"
    )


def default_candidates(
    numeric: Sequence[str], categorical: Sequence[str], seed: int
) -> dict[str, ClassifierMixin]:
    """Return the models that compete: logistic regression, shallow gradient boosting and a points scorecard.

    Parameters
    ----------
    numeric, categorical : sequence of str
        Feature columns by kind.
    seed : int
        Seed of the boosting.

    Returns
    -------
    dict of str to classifier
        Unfitted models by name. A level that wasn't there at the fit counts as none of the levels and earns
        no point; a missing number is the median (logistic), a branch of its own (boosting), no point
        (scorecard).
    """
    boosting = HistGradientBoostingClassifier(
        max_iter=30,
        learning_rate=0.16,
        max_depth=2,
        min_samples_leaf=30,
        early_stopping=False,
        random_state=seed,
    )
    columns = list(numeric), list(categorical)
    return {
        "logistic_regression": EncodedClassifier(LogisticRegression(), *columns, is_scaled=True),
        "gradient_boosting": EncodedClassifier(boosting, *columns, is_scaled=False),
        "points_scorecard": PointsScorecard(),
    }


def prepare_features(frame: pd.DataFrame, numeric: Sequence[str], categorical: Sequence[str]) -> pd.DataFrame:
    """Take the features out of a frame, in the types that the candidates expect.

    Parameters
    ----------
    frame : pandas.DataFrame
        Holds the features among other columns.
    numeric, categorical : sequence of str
        Feature columns by kind.

    Returns
    -------
    pandas.DataFrame
        Numbers as floats with nan for missing; levels as text with a level of its own for missing.
    """
    numbers = frame[list(numeric)].astype(float)
    levels = frame[list(categorical)].astype(object).where(frame[list(categorical)].notna(), MISSING)
    return pd.concat([numbers, levels.astype(str).astype(object)], axis=1)


def fit_propensities(
    features: pd.DataFrame,
    outcome: IntArray,
    candidates: Candidates,
    *,
    inner_folds: int,
    seed: int,
) -> dict[str, dict[str, Any]]:
    """Fit every candidate with the calibration that suits it, the one with the lowest log loss first.

    Each candidate is cross-validated within the given rows; on its out-of-fold probabilities each calibration
    is fitted without the fold that it is judged on. A freer calibration (none, sigmoid, isotonic) is taken if
    it betters the log loss by more than a standard error.

    Parameters
    ----------
    features : pandas.DataFrame of shape (rows, features)
        As `prepare_features` returns.
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    candidates : mapping of str to classifier
        Unfitted models by name.
    inner_folds : int
        Folds of the choice.
    seed : int
        Seed of the folds.

    Returns
    -------
    dict of str to dict
        For each candidate, the best first: candidate and calibration (names), models (fitted; in
        artefacts of earlier releases several, whose mean counts), calibrator (plain parameters), log_loss (in
        nats, with each calibration).
    """
    folds = stratified_folds(outcome, inner_folds, seed=seed)
    held_out = {
        name: out_of_fold(candidate, features, outcome, folds) for name, candidate in candidates.items()
    }
    return choose_propensities(held_out, outcome, folds, fit_candidates(candidates, features, outcome))


def out_of_fold(
    candidate: ClassifierMixin, features: pd.DataFrame, outcome: IntArray, folds: IntArray
) -> FloatArray:
    """Predict every row by the model of all folds but its own.

    Parameters
    ----------
    candidate : classifier
        Unfitted.
    features : pandas.DataFrame of shape (rows, features)
        As `prepare_features` returns.
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    folds : numpy.ndarray of shape (rows,)
        Fold of each row, from 0.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        Probabilities, not calibrated.
    """
    found = np.empty(len(outcome))
    for number in range(folds.max() + 1):
        test = folds == number
        fitted = fit_candidate(candidate, features[~test], outcome[~test])
        found[test] = fitted.predict_proba(features[test])[:, 1]
    return found


def choose_propensities(
    held_out: Mapping[str, FloatArray],
    outcome: IntArray,
    folds: IntArray,
    whole: Mapping[str, ClassifierMixin],
) -> dict[str, dict[str, Any]]:
    """Choose among fitted candidates, and the calibration of each, by what they say of rows unseen.

    Parameters
    ----------
    held_out : mapping of str to numpy.ndarray of shape (rows,)
        Of each candidate the probability of each row, by a fit that has seen none of the row's fold.
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    folds : numpy.ndarray of shape (rows,)
        The fold of each row; calibrations are judged on one after the other.
    whole : mapping of str to classifier
        The candidates, fitted on all rows.

    Returns
    -------
    dict of str to dict
        As `fit_propensities`.
    """
    fitted: dict[str, dict[str, Any]] = {}
    for name, model in whole.items():
        probability = held_out[name]
        calibrated = {kind: _calibrated(kind, probability, outcome, folds) for kind in CALIBRATIONS}
        losses = {kind: log_losses(outcome, values) for kind, values in calibrated.items()}
        kind = _simplest_that_helps(losses)
        fitted[name] = {
            "candidate": name,
            "calibration": kind,
            "models": [model],
            "calibrator": fit_calibrator(kind, probability, outcome),
            "log_loss": {kind: float(of_rows.mean()) for kind, of_rows in losses.items()},
        }
    best_first = sorted(fitted, key=lambda name: fitted[name]["log_loss"][fitted[name]["calibration"]])
    return {name: fitted[name] for name in best_first}


def fit_propensity(
    features: pd.DataFrame,
    outcome: IntArray,
    candidates: Candidates,
    *,
    inner_folds: int,
    seed: int,
) -> dict[str, Any]:
    """Fit the candidate and calibration that have the lowest cross-validated log loss.

    Parameters
    ----------
    features, outcome, candidates, inner_folds, seed
        As for `fit_propensities`.

    Returns
    -------
    dict
        The first of what `fit_propensities` returns.
    """
    fitted = fit_propensities(features, outcome, candidates, inner_folds=inner_folds, seed=seed)
    return next(iter(fitted.values()))


def _calibrated(kind: str, probability: FloatArray, outcome: IntArray, folds: IntArray) -> FloatArray:
    calibrated = np.empty(len(outcome))
    for number in np.unique(folds):
        test = folds == number
        calibrator = fit_calibrator(kind, probability[~test], outcome[~test])
        calibrated[test] = apply_calibrator(calibrator, probability[test])
    return calibrated


def _simplest_that_helps(losses: Mapping[str, FloatArray]) -> str:
    """Return the calibration to use: a freer one must better the log loss by more than a standard error.

    Between two that are as good, the freer one only adds steps learned from noise.
    """
    chosen = CALIBRATIONS[0]
    for kind in CALIBRATIONS[1:]:
        gain = losses[chosen] - losses[kind]
        if gain.mean() > gain.std(ddof=1) / np.sqrt(len(gain)):
            chosen = kind
    return chosen


def fit_candidate(candidate: ClassifierMixin, features: pd.DataFrame, outcome: IntArray) -> ClassifierMixin:
    """Fit a copy of a candidate."""
    # Boosting can't bin a number that is missing in every row; a constant tells it as little.
    empty = features.columns[features.isna().all()]
    if len(empty):
        features = features.assign(**dict.fromkeys(empty, 0.0))
    return clone(candidate).fit(features, outcome)


def fit_candidates(
    candidates: Candidates, features: pd.DataFrame, outcome: IntArray
) -> dict[str, ClassifierMixin]:
    """Fit a copy of each candidate."""
    return {name: fit_candidate(candidate, features, outcome) for name, candidate in candidates.items()}


def predict_propensity(model: Mapping[str, Any], features: pd.DataFrame) -> FloatArray:
    """Return calibrated probabilities.

    Parameters
    ----------
    model : mapping
        What `fit_propensity` returned, or one of `fit_propensities`.
    features : pandas.DataFrame of shape (rows, features)
        As `prepare_features` returns.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        Probability of 1.
    """
    if features.empty:
        return np.empty(0)
    probability = np.mean([member.predict_proba(features)[:, 1] for member in model["models"]], axis=0)
    return apply_calibrator(model["calibrator"], probability)


def additive_scores(model: Mapping[str, Any], features: pd.DataFrame) -> FloatArray:
    """Return what the probability rises with, on a scale on which the effects of features add up.

    Parameters
    ----------
    model : mapping
        What `fit_propensity` returned.
    features : pandas.DataFrame of shape (rows, features)
        As `prepare_features` returns.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        Points of a scorecard; else log-odds of 1 before calibration.
    """
    members = model["models"]
    if len(members) == 1 and isinstance(members[0], PointsScorecard):
        return members[0].points(features).astype(float)
    return log_odds(np.mean([member.predict_proba(features)[:, 1] for member in members], axis=0))
