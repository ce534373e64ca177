"""Choices by customer of which none may go to more than its share: prices that arms pay for being wanted.

The prices are the dual of the assignment that earns most within the shares. Found on some customers, they
say for each new one what to choose, without looking at the others.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax

FloatArray = npt.NDArray[np.float64]

# By so much of the spread of what arms earn may a choice fall short, so that equals are drawn among and
# not all given the same arm.
SMOOTHING = 0.02
# So many customers are enough to find prices: more would move shares by a hundredth.
MOST_CUSTOMERS = 1_000


def share_prices(worth: FloatArray, uses: FloatArray, most: FloatArray) -> tuple[FloatArray, float]:
    """Return the price of each limit at which customers who choose for themselves keep to the shares.

    Parameters
    ----------
    worth : numpy.ndarray of shape (customers, arms)
        What each arm earns; -inf for one that the customer can't get.
    uses : numpy.ndarray of shape (limits, arms)
        1 where an arm counts towards a limit, else 0.
    most : numpy.ndarray of shape (limits,)
        Largest share of customers; those that can't be kept together are kept as nearly as can be.

    Returns
    -------
    prices : numpy.ndarray of shape (arms,)
        What is to be taken from the worth of each arm; 0 where no limit binds.
    scale : float
        For `limited_chances`.
    """
    spread = float(np.std(worth[np.isfinite(worth)])) or 1.0
    scale = SMOOTHING * spread
    highest = worth.max(axis=1)

    def dual(price: FloatArray) -> tuple[float, FloatArray]:
        net = (worth - spread * price @ uses) / scale
        wanted = softmax(net, axis=1).mean(axis=0)
        bound = float((scale * logsumexp(net, axis=1) - highest).mean()) / spread + float(price @ most)
        return bound, most - uses @ wanted

    # No arm is worth more than this to anybody, so no price need be higher.
    highest_price = float(np.ptp(worth[np.isfinite(worth)])) / spread + 1
    found = minimize(
        dual,
        np.zeros(len(most)),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, highest_price)] * len(most),
        options={"gtol": 1e-3},
    )
    prices: FloatArray = spread * found.x @ uses
    return prices, scale


def limited_chances(worth: FloatArray, prices: FloatArray, scale: float) -> FloatArray:
    """Return with which chance each customer gets each arm at these prices.

    Parameters
    ----------
    worth : numpy.ndarray of shape (customers, arms)
        As for `share_prices`.
    prices, scale
        From there.

    Returns
    -------
    numpy.ndarray of shape (customers, arms)
        Each row sums to 1; nearly all of it goes to the best arm, unless others are as good.
    """
    chances: FloatArray = softmax((worth - prices) / scale, axis=1)
    return chances
