"""Draws that the sample generators share: exact shares, and ranks that tie one column to another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def spread(weights: Sequence[float] | Floats, n: int, rng: np.random.Generator) -> Integers:
    """Draw `n` categories whose shares equal the weights as nearly as whole numbers allow, in random order.

    A small sample so keeps the marginals of the large one, which independent draws would not.

    Parameters
    ----------
    weights : sequence of float, shape (n_categories,)
        Relative weights, at least one above zero.
    n : int
        Number of draws.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of int, shape (n,)
        Index of a category for each draw.
    """
    cumulative = np.cumsum(np.asarray(weights, dtype=float))
    at = (np.arange(n) + 0.5) / n * cumulative[-1]
    drawn: Integers = rng.permutation(np.minimum(np.searchsorted(cumulative, at), len(cumulative) - 1))
    return drawn


def ranks(score: Floats) -> Floats:
    """Return the rank of each score as a share between 0 and 1, ends left out, shape (n,)."""
    order: Floats = np.empty(len(score))
    order[np.argsort(score, kind="stable")] = (np.arange(len(score)) + 0.5) / len(score)
    return order


def quantiles_at(shares: Floats, at: Sequence[float], values: Sequence[float]) -> Floats:
    """Return the value at each share of a distribution known by some of its quantiles, linear in between.

    Parameters
    ----------
    shares : ndarray, shape (n,)
        Shares of the distribution between 0 and 1.
    at, values : sequence of float, shape (n_quantiles,)
        Known shares, from 0 to 1, and the quantiles there.

    Returns
    -------
    ndarray, shape (n,)
        Quantiles in the unit of `values`.
    """
    return np.interp(shares, at, values)


def pick(cumulative: Floats, uniform: Floats) -> Integers:
    """Return one category for each row, given rows of cumulative shares.

    Parameters
    ----------
    cumulative : ndarray, shape (n, n_categories)
        Running sum of each row's shares; the last entry of a row is 1.
    uniform : ndarray, shape (n,)
        Uniform draws between 0 and 1.

    Returns
    -------
    ndarray of int, shape (n,)
        Index of the category that each draw falls into.
    """
    picked: Integers = (uniform[:, None] >= cumulative[:, :-1]).sum(axis=1)
    return picked
