"""How far coefficients of a logistic model may be from 0, learned from the data group by group.

Where few of many terms matter, a fixed variance for all lets noise in by the others; here a group of terms
that does nothing (such as a trait by channel) gets a variance near 0.

References
----------
MacKay, D. J. C. (1992). The evidence framework applied to classification networks. Neural Computation 4,
720-736.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bank_marketing.methods.bayesian_logistic import Posterior, fit, prior

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# Variances on the log-odds: of a term that nothing is drawn from (the intercept), of groups before the data
# speak, and the bounds of what they say.
FREE = 100.0
FIRST, LEAST, MOST = 0.1, 1e-3, 4.0
ROUNDS = 6
# Of a group that no row tells anything about the variance stays the first.
NOTHING = 1e-6


def learn_prior(
    rows: FloatArray, outcome: FloatArray, group: IntArray, counts: FloatArray | None = None
) -> tuple[Posterior, Posterior]:
    """Learn the variance of each group of coefficients, and the coefficients (MacKay's fixed point).

    Parameters
    ----------
    rows : numpy.ndarray of shape (rows, terms)
        Design.
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    group : numpy.ndarray of shape (terms,)
        Group of each term, from 0; -1 for terms that keep the variance `FREE`.
    counts : numpy.ndarray of shape (rows,), optional
        As how many outcomes each counts; 1 by default.

    Returns
    -------
    believed_before, posterior : Posterior
        Independent coefficients around 0 with the learned variances; and what the rows made of them.
    """
    is_free = group < 0
    sizes = np.bincount(group[~is_free])
    variance = np.full(len(sizes), FIRST)
    mode = None
    for _ in range(ROUNDS):
        posterior = fit(_prior(variance, group), rows, outcome, begin=mode, counts=counts)
        mode = posterior.mean
        unsure = np.bincount(group[~is_free], posterior.variance[~is_free], minlength=len(sizes))
        energy = np.bincount(group[~is_free], mode[~is_free] ** 2, minlength=len(sizes))
        well_determined = sizes - unsure / variance
        variance = np.clip((energy + NOTHING * FIRST) / (well_determined + NOTHING), LEAST, MOST)
    before = _prior(variance, group)
    return before, fit(before, rows, outcome, begin=mode, counts=counts)


def _prior(variance: FloatArray, group: IntArray) -> Posterior:
    return prior(np.where(group < 0, FREE, np.append(variance, FREE)[group]))
