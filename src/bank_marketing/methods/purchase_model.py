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
# Nats by a coordinate of the order of 1, and by 10,000 nats of all: a slope below this moves no figure.
LEAST_SLOPE = 1e-4
NEWTON_STEPS = 20
# Closer to a = 1 the formula of the expected purchases divides nothing by nothing.
LEAST_DISTANCE_FROM_ONE = 1e-5
# Logarithm of the mean rate, share of r, mean chance of leaving, correlation of a customer's chances.
STARTS = ((0.0, 0.5, 0.5, 0.33), (-1.0, 0.7, 0.12, 0.25), (0.0, 0.3, 0.02, 0.1))
LEAST_SHARE = float(np.exp(-LOG_BOUND))
BOUNDS = ((-LOG_BOUND, LOG_BOUND), *[(LEAST_SHARE, 1 - LEAST_SHARE)] * 3)
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
        Covariance of their logarithms, by the inverse of the observed information; what ends at a bound
        counts as known. nan where the data don't bound a parameter.
    log_likelihood : float
        Of the data at the estimates.
    has_converged : bool
        Whether the gradient is as good as zero there, but for what ends at a bound.
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
    likelihood: Callable[[FloatArray], tuple[float, FloatArray]],
    starts: npt.ArrayLike,
    units: npt.ArrayLike,
    *,
    bounds: npt.ArrayLike | None = None,
    to_logs: Callable[[FloatArray], tuple[FloatArray, FloatArray]] | None = None,
) -> MaximumLikelihood:
    """Maximise a likelihood from several starts.

    L-BFGS-B first, then Newton's method from the best end; where the gradient isn't zero after that, Nelder
    and Mead's simplex goes on from there.

    Parameters
    ----------
    likelihood : callable
        Takes the logarithms of the parameters, shape (parameters,); returns nats and their gradient.
    starts : array_like of shape (starts, parameters)
        Coordinates to begin with; the best end counts.
    units : array_like of shape (parameters,)
        What each parameter is multiplied by at the end, since data are scaled before.
    bounds : array_like of shape (parameters, 2), optional
        Least and greatest of each coordinate, by default those of logarithms.
    to_logs : callable, optional
        Takes coordinates; returns the logarithms and their derivatives, shape (parameters, parameters). By
        default the coordinates are the logarithms.

    Returns
    -------
    MaximumLikelihood
        Estimates in the units of the data, with their standard errors.
    """
    number = np.asarray(starts).shape[1]
    box = np.asarray([(-LOG_BOUND, LOG_BOUND)] * number if bounds is None else bounds, dtype=float)
    low, high = box.T

    def logs_of(at: FloatArray) -> tuple[FloatArray, FloatArray]:
        return to_logs(at) if to_logs else (at, np.eye(number))

    def loss(at: FloatArray) -> tuple[float, FloatArray]:
        logs, slopes = logs_of(at)
        value, gradient = likelihood(logs)
        descent = -gradient @ slopes
        if not np.isfinite(value) or not np.isfinite(descent).all():
            return 1e12, np.zeros(number)
        return -float(value), descent

    def is_free(at: FloatArray, gradient: FloatArray) -> npt.NDArray[np.bool_]:
        return ~(((at <= low) & (gradient > 0)) | ((at >= high) & (gradient < 0)))

    def has_slope(at: FloatArray) -> bool:
        value, gradient = loss(at)
        steepest = np.abs(gradient[is_free(at, gradient)]).max(initial=0)
        return bool(steepest > LEAST_SLOPE * max(1.0, abs(value) / 1e4))

    found = [
        optimize.minimize(
            loss, start, jac=True, method="L-BFGS-B", bounds=box, options={"maxiter": 500, "ftol": 1e-12}
        )
        for start in np.asarray(starts, dtype=float)
    ]
    best = min(found, key=lambda end: float(end.fun)).x
    for _ in range(NEWTON_STEPS):
        value, gradient = loss(best)
        free = is_free(best, gradient)
        covariance = _inverse(_information(loss, best, free, box))
        step = covariance @ gradient[free]
        moved = best.copy()
        moved[free] -= step
        moved = np.clip(moved, low, high)
        # nan where the information has no inverse; lower by more than rounding: past the top.
        if not np.isfinite(step).all() or loss(moved)[0] > value + 1e-13 * abs(value):
            break
        best = moved
        if step @ gradient[free] < 1e-16:
            break
    if has_slope(best):
        simplex = optimize.minimize(
            lambda at: loss(at)[0],
            best,
            method="Nelder-Mead",
            bounds=box,
            options={"maxiter": 4000, "xatol": 1e-6, "fatol": 1e-8},
        )
        best = simplex.x
    value, gradient = loss(best)
    free = is_free(best, gradient)
    logs, slopes = logs_of(best)
    covariance = slopes[:, free] @ _inverse(_information(loss, best, free, box)) @ slopes[:, free].T
    return MaximumLikelihood(
        np.exp(logs) * np.asarray(units, dtype=float), covariance, -value, not has_slope(best)
    )


def _information(
    loss: Callable[[FloatArray], tuple[float, FloatArray]],
    at: FloatArray,
    free: npt.NDArray[np.bool_],
    box: FloatArray,
) -> FloatArray:
    """Return second derivatives of what is free, by central differences of the gradient within the bounds."""
    places = np.flatnonzero(free)
    information: FloatArray = np.empty((len(places), len(places)))
    for row, place in enumerate(places):
        move = np.zeros(len(at))
        move[place] = min(1e-4, *np.maximum(np.abs(box[place] - at[place]) / 2, 1e-9))
        change = loss(at + move)[1] - loss(at - move)[1]
        information[row] = change[free] / (2 * move[place])
    return (information + information.T) / 2


def _inverse(information: FloatArray) -> FloatArray:
    """Return the inverse of a positive definite matrix, else nan throughout."""
    if not np.isfinite(information).all() or np.linalg.eigvalsh(information).min(initial=1.0) <= 1e-8:
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
    x, t_x, t = (np.asarray(part, dtype=float) for part in (repeats, last, age))
    return _likelihoods(np.asarray(parameters, dtype=float), x, t_x, t)[0]


def _likelihoods(
    parameters: FloatArray, repeats: FloatArray, t_x: FloatArray, t: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the log likelihood of each customer, and its gradient by the logarithms of the parameters.

    Quotients of gamma functions are products over the purchases: their logarithms as differences lose every
    digit that matters where a and b are large.
    """
    r, alpha, a, b = parameters
    x = repeats.astype(np.int64)
    before = np.arange(x.max(initial=0))

    def total(terms: FloatArray) -> FloatArray:
        return np.append(0.0, np.cumsum(terms))[x]

    later, earlier = np.log1p(t / alpha), np.log1p(t_x / alpha)
    last_stay = b + np.maximum(x, 1) - 1
    alive = -(r + x) * later
    gone = np.log(a / last_stay) - (r + x) * earlier
    values = total(np.log(r + before)) - x * np.log(alpha) - total(np.log1p(a / (b + before)))
    values += np.where(x > 0, np.logaddexp(alive, gone), alive)
    # Of those with repeat purchases: the chance to have left.
    left = np.where(x > 0, special.expit(gone - alive), 0.0)
    of_both = total(1 / (a + b + before))
    past = (1 - left) * t / (alpha + t) + left * t_x / (alpha + t_x)
    gradients = np.array(
        [
            r * (total(1 / (r + before)) - (1 - left) * later - left * earlier),
            (r + x) * past - x,
            left - a * of_both,
            total(a / (b + before) * (b / (a + b + before))) - left * b / last_stay,
        ]
    )
    return values, gradients


def _to_logs(coordinates: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return logarithms of r, alpha, a, b, and their derivatives, of coordinates without flat directions.

    They are the logarithm of the mean rate, r / alpha, and three shares: 1 / (1 + r), which is 0 where all
    buy at one rate; a / (a + b), the mean chance of leaving; 1 / (1 + a + b), the correlation of a customer's
    chances, which is 0 where all leave with one chance. Where data show no difference, the likelihood rises
    towards a share of 0, with a slope, while it is flat in a and b far from there.
    """
    log_rate, spread, mean, correlation = coordinates
    log_r, log_sum = np.log1p(-spread) - np.log(spread), np.log1p(-correlation) - np.log(correlation)
    logs = np.array([log_r, log_r - log_rate, log_sum + np.log(mean), log_sum + np.log1p(-mean)])
    by_spread, by_correlation = -1 / (spread * (1 - spread)), -1 / (correlation * (1 - correlation))
    return logs, np.array(
        [
            [0.0, by_spread, 0.0, 0.0],
            [-1.0, by_spread, 0.0, 0.0],
            [0.0, 0.0, 1 / mean, by_correlation],
            [0.0, 0.0, -1 / (1 - mean), by_correlation],
        ]
    )


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
    if not (
        np.isfinite(x) & (x == np.floor(x)) & (x >= 0) & (t_x >= 0) & (t_x <= t) & ((x > 0) | (t_x == 0))
    ).all():
        raise ValueError(
            "Purchases must be whole numbers, between a customer's first one and the moment of looking."
        )
    if not (x > 0).any():
        raise ValueError("Nobody has bought twice: there are no repeat purchases to learn from.")
    scale = float(t.max())
    rows, weights = np.unique(np.column_stack([x, t_x / scale, t / scale]), axis=0, return_counts=True)

    def likelihood(logs: FloatArray) -> tuple[float, FloatArray]:
        values, gradients = _likelihoods(np.exp(logs), *rows.T)
        return float(weights @ values), gradients @ weights

    found = maximise(likelihood, STARTS, (1.0, scale, 1.0, 1.0), bounds=BOUNDS, to_logs=_to_logs)
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
        counts, which = np.unique(x[failed], return_inverse=True)
        chance = np.maximum(special.betaincinv(a, b + counts[:, None], QUANTILES[None, :]), 1e-12)[which]
        stays = -np.expm1(-(r + x[failed, None]) * np.log1p(chance * horizon / (alpha + t[failed, None])))
        if_alive = np.asarray(if_alive, dtype=float)
        if_alive[failed] = (stays / chance).mean(axis=1)
    expected: FloatArray = np.maximum(if_alive, 0.0) * probability_alive((r, alpha, a, b), x, t_x, t)
    return expected
