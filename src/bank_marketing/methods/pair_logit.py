"""A yes or no under each pair of two choices, by terms that the pairs share: quickly fitted again.

The log-odds of a pair are those of the row, plus what the first choice adds, plus what the second adds; both
depend on the row's traits. Twenty pairs of four and five choices then need nine sets of coefficients, not
twenty, and a penalty draws each set towards what all share. `shared_terms` has steps in place of straight
lines, and errors; this one is for simulations and for models that are fitted again for each fold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bank_marketing.methods.ridge_logit import newton

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Penalty:
    """What the square of a coefficient costs, twice over.

    Parameters
    ----------
    shared : float
        Of a trait in all pairs.
    own : float
        Of the intercept of a choice.
    traits : float
        Of a trait in a choice: the larger, the more alike customers are taken to be.
    """

    shared: float = 1.0
    own: float = 1.0
    traits: float = 10.0


def fit_pairs(
    x: FloatArray,
    first: IntArray,
    second: IntArray,
    outcome: npt.ArrayLike,
    *,
    shape: tuple[int, int],
    penalty: Penalty,
    start: FloatArray | None = None,
) -> FloatArray:
    """Fit the outcome under each pair.

    Parameters
    ----------
    x : numpy.ndarray of shape (rows, columns)
        Design, its first column ones, the others standardised.
    first, second : numpy.ndarray of shape (rows,)
        The two choices, from 0.
    outcome : array_like of shape (rows,)
        0 or 1.
    shape : tuple of int
        How many first and second choices there are.
    penalty : Penalty
        How far choices are drawn towards what they share.
    start : numpy.ndarray, optional
        Coefficients to start from.

    Returns
    -------
    numpy.ndarray of shape (1 + firsts + seconds, columns)
        What is shared, what each first choice adds, what each second one adds.
    """
    firsts, seconds = shape
    columns, sets = x.shape[1], 1 + firsts + seconds
    pair = first * seconds + second
    order = np.argsort(pair, kind="stable")
    x, pair, y = x[order], pair[order], np.asarray(outcome, dtype=float)[order]
    ends = np.searchsorted(pair, np.arange(firsts * seconds + 1))
    cells = [
        (slice(ends[one], ends[one + 1]), [0, 1 + one // seconds, 1 + firsts + one % seconds])
        for one in range(firsts * seconds)
        if ends[one] < ends[one + 1]
    ]
    cost = np.full((sets, columns), penalty.traits)
    cost[0], cost[:, 0] = penalty.shared, penalty.own
    # Without a penalty of its own the intercept that all share is free.
    cost[0, 0] = 1e-6

    def log_odds(flat: FloatArray) -> FloatArray:
        coefficients = flat.reshape(sets, columns)
        return np.concatenate([x[rows] @ coefficients[members].sum(axis=0) for rows, members in cells])

    def loss(flat: FloatArray) -> float:
        odds = log_odds(flat)
        return float(np.logaddexp(0, odds).sum() - y @ odds + cost.ravel() @ flat**2 / 2)

    def step(flat: FloatArray) -> FloatArray:
        chance = 1 / (1 + np.exp(-log_odds(flat)))
        residual, weight = y - chance, chance * (1 - chance)
        gradient = -cost * flat.reshape(sets, columns)
        hessian = np.zeros((sets, columns, sets, columns))
        for rows, members in cells:
            # All rows of a pair have the same sets of coefficients, so one product serves nine blocks.
            product = (x[rows] * weight[rows, None]).T @ x[rows]
            gradient[members] += residual[rows] @ x[rows]
            for one in members:
                for other in members:
                    hessian[one, :, other] += product
        return np.asarray(
            np.linalg.solve(hessian.reshape(len(flat), -1) + np.diag(cost.ravel()), gradient.ravel())
        )

    begin = np.zeros(sets * columns) if start is None else start.ravel()
    return newton(begin, step, loss).reshape(sets, columns)


def predict_pairs(x: FloatArray, coefficients: FloatArray, *, shape: tuple[int, int]) -> FloatArray:
    """Return the chance of a yes under each pair.

    Parameters
    ----------
    x : numpy.ndarray of shape (rows, columns)
        As for `fit_pairs`.
    coefficients : numpy.ndarray
        As `fit_pairs` returns.
    shape : tuple of int
        How many first and second choices there are.

    Returns
    -------
    numpy.ndarray of shape (rows, firsts * seconds)
        Pair number first * seconds + second.
    """
    firsts = shape[0]
    of_row = x @ coefficients.T
    odds = of_row[:, :1, None] + of_row[:, 1 : 1 + firsts, None] + of_row[:, None, 1 + firsts :]
    chance: FloatArray = 1 / (1 + np.exp(-odds.reshape(len(x), -1)))
    return chance
