"""Bayesian logistic regression that learns from one outcome after another.

A posterior is a normal distribution of the coefficients. All arrays may have leading dimensions, for
posteriors that learn side by side (the runs of a simulation).

References
----------
Chapelle, O. and Li, L. (2011). An empirical evaluation of Thompson sampling. Advances in Neural Information
Processing Systems 24 (normal posterior by Laplace's approximation, and what narrowing it is good for).
Potter, J. E. (1963), in Battin, R. H., Astronautical guidance, 1964 (square root of the covariance).
Andrews, A. (1968). A square root formulation of the Kalman covariance equations. AIAA Journal 6, 1165-1166
(the same for several outcomes at once).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from bank_marketing.methods.ridge_logit import newton

FloatArray = npt.NDArray[np.float64]

# Rows that are weighted at once, which bounds the memory.
PART = 10_000


@dataclass(frozen=True)
class Posterior:
    """A normal distribution of coefficients.

    Parameters
    ----------
    mean : numpy.ndarray of shape (..., terms)
        Mode of the coefficients, in log odds.
    root : numpy.ndarray of shape (..., terms, terms)
        A square root of the covariance, which is root @ root.T: it stays one whatever rounding does, and
        drawing coefficients takes no more than a product with it.
    """

    mean: FloatArray
    root: FloatArray

    @property
    def covariance(self) -> FloatArray:
        """Return the covariance; its inverse is the curvature at the mode."""
        covariance: FloatArray = self.root @ self.root.swapaxes(-1, -2)
        return covariance

    @property
    def variance(self) -> FloatArray:
        """Return the variance of each coefficient."""
        variance: FloatArray = np.einsum("...ij,...ij->...i", self.root, self.root)
        return variance


def prior(variance: FloatArray) -> Posterior:
    """Return what is believed before any outcome: independent coefficients around 0.

    Parameters
    ----------
    variance : numpy.ndarray of shape (terms,)
        Of each coefficient, above 0.

    Returns
    -------
    Posterior
        Without leading dimensions.
    """
    return Posterior(np.zeros(len(variance)), np.diag(np.sqrt(variance)))


def fit(
    start: Posterior,
    rows: FloatArray,
    outcome: FloatArray,
    *,
    begin: FloatArray | None = None,
    counts: FloatArray | None = None,
) -> Posterior:
    """Learn from many outcomes at once: mode and curvature there (Laplace's approximation).

    Parameters
    ----------
    start : Posterior
        What was believed before, without leading dimensions.
    rows : numpy.ndarray of shape (rows, terms)
        What each outcome belongs to.
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    begin : numpy.ndarray of shape (terms,), optional
        Where to look for the mode first, which only saves steps.
    counts : numpy.ndarray of shape (rows,), optional
        As how many outcomes each counts, 0 or more; 1 by default.

    Returns
    -------
    Posterior
        The same for every order of the rows.

    Raises
    ------
    ValueError
        If a row or an outcome is missing or impossible.
    """
    if not np.isfinite(rows).all() or not np.isin(outcome, (0, 1)).all():
        raise ValueError("The posterior learns from finite rows and outcomes of 0 or 1 alone.")
    precision = np.linalg.inv(start.covariance)
    counts = np.ones(len(rows)) if counts is None else counts

    def curvature(mean: FloatArray) -> FloatArray:
        chance = expit(rows @ mean)
        weight, found = (counts * chance * (1 - chance))[:, None], precision
        for begin in range(0, len(rows), PART):
            part = slice(begin, begin + PART)
            found = found + (rows[part] * weight[part]).T @ rows[part]
        return np.asarray(found, dtype=np.float64)

    def step(mean: FloatArray) -> FloatArray:
        slope = rows.T @ (counts * (outcome - expit(rows @ mean))) - precision @ (mean - start.mean)
        return np.asarray(np.linalg.solve(curvature(mean), slope))

    def loss(mean: FloatArray) -> float:
        odds, away = rows @ mean, mean - start.mean
        return float(counts @ (np.logaddexp(0, odds) - outcome * odds) + away @ precision @ away / 2)

    mean = newton(start.mean if begin is None else begin, step, loss)
    return Posterior(mean, np.linalg.cholesky(np.linalg.inv(curvature(mean))))


def update(before: Posterior, row: FloatArray, outcome: FloatArray) -> Posterior:
    """Learn from one outcome: one Newton step from the mode, the covariance by a rank-one update.

    Parameters
    ----------
    before : Posterior
        What was believed before.
    row : numpy.ndarray of shape (..., terms)
        What the outcome belongs to.
    outcome : numpy.ndarray of shape (...)
        0 or 1.

    Returns
    -------
    Posterior
        Of the shape of `before`.
    """
    chance = expit(np.einsum("...i,...i->...", row, before.mean))
    weight = chance * (1 - chance)
    across = (row[..., None, :] @ before.root)[..., 0, :]
    length = np.square(across).sum(axis=-1)
    total = 1 + weight * length
    spread = (before.root @ across[..., None])[..., 0]
    mean = before.mean + spread * ((outcome - chance) / total)[..., None]
    # Potter's update of a square root; of a row of zeros nothing is learned.
    part = weight / (total + np.sqrt(total))
    return Posterior(mean, before.root - (part[..., None] * spread)[..., None] * across[..., None, :])


def update_together(before: Posterior, rows: FloatArray, outcome: FloatArray) -> Posterior:
    """Learn from outcomes that become known at once: one Newton step from the mode for all of them.

    Parameters
    ----------
    before : Posterior
        What was believed before.
    rows : numpy.ndarray of shape (..., outcomes, terms)
        What each outcome belongs to.
    outcome : numpy.ndarray of shape (..., outcomes)
        0 or 1.

    Returns
    -------
    Posterior
        Of the shape of `before`; of a single outcome that of `update`.
    """
    chance = expit((rows @ before.mean[..., None])[..., 0])
    across = np.sqrt(chance * (1 - chance))[..., None] * (rows @ before.root)
    # Andrews's update of a square root, which is Potter's for one row.
    eye = np.eye(rows.shape[-2])
    factor = np.linalg.cholesky(across @ across.swapaxes(-1, -2) + eye)
    part = np.linalg.inv((factor + eye) @ factor.swapaxes(-1, -2)) @ across
    root = before.root - (before.root @ across.swapaxes(-1, -2)) @ part
    slope = (outcome - chance)[..., None, :] @ rows
    step = (slope @ root) @ root.swapaxes(-1, -2)
    return Posterior(before.mean + step[..., 0, :], root)


def correct(before: Posterior, row: FloatArray) -> Posterior:
    """Make a yes of an outcome that was learned as a no.

    The two differ by a linear term of the log-likelihood, so the mode moves and the covariance stays: just
    after the no, the result is that of a yes in its place.

    Parameters
    ----------
    before : Posterior
        What is believed, the no in it.
    row : numpy.ndarray of shape (..., terms)
        What the outcome belongs to.

    Returns
    -------
    Posterior
        Of the shape of `before`.
    """
    across = np.einsum("...ij,...i->...j", before.root, row)
    return Posterior(before.mean + np.einsum("...ij,...j->...i", before.root, across), before.root)


def update_all(before: Posterior, rows: FloatArray, outcome: FloatArray) -> Posterior:
    """Learn from outcomes in the order of a log; the same as one `update` after another.

    Parameters
    ----------
    before : Posterior
        What was believed before, without leading dimensions.
    rows : numpy.ndarray of shape (rows, terms)
        What each outcome belongs to, the oldest first.
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.

    Returns
    -------
    Posterior
        What is believed after the last.
    """
    after = before
    for row, happened in zip(rows, outcome, strict=True):
        after = update(after, row, happened)
    return after


def forget(before: Posterior, start: Posterior, memory: float, *, decisions: int = 1) -> Posterior:
    """Let what was learned count less, so that the posterior follows a world that changes.

    Parameters
    ----------
    before : Posterior
        What is believed.
    start : Posterior
        What was believed before any outcome; nothing is forgotten beyond it.
    memory : float
        How many newest outcomes count, above 1: each one before counts 1 - 1 / memory of the next.
    decisions : int
        How many outcomes come next.

    Returns
    -------
    Posterior
        The same mode with a wider covariance.
    """
    wider = (memory / (memory - 1)) ** decisions
    widest = np.minimum(wider, start.variance / before.variance)
    return Posterior(before.mean, before.root * np.sqrt(widest)[..., None])
