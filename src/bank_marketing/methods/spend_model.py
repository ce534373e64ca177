"""What a purchase of a customer is worth: Gamma-Gamma, by maximum likelihood."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from bank_marketing.methods.purchase_model import FloatArray, MaximumLikelihood, maximise

STARTS = ((0.0, 1.0, 0.0), (2.0, 1.0, -1.0))


def log_likelihoods(parameters: npt.ArrayLike, purchases: npt.ArrayLike, mean: npt.ArrayLike) -> FloatArray:
    """Return the log likelihood of each customer's mean purchase.

    Purchases of a customer are gamma with shape p around a mean of their own, which is inverse gamma over
    customers; how often somebody buys says nothing about how much.

    Parameters
    ----------
    parameters : array_like of shape (3,)
        p, q and v (in money).
    purchases : array_like of shape (customers,)
        How many, above 0.
    mean : array_like of shape (customers,)
        Mean of their amounts, above 0.

    Returns
    -------
    numpy.ndarray of shape (customers,)
        Nats.

    References
    ----------
    Fader, P. S. and Hardie, B. G. S. (2013). The Gamma-Gamma model of monetary value. Equation 1a.
    """
    x, m = np.asarray(purchases, dtype=float), np.asarray(mean, dtype=float)
    return _likelihoods(np.asarray(parameters, dtype=float), x, m)[0]


def _likelihoods(parameters: FloatArray, x: FloatArray, m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the log likelihood of each customer, and its gradient by the logarithms of the parameters."""
    p, q, v = parameters
    shape, level = p * x, np.log(x * m + v)
    total: FloatArray = (
        special.gammaln(shape + q)
        - special.gammaln(shape)
        - special.gammaln(q)
        + q * np.log(v)
        + (shape - 1) * np.log(m)
        + shape * np.log(x)
        - (shape + q) * level
    )
    both = special.psi(shape + q) - level
    gradient = np.array(
        [
            shape * (both - special.psi(shape) + np.log(m) + np.log(x)),
            q * (both - special.psi(q) + np.log(v)),
            q - (shape + q) * v / (x * m + v),
        ]
    )
    return total, gradient


def fit_spend(purchases: npt.ArrayLike, mean: npt.ArrayLike) -> MaximumLikelihood:
    """Fit Gamma-Gamma to customers.

    Parameters
    ----------
    purchases, mean : array_like of shape (customers,)
        As in `log_likelihoods`.

    Returns
    -------
    MaximumLikelihood
        p, q, v.

    Raises
    ------
    ValueError
        If a customer has no purchase or none of value, or there are fewer than two.
    """
    x, m = np.asarray(purchases, dtype=float), np.asarray(mean, dtype=float)
    if len(x) < 2 or not ((x > 0) & (m > 0) & np.isfinite(m)).all():
        raise ValueError("At least two customers are needed, each with purchases above 0.")
    scale = float(m.mean())

    def likelihood(logs: FloatArray) -> tuple[float, FloatArray]:
        values, gradients = _likelihoods(np.exp(logs), x, m / scale)
        return float(values.sum()), gradients.sum(axis=1)

    found = maximise(likelihood, STARTS, (1.0, 1.0, scale))
    return MaximumLikelihood(
        found.parameters,
        found.log_covariance,
        found.log_likelihood - len(x) * np.log(scale),
        found.has_converged,
    )


def expected_spend(parameters: npt.ArrayLike, purchases: npt.ArrayLike, mean: npt.ArrayLike) -> FloatArray:
    """Return the mean purchase to expect of each customer: own ones, drawn towards everybody's.

    Parameters
    ----------
    parameters : array_like of shape (3,)
        p, q, v. With q at most 1 the mean over customers is infinite; then the customer's own counts.
    purchases, mean : array_like of shape (customers,)
        How many and their mean; 0 purchases give the mean over customers.

    Returns
    -------
    numpy.ndarray of shape (customers,)
        Money a purchase.
    """
    p, q, v = np.asarray(parameters, dtype=float)
    x, m = np.asarray(purchases, dtype=float), np.nan_to_num(np.asarray(mean, dtype=float))
    weight = p * x + q - 1
    return np.where(weight > 0, p * (v + x * m) / np.where(weight > 0, weight, 1.0), m)
