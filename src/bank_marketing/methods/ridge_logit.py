"""Logistic models with a penalty, by Newton's method: made to be fitted again on each fold in a few steps.

Both start from a fit on all rows, which only saves steps: what they converge to doesn't depend on the start.

References
----------
Hastie, T., Tibshirani, R. and Friedman, J. (2009). The elements of statistical learning, 2nd edition, section
4.4. Springer.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

STEPS = 25
HALVINGS = 8
# Of the last step, in log-odds by standard deviation: what is left is of the order of its square.
TOLERANCE = 1e-4


def fit_multinomial(
    x: FloatArray, kind: IntArray, kinds: int, *, penalty: FloatArray, start: FloatArray | None = None
) -> FloatArray:
    """Fit which of several kinds a row is of.

    Parameters
    ----------
    x : numpy.ndarray of shape (rows, columns)
        Design with its column of ones.
    kind : numpy.ndarray of shape (rows,)
        From 0.
    kinds : int
        How many there are.
    penalty : numpy.ndarray of shape (columns,)
        What the square of a coefficient costs, twice over.
    start : numpy.ndarray of shape (kinds - 1, columns), optional
        Where to start from.

    Returns
    -------
    numpy.ndarray of shape (kinds - 1, columns)
        Log-odds of each kind but the first, against the first.
    """
    columns = x.shape[1]
    if kinds == 1:
        return np.empty((0, columns))
    # Kinds by rows, not rows by kinds: sums over a few kinds are then many times faster.
    is_kind = (kind == np.arange(1, kinds)[:, None]).astype(float)
    of_all = np.tile(penalty, kinds - 1)

    def loss(flat: FloatArray) -> float:
        utility = flat.reshape(kinds - 1, columns) @ x.T
        most = np.maximum(utility.max(axis=0), 0)
        odds = np.exp(-most) + np.exp(utility - most).sum(axis=0)
        log_sum = (most + np.log(odds)).sum()
        return float(log_sum - (is_kind * utility).sum() + of_all @ flat**2 / 2)

    def step(flat: FloatArray) -> FloatArray:
        chance = predict_multinomial(x, flat.reshape(kinds - 1, columns)).T[1:]
        gradient = ((is_kind - chance) @ x).ravel() - of_all * flat
        hessian = np.empty((kinds - 1, columns, kinds - 1, columns))
        for one in range(kinds - 1):
            for other in range(one, kinds - 1):
                weight = chance[one] * ((one == other) - chance[other])
                block = (x * weight[:, None]).T @ x
                hessian[one, :, other], hessian[other, :, one] = block, block.T
        return np.asarray(np.linalg.solve(hessian.reshape(len(flat), -1) + np.diag(of_all), gradient))

    first = np.zeros(len(of_all)) if start is None else start.ravel()
    return newton(first, step, loss).reshape(kinds - 1, columns)


def predict_multinomial(x: FloatArray, coefficients: FloatArray) -> FloatArray:
    """Return the chance of each kind.

    Parameters
    ----------
    x : numpy.ndarray of shape (rows, columns)
        Design with its column of ones.
    coefficients : numpy.ndarray of shape (kinds - 1, columns)
        As `fit_multinomial` returns.

    Returns
    -------
    numpy.ndarray of shape (rows, kinds)
        Adds up to 1 in each row.
    """
    utility = np.vstack([np.zeros(len(x)), coefficients @ x.T])
    odds = np.exp(utility - utility.max(axis=0))
    chance: FloatArray = (odds / odds.sum(axis=0)).T
    return chance


def newton(
    start: FloatArray, step: Callable[[FloatArray], FloatArray], loss: Callable[[FloatArray], float]
) -> FloatArray:
    """Go downhill by Newton's steps, halving one that leads up.

    Parameters
    ----------
    start : numpy.ndarray
        Where to start from.
    step : callable
        Newton's step at a point.
    loss : callable
        Convex; what is to be least.

    Returns
    -------
    numpy.ndarray
        Where the loss is least.
    """
    point = start
    before = loss(point)
    for _ in range(STEPS):
        move = step(point)
        after = loss(point + move)
        for _ in range(HALVINGS):
            if after <= before:
                break
            move = move / 2
            after = loss(point + move)
        point, before = point + move, after
        if np.abs(move).max() < TOLERANCE:
            break
    return point
