"""Drivers: which features moved the score of a row most, against a typical row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]

# In the unit of the score. Less is rounding, or nothing anybody would act on.
LEAST_EFFECT = 1e-3


def contributions(
    score: Callable[[pd.DataFrame], FloatArray], rows: pd.DataFrame, typical: Mapping[str, Any]
) -> FloatArray:
    """Share the distance between a row's score and the typical row's among the features.

    Each feature gets the mean of what it adds when the features of the typical row are replaced by those of
    the row one by one, in one order and in its reverse. The shares add up to the
    distance, whatever the score. Where a score has no interaction of more than two features, as sums of
    terms, of pairs of terms and of trees with two splits have none, they are the Shapley values exactly: in
    one of the two orders a pair's interaction goes to its first member, in the other one to its second.

    Parameters
    ----------
    score : callable
        From rows with the columns of `rows` to scores of shape (n,), on a scale where effects add up, such
        as log-odds.
    rows : pandas.DataFrame of shape (n, k)
        The features, and nothing else.
    typical : mapping of str to any
        A value for each feature, as `methods.typical` describes it.

    Returns
    -------
    numpy.ndarray of shape (n, k)
        Contributions in the unit of the score, in the order of the columns.

    References
    ----------
    Lundberg, S. M. and Lee, S.-I. (2017). A unified approach to interpreting model predictions. NeurIPS 30.
    Covert, I. and Lee, S.-I. (2021). Improving KernelSHAP. AISTATS, 3457-3465 (paired orders).
    """
    names = list(rows.columns)
    shares = np.zeros((len(rows), len(names)))
    if rows.empty:
        return shares
    codes = {name: pd.factorize(rows[name])[0] for name in names}
    # With the features of few values in front, many steps have few different rows to score.
    by_values = sorted(names, key=lambda name: int(codes[name].max()))
    of_typical, of_rows = score(_with_typical(rows.head(1), names, typical))[0], score(rows)
    for order in (by_values, by_values[::-1]):
        before = np.full(len(rows), of_typical)
        for place, name in enumerate(order, start=1):
            if place == len(order):
                after = of_rows
            else:
                first, which = _different(codes[other] for other in order[:place])
                after = score(_with_typical(rows.iloc[first], order[place:], typical))[which]
            shares[:, names.index(name)] += (after - before) / 2
            before = after
    return shares


def strongest(shares: FloatArray, count: int) -> npt.NDArray[np.int64]:
    """Return the features with the largest contributions of each row.

    Parameters
    ----------
    shares : numpy.ndarray of shape (n, k)
        What `contributions` returned.
    count : int
        How many to return.

    Returns
    -------
    numpy.ndarray of shape (n, count)
        Positions of features, the strongest first; of equal ones the first. -1 where no further feature
        moves the score by `LEAST_EFFECT`.
    """
    size = np.abs(shares)
    order = np.argsort(-size, axis=1, kind="stable")[:, :count]
    found = np.where(np.take_along_axis(size, order, axis=1) >= LEAST_EFFECT, order, -1)
    missing = count - found.shape[1]
    return np.pad(found, ((0, 0), (0, max(missing, 0))), constant_values=-1).astype(np.int64)


def drivers_in_words(
    rows: pd.DataFrame, shares: FloatArray, words: Mapping[str, Callable[[Any], str]], count: int = 3
) -> pd.DataFrame:
    """Say which features moved each row's score most, with their values and directions.

    Parameters
    ----------
    rows : pandas.DataFrame of shape (n, k)
        The features.
    shares : numpy.ndarray of shape (n, k)
        What `contributions` returned for them.
    words : mapping of str to callable
        For each feature how to say a value of it, unit included. A missing value is said as "<feature>
        unknown".
    count : int
        How many drivers.

    Returns
    -------
    pandas.DataFrame of shape (n, count)
        driver_1 to driver_<count>, such as "tenure 1 year: raises"; null where there is no further one.
    """
    top = strongest(shares, count)
    result = {}
    for place in range(count):
        said = np.full(len(rows), None, dtype=object)
        for number, name in enumerate(rows.columns):
            of_rows = np.flatnonzero(top[:, place] == number)
            values = rows[name].to_numpy()[of_rows]
            raises = shares[of_rows, number] > 0
            said[of_rows] = [
                f"{_in_words(name, value, words[name])}: {'raises' if up else 'lowers'}"
                for value, up in zip(values.tolist(), raises, strict=True)
            ]
        result[f"driver_{place + 1}"] = pd.array(said, dtype="string")
    return pd.DataFrame(result, index=rows.index)


def _with_typical(rows: pd.DataFrame, names: Sequence[str], typical: Mapping[str, Any]) -> pd.DataFrame:
    values = {name: pd.Series(typical[name], index=rows.index, dtype=rows[name].dtype) for name in names}
    return rows.assign(**values)


def _different(codes: Iterable[npt.NDArray[np.int64]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the places of rows that differ in some columns, and for each row which of them it equals."""
    key: npt.NDArray[np.int64] = np.zeros(1, dtype=np.int64)
    for of_column in codes:
        # Numbered anew after each column, so that no product of many columns overflows.
        combined = key * (of_column.max() + 2) + of_column + 1
        _, first, key = np.unique(combined, return_index=True, return_inverse=True)
    return first, key


def _in_words(name: str, value: Any, say: Callable[[Any], str]) -> str:
    return f"{name.replace('_', ' ')} unknown" if pd.isna(value) else say(value)
