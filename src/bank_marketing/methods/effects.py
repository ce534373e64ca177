"""Effects: what a feature does in a model of a yes or no."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.methods.cross_fitting import CrossFit, Depth
from bank_marketing.methods.intervals import Z, fold_interval
from bank_marketing.methods.metrics import log_loss
from bank_marketing.methods.propensity import IntArray, predict_propensity


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
        Columns feature, kind ('permutation_importance'), value (nats, mean over folds), value_low, value_high
        (corrected for the overlap of the folds). An interval that holds zero can't be told from noise.

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45, 5-32.
    """
    random = np.random.default_rng(seed)
    rises: dict[str, list[float]] = {name: [] for name in features.columns}
    for number, model in enumerate(crossed.models):
        rows = np.flatnonzero(crossed.fold[:, 0] == number)
        part = features.iloc[rows].reset_index(drop=True)
        base = log_loss(outcome[rows], crossed.probability[rows, 0])
        for name, of_feature in rises.items():
            shuffled = pd.concat(
                [
                    part.assign(**{name: part[name].to_numpy()[random.permutation(len(part))]})
                    for _ in range(depth.permutations)
                ]
            )
            loss = log_loss(np.tile(outcome[rows], depth.permutations), predict_propensity(model, shuffled))
            of_feature.append(loss - base)
    return pd.DataFrame(
        [
            (name, "permutation_importance", *fold_interval(of_feature, 1 / (depth.folds - 1)))
            for name, of_feature in rises.items()
        ],
        columns=["feature", "kind", "value", "value_low", "value_high"],
    )


def standardised_log_odds(model: Mapping[str, Any], features: pd.DataFrame) -> pd.DataFrame:
    """Return the coefficients of a logistic regression with Wald intervals.

    Parameters
    ----------
    model : mapping
        What `fit_propensity` returned.
    features : pandas.DataFrame of shape (rows, features)
        The rows it was fitted on.

    Returns
    -------
    pandas.DataFrame
        Columns feature, kind ('standardised_log_odds'), value, value_low, value_high: log-odds for one
        standard deviation of a number, or for a level against none of the levels. The covariance is the
        inverse of the penalised information matrix. No row for another candidate.
    """
    columns = ["feature", "kind", "value", "value_low", "value_high"]
    if model["candidate"] != "logistic_regression":
        return pd.DataFrame(columns=columns)
    transformer, regression = model["model"][:-1], model["model"][-1]
    design = np.column_stack([np.ones(len(features)), transformer.transform(features)])
    probability = regression.predict_proba(design[:, 1:])[:, 1]
    penalty = np.diag([0.0, *np.full(design.shape[1] - 1, 1 / regression.C)])
    information = design.T @ (design * (probability * (1 - probability))[:, None]) + penalty
    error = np.sqrt(np.diag(np.linalg.inv(information)))[1:]
    value = regression.coef_[0]
    names = [name.split("__", 1)[1] for name in transformer.get_feature_names_out()]
    return pd.DataFrame(
        dict(
            zip(
                columns,
                (names, "standardised_log_odds", value, value - Z * error, value + Z * error),
                strict=True,
            )
        )
    )
