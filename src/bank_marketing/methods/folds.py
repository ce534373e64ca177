"""Folds of a cross-validation."""

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold


def stratified_folds(outcome: npt.ArrayLike, count: int, *, seed: int) -> npt.NDArray[np.int64]:
    """Part rows at random into folds that hold the same share of events.

    Parameters
    ----------
    outcome : array_like of shape (rows,)
        0 or 1.
    count : int
        Number of folds, at most the number of rows of either kind.
    seed : int
        Same seed, same folds.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        The fold that leaves the row out, from 0.
    """
    kinds = np.asarray(outcome)
    folds = np.empty(len(kinds), dtype=np.int64)
    splits = StratifiedKFold(count, shuffle=True, random_state=seed).split(kinds, kinds)
    for number, (_, held_out) in enumerate(splits):
        folds[held_out] = number
    return folds
