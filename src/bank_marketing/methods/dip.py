"""Hartigan's dip: how far a sample is from having a single mode, and how often chance goes that far."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.isotonic import isotonic_regression

# Tolerance, in ranks, below which a curve touches the distribution function.
TOUCH = 1e-7

# Probabilities with which the dip of a uniform sample passes the quantiles of sqrt(n) x dip in DIP_QUANTILES.
NULL_PROBABILITIES = (0.9, 0.5, 0.2, 0.1, 0.05, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001)

# Quantiles for each size of sample, simulated by studies/dip_null.py.
# fmt: off
DIP_QUANTILES = {
    10: (0.2469, 0.3089, 0.3747, 0.4123, 0.4409, 0.5045, 0.5259, 0.5524, 0.5685, 0.5799, 0.5990, 0.6167),
    20: (0.2546, 0.3281, 0.3955, 0.4357, 0.4701, 0.5390, 0.5665, 0.5957, 0.6167, 0.6405, 0.6704, 0.6855),
    50: (0.2670, 0.3455, 0.4159, 0.4587, 0.4964, 0.5707, 0.5983, 0.6337, 0.6633, 0.6805, 0.7122, 0.7244),
    100: (0.2737, 0.3554, 0.4280, 0.4728, 0.5127, 0.5930, 0.6231, 0.6577, 0.6800, 0.7195, 0.7488, 0.7605),
    200: (0.2804, 0.3612, 0.4357, 0.4803, 0.5212, 0.6042, 0.6349, 0.6770, 0.7025, 0.7324, 0.7679, 0.7771),
    500: (0.2844, 0.3676, 0.4429, 0.4885, 0.5294, 0.6149, 0.6472, 0.6915, 0.7182, 0.7532, 0.7898, 0.8208),
    1_000: (0.2877, 0.3711, 0.4471, 0.4945, 0.5346, 0.6191, 0.6516, 0.6940, 0.7209, 0.7532, 0.7898, 0.8208),
    2_000: (0.2892, 0.3741, 0.4500, 0.4971, 0.5398, 0.6252, 0.6573, 0.7033, 0.7273, 0.7670, 0.8010, 0.8401),
    5_000: (0.2913, 0.3750, 0.4526, 0.4990, 0.5424, 0.6256, 0.6599, 0.7033, 0.7351, 0.7670, 0.8010, 0.8401),
}
# fmt: on


# Part of the gap to the next value over which a value that many rows share is spread.
SPREAD = 1e-6


def dip_statistic(values: npt.ArrayLike) -> float:
    """Return the dip of a sample: its distance from the nearest distribution with one mode.

    The largest difference between the empirical distribution function and the unimodal distribution function
    that makes it smallest. The latter may have an atom where its mode is, such as customers who have none of
    something: the commonest value is tried there. Other equal values count as a step.

    Parameters
    ----------
    values : array_like of shape (n,)
        Numbers without missing ones.

    Returns
    -------
    float
        From 1 / (2 n) to 1/4.

    Raises
    ------
    ValueError
        If there is no value or one that is not finite.

    References
    ----------
    Hartigan, J. A. and Hartigan, P. M. (1985). The dip test of unimodality. Annals of Statistics 13, 70-84.
    """
    sample = np.asarray(values, dtype=float)
    if sample.ndim != 1 or not len(sample) or not np.isfinite(sample).all():
        raise ValueError(
            f"The dip needs a list of finite numbers, found shape {sample.shape} with"
            f" {int((~np.isfinite(sample)).sum())} that are not finite; leave those out."
        )
    points, counts = np.unique(sample, return_counts=True)
    dip = _dip(points, counts)
    commonest = int(counts.argmax())
    if counts[commonest] == 1 or len(points) == 1:
        return dip
    # An atom is a rise over next to nothing, in as many steps as it has rows; near 0 numbers are fine enough.
    points = points - points[commonest]
    reach = SPREAD * np.diff(points)[max(commonest - 1, 0) : commonest + 1].min()
    atom = np.linspace(-reach, reach, counts[commonest])
    parts = slice(None, commonest), slice(commonest + 1, None)
    return min(
        dip,
        _dip(
            np.concatenate([points[parts[0]], atom, points[parts[1]]]),
            np.concatenate([counts[parts[0]], np.ones(len(atom), dtype=int), counts[parts[1]]]),
        ),
    )


def _dip(points: np.ndarray, counts: np.ndarray) -> float:
    """Return the dip of numbers in ascending order, each with how often it occurs.

    The modal interval is narrowed as in the paper: in it the greatest convex minorant and the least concave
    majorant are compared, left of it counts the minorant, right of it the majorant.
    """
    upto = np.cumsum(counts).astype(float)
    below = upto - counts
    low, high, dip = 0, len(points) - 1, 1.0
    while low < high:
        part = slice(low, high + 1)
        minorant = _convex_minorant(points[part], below[part])
        majorant = -_convex_minorant(points[part], -upto[part])
        gap = majorant - minorant
        widest = int(gap.argmax())
        if gap[widest] <= dip:
            break
        touches_minorant = np.flatnonzero(below[part] - minorant < TOUCH)
        touches_majorant = np.flatnonzero(majorant - upto[part] < TOUCH)
        # The curves differ most at a knot of one of them; the mode lies between it and the next of the other.
        if below[part][widest] - minorant[widest] < TOUCH:
            left, right = widest, int(touches_majorant[touches_majorant >= widest][0])
        else:
            left, right = int(touches_minorant[touches_minorant <= widest][-1]), widest
        dip = max(
            dip,
            float((upto[part] - minorant)[: left + 1].max()),
            float((majorant - below[part])[right:].max()),
        )
        if (left, right) == (0, high - low):
            break
        low, high = low + left, low + right
    return float(dip / (2 * upto[-1]))


def dip_p_value(dip: float, n: int) -> float:
    """Return how often the dip of as many uniform numbers is as large.

    Of all distributions with one mode the uniform one has the largest dips, so that for others the chance is
    less.

    Parameters
    ----------
    dip : float
        What `dip_statistic` returns.
    n : int
        Size of the sample.

    Returns
    -------
    float
        From 0.0001 to 1, interpolated between the simulated quantiles `DIP_QUANTILES`; 0.0001 stands for
        anything less.
    """
    sizes = np.array(list(DIP_QUANTILES))
    table = np.array(list(DIP_QUANTILES.values()))
    quantiles = [np.interp(np.log(n), np.log(sizes), column) for column in table.T]
    reached = np.sqrt(n) * dip
    return float(np.exp(np.interp(reached, [0.0, *quantiles], np.log([1.0, *NULL_PROBABILITIES]))))


def _convex_minorant(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the greatest convex function below the points (x, y), at x: its slopes are y's made monotone."""
    widths = np.diff(x)
    slopes = isotonic_regression(np.diff(y) / widths, sample_weight=widths)
    return np.concatenate([[y[0]], y[0] + np.cumsum(slopes * widths)])
