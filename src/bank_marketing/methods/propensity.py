"""Propensities: calibrated probabilities of a yes or no from the model that suits the data best."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from bank_marketing.methods.calibration import CALIBRATIONS, apply_calibrator, fit_calibrator
from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.metrics import log_loss

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

MIN_ROWS = 100
MIN_ROWS_OF_A_CLASS = 10
MISSING = "missing"


def reason_for_too_little_data(outcome: npt.ArrayLike) -> str | None:
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


def default_candidates(numeric: Sequence[str], categorical: Sequence[str], seed: int) -> dict[str, Pipeline]:
    """Return the models that compete: logistic regression and shallow gradient boosting.

    Parameters
    ----------
    numeric, categorical : sequence of str
        Feature columns by kind.
    seed : int
        Seed of the boosting.

    Returns
    -------
    dict of str to sklearn.pipeline.Pipeline
        Unfitted pipelines by name. A level that wasn't there at the fit counts as none of the levels; a
        missing number is the median (logistic) or a branch of its own (boosting).
    """
    scaled = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    levels = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    boosting = HistGradientBoostingClassifier(
        max_iter=60,
        learning_rate=0.08,
        max_depth=2,
        min_samples_leaf=30,
        early_stopping=False,
        random_state=seed,
    )
    return {
        "logistic_regression": make_pipeline(
            make_column_transformer((scaled, list(numeric)), (levels, list(categorical))),
            LogisticRegression(),
        ),
        "gradient_boosting": make_pipeline(
            make_column_transformer(("passthrough", list(numeric)), (levels, list(categorical))), boosting
        ),
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


def fit_propensity(
    features: pd.DataFrame,
    outcome: IntArray,
    candidates: Mapping[str, Pipeline],
    *,
    inner_folds: int,
    seed: int,
) -> dict[str, Any]:
    """Fit the candidate and calibration that have the lowest cross-validated log loss.

    Each candidate is cross-validated within the given rows; on its out-of-fold probabilities each calibration
    is fitted without the fold that it is judged on.

    Parameters
    ----------
    features : pandas.DataFrame of shape (rows, features)
        As `prepare_features` returns.
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    candidates : mapping of str to sklearn.pipeline.Pipeline
        Unfitted models.
    inner_folds : int
        Folds of the choice.
    seed : int
        Seed of the folds.

    Returns
    -------
    dict
        candidate and calibration (names), model (fitted), calibrator (plain parameters), log_loss (of every
        candidate with every calibration, in nats).
    """
    folds = stratified_folds(outcome, inner_folds, seed=seed)
    splits = [(folds != number, folds == number) for number in range(inner_folds)]
    losses: dict[str, float] = {}
    held_out: dict[str, FloatArray] = {}
    for name, candidate in candidates.items():
        held_out[name] = np.empty(len(outcome))
        for train, test in splits:
            fitted = _fit(candidate, features.iloc[train], outcome[train])
            held_out[name][test] = fitted.predict_proba(features.iloc[test])[:, 1]
        for kind in CALIBRATIONS:
            calibrated = np.empty(len(outcome))
            for train, test in splits:
                calibrator = fit_calibrator(kind, held_out[name][train], outcome[train])
                calibrated[test] = apply_calibrator(calibrator, held_out[name][test])
            losses[f"{name}, {kind}"] = log_loss(outcome, calibrated)
    candidate_name, kind = min(losses, key=lambda pair: losses[pair]).split(", ")
    return {
        "candidate": candidate_name,
        "calibration": kind,
        "model": _fit(candidates[candidate_name], features, outcome),
        "calibrator": fit_calibrator(kind, held_out[candidate_name], outcome),
        "log_loss": losses,
    }


def _fit(candidate: Pipeline, features: pd.DataFrame, outcome: IntArray) -> Pipeline:
    # Boosting can't bin a number that is missing in every row; a constant tells it as little.
    empty = features.columns[features.isna().all()]
    return clone(candidate).fit(features.assign(**dict.fromkeys(empty, 0.0)), outcome)


def predict_propensity(model: Mapping[str, Any], features: pd.DataFrame) -> FloatArray:
    """Return calibrated probabilities.

    Parameters
    ----------
    model : mapping
        What `fit_propensity` returned.
    features : pandas.DataFrame of shape (rows, features)
        As `prepare_features` returns.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        Probability of 1.
    """
    if features.empty:
        return np.empty(0)
    return apply_calibrator(model["calibrator"], model["model"].predict_proba(features)[:, 1])


def predict_log_odds(model: Mapping[str, Any], features: pd.DataFrame) -> FloatArray:
    """Return log-odds before calibration, a scale on which the effects of features add up.

    Parameters
    ----------
    model : mapping
        What `fit_propensity` returned.
    features : pandas.DataFrame of shape (rows, features)
        As `prepare_features` returns.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        Log-odds of 1.
    """
    return np.asarray(model["model"].decision_function(features))
