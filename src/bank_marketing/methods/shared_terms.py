"""Chances by customer and arm from one logistic model whose terms all arms share.

A model for each of twenty arms would learn each from a twentieth of the rows. Here a trait works the same in
all arms, but for what its interaction with each dimension (such as type and channel) adds.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import solve_triangular
from sklearn.linear_model import LogisticRegression

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

BINS = 10
# What is believed of the terms before the data speak, as variance on the log-odds: a trait's effect may jump
# by some .45 at each tenth of the customers, and by .16 more or less in one arm than in the others. It
# doesn't change with the number of rows, so that many rows outweigh it.
PRIOR_VARIANCE = 0.2
INTERACTION = 0.35
# Customers whose errors are reckoned at once.
CHUNK = 1_000


def fit_shared_terms(
    traits: pd.DataFrame, arms: pd.DataFrame, is_above: npt.ArrayLike, outcome: npt.ArrayLike
) -> dict[str, Any]:
    """Fit the chance of a yes by traits, arms and a step.

    Parameters
    ----------
    traits : pandas.DataFrame of shape (rows, traits)
        What is known of customers; numbers with nan for missing, anything else counts as levels.
    arms : pandas.DataFrame of shape (rows, dimensions)
        What each was given, a column a dimension; none missing.
    is_above : array_like of bool, shape (rows,)
        Whether the amount spent lies above the step; all false without one.
    outcome : array_like of shape (rows,)
        0 or 1, of both some.

    Returns
    -------
    dict
        Plain values and arrays: basis (`_basis`), levels by dimension, coefficients by block, and root, whose
        product with its transpose is the coefficients' posterior covariance (Laplace's approximation).

    References
    ----------
    Bishop, C. M. (2006). Pattern Recognition and Machine Learning, section 4.5.
    """
    basis = _basis(traits)
    levels = {name: sorted(arms[name].unique()) for name in arms}
    blocks = [_shared(basis, traits), np.asarray(is_above, dtype=float)[:, None]]
    for name, known in levels.items():
        of_level = blocks[0].copy()
        of_level[:, 1:] *= INTERACTION
        given = arms[name].to_numpy()
        blocks += [of_level * (given == level)[:, None] for level in known]
    design = np.hstack(blocks)
    # The first column is the intercept, which has no prior.
    model = LogisticRegression(C=PRIOR_VARIANCE, max_iter=500).fit(design[:, 1:], np.asarray(outcome))
    coefficients = np.concatenate([model.intercept_, model.coef_[0]])
    ends = np.cumsum([block.shape[1] for block in blocks])
    chance = 1 / (1 + np.exp(-design @ coefficients))
    precision = (design * (chance * (1 - chance))[:, None]).T @ design
    precision[1:, 1:] += np.eye(len(coefficients) - 1) / PRIOR_VARIANCE
    root = solve_triangular(np.linalg.cholesky(precision), np.eye(len(coefficients)), lower=True).T
    return {"basis": basis, "levels": levels, "coefficients": coefficients, "ends": ends, "root": root}


def without_errors(model: Mapping[str, Any]) -> dict[str, Any]:
    """Return the model without what its errors need, which is most of it.

    Parameters
    ----------
    model : mapping
        What `fit_shared_terms` returned.

    Returns
    -------
    dict
        Enough for `log_odds`.
    """
    return {name: value for name, value in model.items() if name != "root"}


def log_odds(model: Mapping[str, Any], traits: pd.DataFrame) -> FloatArray:
    """Return the log-odds of a yes for each customer, pair of arms and side of the step.

    Parameters
    ----------
    model : mapping
        What `fit_shared_terms` returned for two dimensions.
    traits : pandas.DataFrame of shape (rows, traits)
        As at the fit.

    Returns
    -------
    numpy.ndarray of shape (rows, first arms, second arms, 2)
        In the order of the levels; the last axis is below and above the step.
    """
    shared = _shared(model["basis"], traits)
    scaled = np.hstack([shared[:, :1], shared[:, 1:] * INTERACTION])
    base, above, *of_arms = np.split(model["coefficients"], model["ends"][:-1])
    parts = np.column_stack([scaled @ block for block in of_arms])
    first = len(next(iter(model["levels"].values())))
    return (
        (shared @ base)[:, None, None, None]
        + parts[:, :first, None, None]
        + parts[:, None, first:, None]
        + np.array([0.0, above[0]])
    )


def log_odds_errors(model: Mapping[str, Any], traits: pd.DataFrame) -> FloatArray:
    """Return the standard errors of `log_odds`.

    Parameters
    ----------
    model, traits
        As for `log_odds`; a model with its root.

    Returns
    -------
    numpy.ndarray of shape (rows, first arms, second arms, 2)
        Posterior standard deviations.
    """
    parts = [
        _errors(model, traits.iloc[start : start + CHUNK]) for start in range(0, max(len(traits), 1), CHUNK)
    ]
    return np.concatenate(parts)


def _errors(model: Mapping[str, Any], traits: pd.DataFrame) -> FloatArray:
    """Sum the covariances of the blocks that make up each combination."""
    shared = _shared(model["basis"], traits)
    scaled = np.hstack([shared[:, :1], shared[:, 1:] * INTERACTION])
    base, above, *of_arms = np.split(model["root"], model["ends"][:-1], axis=0)
    rooted = np.stack(
        [shared @ base, np.broadcast_to(above, (len(shared), above.shape[1]))]
        + [scaled @ block for block in of_arms],
        axis=1,
    )
    of_blocks = rooted @ rooted.transpose(0, 2, 1)
    first = len(next(iter(model["levels"].values())))
    one, other = slice(2, 2 + first), slice(2 + first, None)
    alone = np.diagonal(of_blocks, axis1=1, axis2=2)
    with_base, with_step = alone + 2 * of_blocks[:, 0], 2 * of_blocks[:, 1]
    below = (
        alone[:, 0, None, None]
        + with_base[:, one, None]
        + with_base[:, None, other]
        + 2 * of_blocks[:, one, other]
    )
    more = (
        (alone[:, 1] + with_step[:, 0])[:, None, None] + with_step[:, one, None] + with_step[:, None, other]
    )
    variance = np.stack([below, below + more], axis=-1)
    errors: FloatArray = np.sqrt(np.maximum(variance, 0))
    return errors


def _basis(traits: pd.DataFrame) -> dict[str, Any]:
    """Tell at which values a number makes a step (its tenths), and which levels a word has."""
    cuts, words = {}, {}
    for name in traits:
        if pd.api.types.is_numeric_dtype(traits[name]):
            known = traits[name].dropna().to_numpy(dtype=float)
            places = np.quantile(known, np.arange(1, BINS) / BINS) if len(known) else np.empty(0)
            cuts[name] = np.unique(places[places > known.min()]) if len(known) else places
        else:
            words[name] = sorted(traits[name].unique())[1:]
    basis: dict[str, Any] = {"cuts": cuts, "words": words, "centre": np.zeros(1)}
    return basis | {"centre": _shared(basis, traits)[:, 1:].mean(axis=0)}


def _shared(basis: Mapping[str, Any], traits: pd.DataFrame) -> FloatArray:
    """Lay traits out: an intercept, for each cut whether it is reached, for each level whether it is it.

    A missing number, like a level that wasn't there at the fit, is what the average customer is.
    """
    columns: list[FloatArray] = []
    missing: list[BoolArray] = []
    for name, cuts in basis["cuts"].items():
        number = traits[name].to_numpy(dtype=float, na_value=np.nan)
        columns += [(number >= cut).astype(float) for cut in cuts]
        missing += [np.isnan(number)] * len(cuts)
    for name, words in basis["words"].items():
        columns += [(traits[name] == word).to_numpy(dtype=float) for word in words]
        missing += [np.zeros(len(traits), dtype=bool)] * len(words)
    if not columns:
        return np.ones((len(traits), 1))
    values = np.column_stack(columns) - basis["centre"]
    values[np.column_stack(missing)] = 0.0
    return np.hstack([np.ones((len(traits), 1)), values])
