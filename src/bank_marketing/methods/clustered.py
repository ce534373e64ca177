"""Resamples of subjects with all their rows, so that what a subject's rows share counts once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bank_marketing.methods.intervals import FloatArray, Z


@dataclass(frozen=True)
class SubjectDraws:
    """How often each subject is drawn in each resample.

    Whatever is computed from the same draws is paired: differences need no draws of their own.

    Attributes
    ----------
    subject : ndarray of int, shape (rows,)
        Whose row it is, counted from 0.
    times : ndarray of shape (1 + resamples, subjects)
        The first row is 1 throughout: all subjects as they are.

    References
    ----------
    Field, C. A. and Welsh, A. H. (2007). Bootstrapping clustered data. Journal of the Royal Statistical
    Society B 69, 369-390.
    """

    subject: npt.NDArray[np.int64]
    times: FloatArray

    def sums(self, values: npt.ArrayLike) -> FloatArray:
        """Return sums over all rows, as they are and in each resample.

        Parameters
        ----------
        values : array_like of shape (rows, kinds)
            Figures of each row.

        Returns
        -------
        numpy.ndarray of shape (1 + resamples, kinds)
        """
        figures = np.asarray(values, dtype=float)
        of_subjects = np.zeros((self.times.shape[1], figures.shape[1]))
        np.add.at(of_subjects, self.subject, figures)
        return self.times @ of_subjects

    def means(self, values: npt.ArrayLike) -> FloatArray:
        """Return means over the rows that have the figure, as they are and in each resample.

        Parameters
        ----------
        values : array_like of shape (rows, kinds)
            Figures of each row; nan where it has none.

        Returns
        -------
        numpy.ndarray of shape (1 + resamples, kinds)
            nan where no row has one.
        """
        figures = np.asarray(values, dtype=float)
        known = ~np.isnan(figures)
        counts = self.sums(known)
        sums = self.sums(np.where(known, figures, 0.0))
        return np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)


def draw_subjects(subjects: npt.ArrayLike, *, resamples: int, random: np.random.Generator) -> SubjectDraws:
    """Draw subjects again, as many as there are, with replacement.

    Parameters
    ----------
    subjects : array_like of shape (rows,)
        Key of the subject of each row; at least one row.
    resamples : int
        How many times.
    random : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    SubjectDraws
    """
    keys, subject = np.unique(np.asarray(subjects), return_inverse=True)
    times = random.multinomial(len(keys), np.full(len(keys), 1 / len(keys)), size=resamples)
    return SubjectDraws(subject.astype(np.int64), np.vstack([np.ones(len(keys)), times]))


def draw_half(n: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """Draw half of the subjects, without replacement, to refit a model that costs much.

    What is fitted on half of them spreads as what is fitted on as many as there are, drawn with replacement,
    and takes half the time; no row stands twice in it.

    Parameters
    ----------
    n : int
        How many there are.
    random : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray of shape ((n + 1) // 2,)
        Positions, in order.

    References
    ----------
    Friedman, Hall (2007): On bagging and nonlinear estimation. Journal of Statistical Planning and Inference
    137, 669-683.
    """
    return np.sort(random.permutation(n)[: (n + 1) // 2])


def interval_of_draws(figures: npt.ArrayLike) -> tuple[float, float, float]:
    """Return a figure plus and minus 1.96 standard deviations of its resamples.

    Parameters
    ----------
    figures : array_like of shape (1 + resamples,)
        The figure itself, then that of each resample; nan where it isn't defined.

    Returns
    -------
    value, low, high : float
        nan without a figure; the ends are nan with fewer than two resamples.
    """
    drawn = np.asarray(figures, dtype=float)
    known = drawn[1:][~np.isnan(drawn[1:])]
    half = Z * float(known.std(ddof=1)) if len(known) > 1 else float("nan")
    value = float(drawn[0])
    return value, value - half, value + half
