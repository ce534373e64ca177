"""Retention of a cohort, period by period: shifted beta-geometric, by maximum likelihood."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from bank_marketing.methods.purchase_model import FloatArray, MaximumLikelihood, maximise


def survival(parameters: npt.ArrayLike, periods: int) -> FloatArray:
    """Return the share of a cohort that stays through 0, 1, ... periods, shape (periods + 1,).

    Each customer leaves after a period with a chance of their own (beta with alpha and beta).

    References
    ----------
    Fader, P. S. and Hardie, B. G. S. (2007). How to project customer retention. Journal of Interactive
    Marketing 21, 76-90.
    """
    alpha, beta = np.asarray(parameters, dtype=float)
    stayed: FloatArray = np.exp(
        special.betaln(alpha, beta + np.arange(periods + 1)) - special.betaln(alpha, beta)
    )
    return stayed


def fit_retention(lost: npt.ArrayLike, remaining: npt.ArrayLike) -> MaximumLikelihood:
    """Fit the shifted beta-geometric model to one or several cohorts.

    Parameters
    ----------
    lost : array_like of shape (periods,)
        Customers who left after each period.
    remaining : array_like of shape (periods,)
        Customers last seen staying through so many periods (1, 2, ...), of whom no more is known.

    Returns
    -------
    MaximumLikelihood
        alpha, beta.

    Raises
    ------
    ValueError
        If nobody has left, or nobody stayed.
    """
    gone, kept = np.asarray(lost, dtype=float), np.asarray(remaining, dtype=float)
    if gone.sum() <= 0 or gone[1:].sum() + kept.sum() <= 0:
        raise ValueError("Some customers must have left and some stayed.")
    periods = len(gone)

    def likelihood(logs: FloatArray) -> tuple[float, FloatArray]:
        alpha, beta = np.exp(logs)
        left, stayed = np.arange(periods), np.arange(1, periods + 1)
        whole = special.betaln(alpha, beta)
        value = gone @ (special.betaln(alpha + 1, beta + left) - whole)
        value += kept @ (special.betaln(alpha, beta + stayed) - whole)
        everybody, both = gone.sum() + kept.sum(), special.psi(alpha + beta + stayed)
        by_alpha = gone @ (special.psi(alpha + 1) - both) + kept @ (special.psi(alpha) - both)
        by_beta = gone @ (special.psi(beta + left) - both) + kept @ (special.psi(beta + stayed) - both)
        by_both = special.psi(alpha + beta)
        return float(value), np.array(
            [
                alpha * (by_alpha - everybody * (special.psi(alpha) - by_both)),
                beta * (by_beta - everybody * (special.psi(beta) - by_both)),
            ]
        )

    return maximise(likelihood, ((0.0, 0.0), (-1.0, 1.0)), (1.0, 1.0))
