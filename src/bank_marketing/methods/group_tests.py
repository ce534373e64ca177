"""Whether a figure differs among groups of rows at all: one test over all, before any group is looked at.

Testing each group against the others spends the level on differences that one test over all of them would
find together: a trend over ordered groups is one question, not one for each group.
"""

import numpy as np
import numpy.typing as npt
from scipy import stats

FloatArray = npt.NDArray[np.float64]


def trend(means: npt.ArrayLike, errors: npt.ArrayLike, ranks: npt.ArrayLike) -> tuple[float, float]:
    """Return the trend of a figure over ordered groups, weighted by how well each group's is known.

    Parameters
    ----------
    means, errors : array_like of shape (groups,)
        The figure of each group and its standard error (above 0), at least two groups of separate rows.
    ranks : array_like of shape (groups,)
        Place of each group in their order; not all the same.

    Returns
    -------
    difference, error : float
        From the first to the last place by the weighted regression line, and its standard error: the ratio is
        normal with 1 degree of freedom if there is no trend.

    References
    ----------
    Thompson, S. G. and Higgins, J. P. T. (2002). How should meta-regression analyses be undertaken and
    interpreted? Statistics in Medicine 21, 1559-1573.
    """
    values, places = np.asarray(means, dtype=float), np.asarray(ranks, dtype=float)
    weights = 1 / np.asarray(errors, dtype=float) ** 2
    centred = places - np.average(places, weights=weights)
    spread = float((weights * centred**2).sum())
    span = float(places.max() - places.min())
    return span * float((weights * centred * values).sum()) / spread, span / float(np.sqrt(spread))


def joint_trend_p_value(means: npt.ArrayLike, covariances: npt.ArrayLike, ranks: npt.ArrayLike) -> float:
    """Test whether any of several figures has a trend over ordered groups (generalised least squares).

    Parameters
    ----------
    means : array_like of shape (groups, figures)
        At least two groups of separate rows.
    covariances : array_like of shape (groups, figures, figures)
        Of the means of each group; each invertible.
    ranks : array_like of shape (groups,)
        Place of each group in their order; not all the same.

    Returns
    -------
    float
        Chance of such trends if there were none; as many degrees of freedom as figures.

    References
    ----------
    Thompson, S. G. and Higgins, J. P. T. (2002), as in `trend`, of which this is the form for several.
    """
    values, places = np.asarray(means, dtype=float), np.asarray(ranks, dtype=float)
    figures = values.shape[1]
    weights = np.linalg.inv(np.asarray(covariances, dtype=float))
    lines = np.array([np.kron([1.0, place], np.eye(figures)) for place in places - places.mean()])
    information = np.einsum("gai,gab,gbj->ij", lines, weights, lines)
    solved = np.linalg.solve(information, np.einsum("gai,gab,gb->i", lines, weights, values))
    slopes, spread = solved[figures:], np.linalg.inv(information)[figures:, figures:]
    return float(stats.chi2.sf(slopes @ np.linalg.solve(spread, slopes), figures))


def holm(p_values: npt.ArrayLike) -> FloatArray:
    """Correct p-values of tests that are read together for their number (familywise).

    Parameters
    ----------
    p_values : array_like of shape (tests,)
        Of one family; nan for a test that couldn't be made, which counts for nothing.

    Returns
    -------
    numpy.ndarray of shape (tests,)
        Corrected, at most 1; nan where the p-value is.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of
    Statistics 6, 65-70.
    """
    p = np.asarray(p_values, dtype=float)
    corrected = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1) if len(order) else []
    return corrected
