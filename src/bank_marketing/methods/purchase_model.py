"""Repeat purchases of customers who may leave unseen: BG/NBD, by maximum likelihood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

FloatArray = npt.NDArray[np.float64]

# Logarithms of parameters beyond these are as good as infinite: a corner where customers hardly differ.
LOG_BOUND = 12.0
# Closer to a = 1 the formula of the expected purchases divides nothing by nothing.
LEAST_DISTANCE_FROM_ONE = 1e-5
STARTS = ((0.0, 0.0, 0.0, 0.0), (-1.0, 0.0, -1.0, 1.0), (1.0, 1.0, -2.0, 2.0))
# Middles of the slices over which a mean is taken where a series fails.
QUANTILES = (np.arange(200) + 0.5) / 200


@dataclass(frozen=True)
class MaximumLikelihood:
    """What maximum likelihood gives.

    Attributes
    ----------
    parameters : numpy.ndarray of shape (parameters,)
        Estimates, all above 0, in the units of the data.
    log_covariance : numpy.ndarray of shape (parameters, parameters)
        Covariance of their logarithms: the inverse of the observed information; nan where the data don't
        bound a parameter.
    log_likelihood : float
        Of the data at the estimates.
    has_converged : bool
        Whether the gradient is as good as zero there.
    """

    parameters: FloatArray
    log_covariance: FloatArray
    log_likelihood: float
    has_converged: bool

    @property
    def log_errors(self) -> FloatArray:
        """Standard errors of the logarithms, shape (parameters,)."""
        return np.sqrt(np.diag(self.log_covariance)).astype(np.float64)

    def draws(self, number: int, random: np.random.Generator) -> FloatArray:
        """Return draws of the parameters from their estimated distribution, shape (number, parameters)."""
        if not np.isfinite(self.log_covariance).all():
            return np.repeat(self.parameters[None, :], number, axis=0)
        logs = random.multivariate_normal(np.log(self.parameters), self.log_covariance, size=number)
        drawn: FloatArray = np.exp(logs)
        return drawn


def maximise(
    log_likelihood: Callable[[FloatArray], float], starts: npt.ArrayLike, units: npt.ArrayLike
) -> MaximumLikelihood:
    """Maximise a likelihood over logarithms of parameters, from several starts.

    L-BFGS first; where it stops without a gradient of zero, Nelder and Mead's simplex goes on from there.

    Parameters
    ----------
    log_likelihood : callable
        Takes the logarithms, shape (parameters,); returns nats.
    starts : array_like of shape (starts, parameters)
        Logarithms to begin with; the best end counts.
    units : array_like of shape (parameters,)
        What each parameter is multiplied by at the end, since data are scaled before.

    Returns
    -------
    MaximumLikelihood
        Estimates in the units of the data, with their standard errors.
    """

    def loss(logs: FloatArray) -> float:
        value = -log_likelihood(logs)
        return float(value) if np.isfinite(value) else 1e12

    bounds = [(-LOG_BOUND, LOG_BOUND)] * np.asarray(starts).shape[1]
    found = [
        optimize.minimize(loss, start, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
        for start in np.asarray(starts, dtype=float)
    ]
    best = min(found, key=lambda end: float(end.fun))
    gradient = optimize.approx_fprime(best.x, loss, 1e-5)
    if np.abs(gradient[np.abs(best.x) < LOG_BOUND - 1e-3]).max(initial=0) > 1e-2 * max(
        1.0, abs(best.fun) / 1e4
    ):
        simplex = optimize.minimize(
            loss,
            best.x,
            method="Nelder-Mead",
            bounds=bounds,
            options={"maxiter": 4000, "xatol": 1e-6, "fatol": 1e-8},
        )
        best = simplex if simplex.fun <= best.fun else best
    covariance = _inverse(_information(loss, best.x))
    return MaximumLikelihood(
        np.exp(best.x) * np.asarray(units, dtype=float),
        covariance,
        -float(best.fun),
        bool(np.isfinite(covariance).all()),
    )


def _information(loss: Callable[[FloatArray], float], at: FloatArray, step: float = 1e-3) -> FloatArray:
    """Return second derivatives by central differences."""
    n = len(at)
    moves = step * np.eye(n)
    information: FloatArray = np.empty((n, n))
    for i in range(n):
        for j in range(i, n):
            four = (
                loss(at + moves[i] + moves[j])
                - loss(at + moves[i] - moves[j])
                - loss(at - moves[i] + moves[j])
                + loss(at - moves[i] - moves[j])
            )
            information[i, j] = information[j, i] = four / (4 * step**2)
    return information


def _inverse(information: FloatArray) -> FloatArray:
    """Return the inverse of a positive definite matrix, else nan throughout."""
    if not np.isfinite(information).all() or np.linalg.eigvalsh(information).min() <= 1e-8:
        return np.full_like(information, np.nan)
    return np.linalg.inv(information).astype(np.float64)


def log_likelihoods(
    parameters: npt.ArrayLike, repeats: npt.ArrayLike, last: npt.ArrayLike, age: npt.ArrayLike
) -> FloatArray:
    """Return the log likelihood of each customer by BG/NBD.

    A customer buys at a rate of their own (gamma with shape r and rate alpha) and leaves after any repeat
    purchase with a chance of their own (beta with a and b).

    Parameters
    ----------
    parameters : array_like of shape (4,)
        r, alpha (in units of time), a, b.
    repeats : array_like of shape (customers,)
        Purchases after the first, at different times.
    last : array_like of shape (customers,)
        Time from the first purchase to the last one; 0 without a repeat.
    age : array_like of shape (customers,)
        Time from the first purchase to the moment of looking.

    Returns
    -------
    numpy.ndarray of shape (customers,)
        Nats.

    References
    ----------
    Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). "Counting your customers" the easy way: an
    alternative to the Pareto/NBD model. Marketing Science 24, 275-284. Equation 6.
    """
    r, alpha, a, b = np.asarray(parameters, dtype=float)
    x, t_x, t = (np.asarray(part, dtype=float) for part in (repeats, last, age))
    common = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    common += (
        special.gammaln(a + b) + special.gammaln(b + x) - special.gammaln(b) - special.gammaln(a + b + x)
    )
    alive = -(r + x) * np.log(alpha + t)
    gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    total: FloatArray = common + np.where(x > 0, np.logaddexp(alive, gone), alive)
    return total


def fit_purchases(repeats: npt.ArrayLike, last: npt.ArrayLike, age: npt.ArrayLike) -> MaximumLikelihood:
    """Fit BG/NBD to customers.

    Parameters
    ----------
    repeats, last, age : array_like of shape (customers,)
        As in `log_likelihoods`; times in any unit, which is divided out before (large times stop optimisers).

    Returns
    -------
    MaximumLikelihood
        r, alpha, a, b.

    Raises
    ------
    ValueError
        If a purchase lies outside the customer's time, or nobody has bought twice.
    """
    x, t_x, t = (np.asarray(part, dtype=float) for part in (repeats, last, age))
    if not (np.isfinite(x) & (x >= 0) & (t_x >= 0) & (t_x <= t) & ((x > 0) | (t_x == 0))).all():
        raise ValueError("Purchases must lie between a customer's first one and the moment of looking.")
    if not (x > 0).any():
        raise ValueError("Nobody has bought twice: there are no repeat purchases to learn from.")
    scale = float(t.max())
    rows, weights = np.unique(np.column_stack([x, t_x / scale, t / scale]), axis=0, return_counts=True)

    def log_likelihood(logs: FloatArray) -> float:
        return float(weights @ log_likelihoods(np.exp(logs), *rows.T))

    found = maximise(log_likelihood, STARTS, (1.0, scale, 1.0, 1.0))
    # The likelihood of times in the customer's unit: a density of x purchases each changes by the scale.
    shift = float(np.sum(x)) * np.log(scale)
    return MaximumLikelihood(
        found.parameters, found.log_covariance, found.log_likelihood - shift, found.has_converged
    )


def probability_alive(
    parameters: npt.ArrayLike, repeats: npt.ArrayLike, last: npt.ArrayLike, age: npt.ArrayLike
) -> FloatArray:
    """Return the chance that a customer hasn't left, shape (customers,).

    By the model a customer without a repeat purchase is alive for certain, since nobody leaves before one;
    whoever needs more takes it from data.

    References
    ----------
    Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2008). Computing P(alive) using the BG/NBD model.
    """
    r, alpha, a, b = np.asarray(parameters, dtype=float)
    x, t_x, t = (np.asarray(part, dtype=float) for part in (repeats, last, age))
    odds = np.log(a) - np.log(b + np.maximum(x, 1) - 1) + (r + x) * (np.log(alpha + t) - np.log(alpha + t_x))
    return np.where(x > 0, special.expit(-odds), 1.0)


def expected_purchases(
    parameters: npt.ArrayLike,
    repeats: npt.ArrayLike,
    last: npt.ArrayLike,
    age: npt.ArrayLike,
    horizon: float,
) -> FloatArray:
    """Return how many purchases to expect of each customer within a time to come.

    Parameters
    ----------
    parameters : array_like of shape (4,)
        r, alpha, a, b.
    repeats, last, age : array_like of shape (customers,)
        As in `log_likelihoods`.
    horizon : float
        In the same unit of time.

    Returns
    -------
    numpy.ndarray of shape (customers,)
        Equation 10 of Fader, Hardie and Lee (2005), with Euler's transformation of the hypergeometric
        function, whose arguments then don't grow with the purchases: 400 of them overflow without.
    """
    r, alpha, a, b = np.asarray(parameters, dtype=float)
    x, t_x, t = (np.atleast_1d(np.asarray(part, dtype=float)) for part in (repeats, last, age))
    if abs(a - 1) < LEAST_DISTANCE_FROM_ONE:
        a = 1 + LEAST_DISTANCE_FROM_ONE
    z = horizon / (alpha + t + horizon)
    with np.errstate(invalid="ignore", over="ignore"):
        series = special.hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, z)
        if_alive = (a + b + x - 1) / (a - 1) * (1 - (1 - z) ** (a - 1) * series)
    # Where parameters are so large or small that the series fails, the mean over customers' own chances.
    failed = (
        ~np.isfinite(if_alive) | (if_alive < 0) | (if_alive > (r + x) / (alpha + t) * horizon * (1 + 1e-9))
    )
    if failed.any():
        chance = np.maximum(special.betaincinv(a, b + x[failed, None], QUANTILES[None, :]), 1e-12)
        stays = -np.expm1(-(r + x[failed, None]) * np.log1p(chance * horizon / (alpha + t[failed, None])))
        if_alive = np.asarray(if_alive, dtype=float)
        if_alive[failed] = (stays / chance).mean(axis=1)
    expected: FloatArray = np.maximum(if_alive, 0.0) * probability_alive((r, alpha, a, b), x, t_x, t)
    return expected
