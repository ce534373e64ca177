"""Thresholds of a measure that tell two groups apart, chosen in folds and judged on rows left out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.intervals import difference_interval, wilson_interval

FloatArray = npt.NDArray[np.float64]
FOLDS = 5


@dataclass(frozen=True)
class Threshold:
    """A cut by Youden's J with its held-out figures.

    Parameters
    ----------
    value : float
        The cut, from all rows.
    is_higher_better : bool
        Whether events have values of at least the cut, or below it.
    fold_values : tuple of float
        The cuts of the folds: far apart where the data don't fix one.
    sensitivity, specificity : float
        Share of events on the good side, and of the others on the other, each row judged by the cut (and the
        direction) of the folds that haven't seen it.
    youden, youden_low, youden_high : float
        sensitivity + specificity - 1, held out, with its 95 % interval, which keeps to -1 to 1: that of a
        difference of two rates (Newcombe).
    """

    value: float
    is_higher_better: bool
    fold_values: tuple[float, ...]
    sensitivity: float
    specificity: float
    youden: float
    youden_low: float
    youden_high: float


def youden_threshold(values: npt.ArrayLike, outcome: npt.ArrayLike) -> tuple[float, bool]:
    """Return the cut with the largest |J|.

    Parameters
    ----------
    values : array_like of shape (rows,)
        The measure, none missing.
    outcome : array_like of shape (rows,)
        0 or 1, both kinds occur.

    Returns
    -------
    cut : float
        One of the values; 'good' is at least it, or below it.
    is_higher_better : bool
        Which of the two.

    Raises
    ------
    ValueError
        If a value isn't a number: it would be taken for the highest.

    References
    ----------
    Youden, W. J. (1950). Index for rating diagnostic tests. Cancer 3, 32-35.
    """
    x, y = np.asarray(values, dtype=float), np.asarray(outcome)
    if np.isnan(x).any():
        raise ValueError(f"{int(np.isnan(x).sum())} of {len(x)} values are missing; leave those rows out.")
    cuts, place = np.unique(x, return_inverse=True)
    events = np.bincount(place, weights=y == 1, minlength=len(cuts))
    others = np.bincount(place, weights=y == 0, minlength=len(cuts))
    at_least = events[::-1].cumsum()[::-1] / events.sum(), others[::-1].cumsum()[::-1] / others.sum()
    youden = at_least[0] - at_least[1]
    best = int(np.abs(youden).argmax())
    return float(cuts[best]), bool(youden[best] >= 0)


def held_out_threshold(
    values: npt.ArrayLike, outcome: npt.ArrayLike, *, comparisons: int = 1, seed: int
) -> Threshold:
    """Choose a cut in each of five folds and judge it on the rows left out.

    Parameters
    ----------
    values : array_like of shape (rows,)
        The measure, none missing.
    outcome : array_like of shape (rows,)
        0 or 1, each at least five times.
    comparisons : int
        How many intervals are to hold their truths all together (Bonferroni).
    seed : int
        Seed of the folds.

    Returns
    -------
    Threshold
        The cut of all rows, the figures of rows unseen. The order of the rows changes nothing.
    """
    x, y = np.asarray(values, dtype=float), np.asarray(outcome)
    # Rows of the same value and outcome are all alike: in this order every order of the rows is one.
    by_value = np.lexsort((y, x))
    x, y = x[by_value], y[by_value]
    fold = stratified_folds(y, FOLDS, seed=seed)
    is_good = np.empty(len(x), dtype=bool)
    cuts = []
    for number in range(FOLDS):
        test = fold == number
        cut, is_higher_better = youden_threshold(x[~test], y[~test])
        is_good[test] = (x[test] >= cut) == is_higher_better
        cuts.append(cut)
    sensitivity, specificity = float(is_good[y == 1].mean()), float((~is_good[y == 0]).mean())
    # The share of events on the good side less that of the others there.
    good = [(is_good[y == kind].sum(), (y == kind).sum()) for kind in (1, 0)]
    events, others = (
        (some / rows, *wilson_interval(some, rows, comparisons=comparisons)) for some, rows in good
    )
    youden, low, high = (float(figure) for figure in difference_interval(events, others))
    cut, is_higher_better = youden_threshold(x, y)
    return Threshold(cut, is_higher_better, tuple(cuts), sensitivity, specificity, youden, low, high)
