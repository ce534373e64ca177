"""What a test could have seen: without it, "nothing was found" says nothing of what is there.

References
----------
Hoenig, J. M. and Heisey, D. M. (2001). The abuse of power: the pervasive fallacy of power calculations for
data analysis. The American Statistician 55, 19-24. (Not the power of the estimate, but what would be seen.)
"""

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from bank_marketing.methods.intervals import CONFIDENCE

FloatArray = npt.NDArray[np.float64]

POWER = 0.8


def smallest_detectable(error: float, *, comparisons: int = 1, degrees: float = np.inf) -> float:
    """Return the smallest true difference that a two-sided test finds in 80 of 100 cases.

    Parameters
    ----------
    error : float
        Standard error of the estimate, in its unit.
    comparisons : int
        How many tests share the level of 5 % (Bonferroni; the first step of Holm's procedure).
    degrees : float
        Degrees of freedom behind the error; infinite for the normal distribution.

    Returns
    -------
    float
        In the unit of the error; nan if that is nan.

    References
    ----------
    Bloom, H. S. (1995). Minimum detectable effects: a simple way to report the statistical power of
    experimental designs. Evaluation Review 19, 547-556.
    """
    level = (1 - CONFIDENCE) / comparisons
    return float((stats.t.ppf(1 - level / 2, degrees) + stats.t.ppf(POWER, degrees)) * error)


def smallest_noncentrality(degrees: int, *, comparisons: float = 1) -> float:
    """Return the smallest noncentrality that a chi-square test finds in 80 of 100 cases.

    Parameters
    ----------
    degrees : int
        Degrees of freedom of the test.
    comparisons : float
        How many tests share the level of 5 %.

    Returns
    -------
    float
        Of one figure among others that are as expected: the square of its difference in standard errors.
    """
    critical = stats.chi2.isf((1 - CONFIDENCE) / comparisons, degrees)
    return float(
        optimize.brentq(lambda value: float(stats.ncx2.sf(critical, degrees, value)) - POWER, 1e-6, 1e4)
    )


def smallest_detectable_group(errors: npt.ArrayLike, *, comparisons: float = 1) -> FloatArray:
    """Return by how much a group must differ from all others to be found by the joint test of the groups.

    Parameters
    ----------
    errors : array_like of shape (groups,)
        Standard error of the figure of each group, at least two.
    comparisons : int
        How many such tests share the level of 5 %.

    Returns
    -------
    numpy.ndarray of shape (groups,)
        For each group, the true difference that a chi-square test with groups - 1 degrees of freedom finds
        in 80 of 100 cases, the others being alike.
    """
    weights = 1 / np.asarray(errors, dtype=float) ** 2
    degrees = len(weights) - 1
    noncentrality = smallest_noncentrality(degrees, comparisons=comparisons)
    total = weights.sum()
    smallest: FloatArray = np.sqrt(noncentrality * total / (weights * (total - weights)))
    return smallest
