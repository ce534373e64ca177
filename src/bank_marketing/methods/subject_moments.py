"""Means of columns, their scatter and skewness, from sums over parts: subjects may have several rows.

Rows of a subject, such as the decisions about one customer, tell less than as many rows of several. A mean is
the ratio of two sums over subjects, that of the values and that of the rows, so its variance and its third
moment are those of what a subject's sum exceeds the mean by.

References
----------
Cochran, W. G. (1977). Sampling techniques, third edition. Wiley, section 6.4 (ratios), chapter 9A (clusters).
Chan, T. F., Golub, G. H. and LeVeque, R. J. (1983). Algorithms for computing the sample variance. The
American Statistician 37, 242-247 (sums around a shift lose no digits).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class SubjectMoments:
    """Sums of some columns from which their means, scatter and cubes follow.

    Parameters
    ----------
    columns : int
        How many.
    """

    def __init__(self, columns: int) -> None:
        self.rows = 0
        self.subjects = 0
        self._shift = np.zeros(columns)
        # Of what a subject's rows exceed the shift by together, and, in the last place, of their number.
        self._sum = np.zeros(columns + 1)
        self._products = np.zeros((columns + 1, columns + 1))
        # Of the same, y, with the number of rows, n: the sums of y^3, y^2 n, y n^2 and n^3.
        self._cubes = np.zeros((4, columns))

    def add(self, values: FloatArray, starts: IntArray | None = None) -> None:
        """Take in some rows.

        Parameters
        ----------
        values : numpy.ndarray of shape (rows, columns)
            All rows of some subjects, those of each one after the other.
        starts : numpy.ndarray, optional
            The first row of each subject; without it each row is one's own.
        """
        if not len(values):
            return
        if not self.rows:
            self._shift = values.mean(axis=0)
        own, size = values - self._shift, np.ones(len(values))
        if starts is not None and len(starts) < len(values):
            own, size = np.add.reduceat(own, starts), np.diff(starts, append=len(values)).astype(float)
        both, squares = np.column_stack([own, size]), own**2
        self.rows += len(values)
        self.subjects += len(own)
        self._sum += both.sum(axis=0)
        self._products += both.T @ both
        self._cubes[0] += (squares * own).sum(axis=0)
        self._cubes[1] += size @ squares
        self._cubes[2] += size**2 @ own
        self._cubes[3] += (size**3).sum()

    def mean(self) -> FloatArray:
        """Return the mean of each column."""
        mean: FloatArray = self._shift + self._away()
        return mean

    def scatter(self) -> FloatArray:
        """Return the sums of products of what subjects exceed the means by, shape (columns, columns)."""
        away = np.column_stack([np.eye(len(self._shift)), -self._away()])
        scatter: FloatArray = away @ self._products @ away.T
        return scatter

    def cubes(self) -> FloatArray:
        """Return the sum of cubes of what subjects exceed the mean by, of each column."""
        away, (cube, square, single, size) = self._away(), self._cubes
        cubes: FloatArray = cube - 3 * away * square + 3 * away**2 * single - away**3 * size
        return cubes

    def _away(self) -> FloatArray:
        away: FloatArray = self._sum[:-1] / self._sum[-1]
        return away
