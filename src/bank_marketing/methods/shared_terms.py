"""Chances by customer and arm from one logistic model whose terms all arms share.

A model for each of twenty arms would learn each from a twentieth of the rows. Here a trait works the same in
all arms, but for what its interaction with each dimension (such as type and channel) adds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import solve, solve_triangular

from bank_marketing.methods.cell_design import CellDesign
from bank_marketing.methods.ridge_logit import newton

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

BINS = 10
# What is believed of the terms before the data speak, as variance on the log-odds: at each tenth of the
# customers a trait's effect may jump by some .45, and by .16 more or less in one arm than in the others. The
# data then say for each trait, alone and with each dimension, how much it does at all.
OF_TRAITS = 0.2
OF_INTERACTIONS = 0.025
LEAST, MOST = 1e-3, 1.0
ROUNDS = 2
# Customers whose errors are reckoned at once.
CHUNK = 1_000


def fit_shared_terms(
    traits: pd.DataFrame,
    arms: pd.DataFrame,
    is_above: npt.ArrayLike,
    outcome: npt.ArrayLike,
    *,
    start: FloatArray | None = None,
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
    start : numpy.ndarray, optional
        Coefficients of a fit on other rows like these, which only saves steps; those of another shape don't.

    Returns
    -------
    dict
        Plain values and arrays: basis (`_basis`), levels by dimension, coefficients by block, and root, whose
        product with its transpose is the coefficients' posterior covariance (Laplace's approximation).

    References
    ----------
    MacKay, D. J. C. (1992). The evidence framework applied to classification networks. Neural Computation 4,
    720-736.
    """
    basis = _basis(traits)
    levels = {name: sorted(arms[name].unique()) for name in arms}
    design = CellDesign.of(_shared(basis, traits), arms, levels, np.asarray(is_above, dtype=bool))
    group, variance = _priors(basis, levels)
    if start is None or start.shape != group.shape:
        start = np.zeros(len(group))
    coefficients, root = _coefficients(design, np.asarray(outcome, dtype=float), group, variance, start)
    widths = [design.width, 1, *([design.width] * sum(map(len, levels.values())))]
    return {
        "basis": basis,
        "levels": levels,
        "coefficients": coefficients,
        "ends": np.cumsum(widths),
        "root": root,
    }


def _priors(basis: Mapping[str, Any], levels: Mapping[str, Sequence[str]]) -> tuple[IntArray, FloatArray]:
    """Tell of each column which share a variance, and what that is before the data speak."""
    sizes = [len(columns) for part in ("cuts", "words") for columns in basis[part].values()]
    trait = np.concatenate([[0], *([number] * size for number, size in enumerate(sizes, start=1))]).astype(
        int
    )
    of_traits = len(sizes) + 1
    group, variance = [trait, np.array([of_traits])], [OF_TRAITS] * (of_traits + 1)
    for known in levels.values():
        group += [len(variance) + trait] * len(known)
        variance += [OF_TRAITS, *([OF_INTERACTIONS] * len(sizes))]
    return np.concatenate(group), np.array(variance)


def _coefficients(
    design: CellDesign, outcome: FloatArray, group: IntArray, variance: FloatArray, start: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Fit coefficients and the variances that they are drawn from, by turns (MacKay's fixed point)."""
    outcome = outcome[design.order]
    coefficients = _most_likely(design, outcome, _precision(variance, group), start)
    curvature, pull = _quadratic(design, outcome, coefficients)
    # The intercept is drawn from nothing.
    sizes = np.bincount(group[1:], minlength=len(variance))
    for _ in range(ROUNDS):
        coefficients, root = _solved(curvature, pull, _precision(variance, group))
        unsure = np.bincount(group[1:], (root**2).sum(axis=1)[1:], minlength=len(variance))
        energy = np.bincount(group[1:], coefficients[1:] ** 2, minlength=len(variance))
        variance = np.clip(energy / np.maximum(sizes - unsure / variance, 1e-9), LEAST, MOST)
    return _solved(*_quadratic(design, outcome, coefficients), _precision(variance, group))


def _most_likely(
    design: CellDesign, outcome: FloatArray, precision: FloatArray, start: FloatArray
) -> FloatArray:
    def loss(coefficients: FloatArray) -> float:
        odds = design.log_odds(coefficients)
        return float(np.logaddexp(0, odds).sum() - outcome @ odds + precision @ coefficients**2 / 2)

    def step(coefficients: FloatArray) -> FloatArray:
        curvature, pull = _quadratic(design, outcome, coefficients)
        curvature.ravel()[:: len(curvature) + 1] += precision
        return np.asarray(solve(curvature, pull, assume_a="pos")) - coefficients

    return newton(start, step, loss)


def _quadratic(
    design: CellDesign, outcome: FloatArray, coefficients: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return curvature and linear term of the log likelihood around coefficients."""
    chance = 1 / (1 + np.exp(-design.log_odds(coefficients)))
    curvature = design.curvature(chance * (1 - chance))
    return curvature, curvature @ coefficients + design.sums(outcome - chance)


def _precision(variance: FloatArray, group: IntArray) -> FloatArray:
    precision = 1 / variance[group]
    precision[0] = 0.0
    return precision


def _solved(curvature: FloatArray, pull: FloatArray, precision: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return coefficients, and the root of their covariance."""
    root = solve_triangular(
        np.linalg.cholesky(curvature + np.diag(precision)), np.eye(len(pull)), lower=True
    ).T
    return root @ (root.T @ pull), root


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
    base, above, *of_arms = np.split(model["coefficients"], model["ends"][:-1])
    parts = np.column_stack([shared @ block for block in of_arms])
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
    first = len(next(iter(model["levels"].values())))
    base, (above,), *of_arms = np.split(model["root"], model["ends"][:-1])
    # Of each combination: the root of what a trait does in it, all blocks together.
    root = base + np.array(of_arms[:first])[:, None] + np.array(of_arms[first:])
    covariance = root @ root.swapaxes(2, 3)
    with_step = 2 * np.moveaxis(root @ above, 2, 0)
    variance = np.empty((len(traits), *root.shape[:2], 2))
    for start in range(0, len(traits), CHUNK):
        shared = _shared(model["basis"], traits.iloc[start : start + CHUNK])
        below = np.moveaxis(((shared @ covariance) * shared).sum(axis=-1), 2, 0)
        more = np.tensordot(shared, with_step, 1) + above @ above
        variance[start : start + CHUNK] = np.stack([below, below + more], axis=-1)
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

    A missing number is what the average customer is; a level that wasn't there at the fit counts as the
    first.
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
