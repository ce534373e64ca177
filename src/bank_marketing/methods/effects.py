"""Effects: what a feature does in a model of a yes or no."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression

from bank_marketing.methods.cross_fitting import CrossFit
from bank_marketing.methods.depths import Depth
from bank_marketing.methods.encoded_classifier import EncodedClassifier
from bank_marketing.methods.intervals import normal_quantile, row_mean_interval
from bank_marketing.methods.metrics import log_losses
from bank_marketing.methods.propensity import FloatArray, IntArray, predict_propensity


def permutation_importance(
    features: pd.DataFrame, outcome: IntArray, crossed: CrossFit, *, depth: Depth, seed: int
) -> pd.DataFrame:
    """Tell by how much the log loss rises on held-out rows when a feature is shuffled among them.

    Parameters
    ----------
    features : pandas.DataFrame of shape (rows, features)
        As `prepare_features` returns.
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    crossed : CrossFit
        The models of the first repeat and their folds.
    depth : Depth
        Permutations for each fold.
    seed : int
        Seed of the permutations.

    Returns
    -------
    pandas.DataFrame
        Columns feature, kind ('permutation_importance'), value (nats, mean over rows), value_low, value_high
        (95 % for all features together). An interval that holds zero can't be told from noise.

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45, 5-32.
    """
    random = np.random.default_rng(seed)
    rises = {name: np.empty(len(outcome)) for name in features.columns}
    for number, model in enumerate(crossed.models):
        rows = np.flatnonzero(crossed.fold[:, 0] == number)
        part = features.iloc[rows].reset_index(drop=True)
        losses = log_losses(outcome[rows], crossed.probability[rows, 0])
        for name, of_feature in rises.items():
            shuffled = pd.concat(
                [
                    part.assign(**{name: part[name].to_numpy()[random.permutation(len(part))]})
                    for _ in range(depth.permutations)
                ]
            )
            probability = predict_propensity(model, shuffled).reshape(depth.permutations, len(part))
            of_feature[rows] = log_losses(outcome[rows], probability).mean(axis=0) - losses
    return pd.DataFrame(
        [
            (name, "permutation_importance", *row_mean_interval(of_feature, comparisons=len(rises)))
            for name, of_feature in rises.items()
        ],
        columns=["feature", "kind", "value", "value_low", "value_high"],
    )


def standardised_log_odds(model: Mapping[str, Any], features: pd.DataFrame) -> pd.DataFrame:
    """Return the log-odds of a logistic regression, each adjusted for the other features.

    The regression has a column for each level and none for reference, so that only its penalty sets a level's
    coefficient; the data tell how levels differ. Hence each level is contrasted with its feature's largest.

    Parameters
    ----------
    model : mapping
        What `fit_propensity` returned.
    features : pandas.DataFrame of shape (rows, features)
        The rows it was fitted on, as `prepare_features` returns.

    Returns
    -------
    pandas.DataFrame
        Columns feature, kind ('standardised_log_odds'), value, value_low, value_high: log-odds for one
        standard deviation of a number, or for a level against the largest one. Wald intervals, 95 % for all
        of them together; the covariance is the inverse of the penalised information matrix. A number that is
        constant has no row. No row at all for another candidate.
    """
    columns = ["feature", "kind", "value", "value_low", "value_high"]
    if model["candidate"] != "logistic_regression":
        return pd.DataFrame(columns=columns)
    encoded: EncodedClassifier = model["models"][0]
    covariance = logistic_covariance(encoded.classifier_, encoded.design(features))

    names, weights = _contrasts(encoded.names, features)
    value = weights @ encoded.classifier_.coef_[0]
    half = normal_quantile(len(names)) * np.sqrt(np.diag(weights @ covariance @ weights.T))
    kind = ["standardised_log_odds"] * len(names)
    return pd.DataFrame(
        dict(zip(columns, (names, kind, value, value - half, value + half), strict=True)), columns=columns
    )


def logistic_covariance(regression: LogisticRegression, values: npt.ArrayLike) -> FloatArray:
    """Return the covariance of the coefficients of a logistic regression with a ridge penalty.

    Parameters
    ----------
    regression : LogisticRegression
        Fitted, with an intercept, which the penalty leaves alone.
    values : array_like of shape (rows, coefficients)
        What it was fitted on.

    Returns
    -------
    numpy.ndarray of shape (coefficients, coefficients)
        The inverse of the penalised information matrix, without the intercept.
    """
    columns = np.asarray(values, dtype=float)
    design = np.column_stack([np.ones(len(columns)), columns])
    probability = regression.predict_proba(design[:, 1:])[:, 1]
    penalty = np.diag([0.0, *np.full(design.shape[1] - 1, 1 / regression.C)])
    information = design.T @ (design * (probability * (1 - probability))[:, None]) + penalty
    covariance: FloatArray = np.linalg.inv(information)[1:, 1:]
    return covariance


def _contrasts(
    coefficients: list[tuple[str, str | None]], features: pd.DataFrame
) -> tuple[list[str], FloatArray]:
    """Return what is reported, by name, and its weight on each coefficient of the candidates' design."""
    position = {name: number for number, name in enumerate(coefficients)}
    unit = np.eye(len(coefficients))
    weights = {}
    for name, column in features.items():
        if column.dtype != object:
            if column.nunique() > 1:
                weights[str(name)] = unit[position[str(name), None]]
            continue
        counts = column.value_counts().sort_index()
        largest = counts.idxmax()
        for level in counts.index.drop(largest):
            weights[f"{name}: {level} against {largest}"] = (
                unit[position[str(name), level]] - unit[position[str(name), largest]]
            )
    return list(weights), np.array(list(weights.values())).reshape(len(weights), len(coefficients))
