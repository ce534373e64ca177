"""Drivers: which features make a row's score what it is, in words that hold for that very row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Score = Callable[[pd.DataFrame], FloatArray]

# In probability: half a point. Less is nothing anybody would act on.
LEAST_EFFECT = 5e-3
# Drivers that are said of a row, and most features that are named together.
COUNT = 3
# Of a contribution, in log-odds or points. Less is rounding.
LEAST_SHARE = 1e-3


@dataclass(frozen=True)
class Effects:
    """By how much scores are above what they would be with typical values in place of a row's own.

    Parameters
    ----------
    alone : numpy.ndarray of shape (n, k)
        With the typical value of one feature.
    together : numpy.ndarray of shape (n,)
        With those of the features in `members` at once; 0 where there are none.
    members : numpy.ndarray of bool, shape (n, k)
        Features that only move the score together.
    """

    alone: FloatArray
    together: FloatArray
    members: BoolArray

    @classmethod
    def none(cls, rows: pd.DataFrame) -> "Effects":
        """Return no effects, of the shape of rows."""
        return cls(np.zeros(rows.shape), np.zeros(len(rows)), np.zeros(rows.shape, dtype=bool))

    def put(self, rows: BoolArray, effects: "Effects") -> None:
        """Write the effects of some rows in their place."""
        self.alone[rows], self.together[rows] = effects.alone, effects.together
        self.members[rows] = effects.members

    def rising(self, may_be_named: BoolArray) -> "Effects":
        """Return what raises the score and names nothing but the given features, an array of shape (k,)."""
        named = ~(self.members & ~may_be_named).any(axis=1)
        return Effects(
            np.where(may_be_named, self.alone, 0).clip(0),
            np.where(named, self.together, 0).clip(0),
            self.members,
        )

    def strongest(self, count: int = COUNT) -> npt.NDArray[np.int64]:
        """Return the strongest effects of each row.

        Parameters
        ----------
        count : int
            How many to return.

        Returns
        -------
        numpy.ndarray of shape (n, count)
            Positions of features, k for the members together; the strongest first, of equal ones the first.
            -1 where nothing further moves the score by `LEAST_EFFECT`.
        """
        size = np.abs(np.column_stack([self.alone, self.together]))
        order = np.argsort(-size, axis=1, kind="stable")[:, :count]
        found = np.where(np.take_along_axis(size, order, axis=1) >= LEAST_EFFECT, order, -1)
        missing = count - found.shape[1]
        return np.pad(found, ((0, 0), (0, max(missing, 0))), constant_values=-1).astype(np.int64)


def effects_on_scores(
    score: Score, additive: Score, rows: pd.DataFrame, typical: Mapping[str, Any]
) -> Effects:
    """Tell what each row's values do to its score, each alone, and a few together where that takes several.

    A feature's effect is that of its typical value in its place, all else as it is: what a reader takes from
    "no balance: lowers". Where features stand in for each other, none moves the score alone. So rows with
    fewer than `COUNT` such effects, whose score is another than the typical row's, have the fewest features
    named, of those with the largest contributions to that distance, that move it together.

    Parameters
    ----------
    score : callable
        From rows with the columns of `rows` to probabilities of shape (n,).
    additive : callable
        The same to a scale on which effects add up and with which probabilities never fall, such as log-odds.
    rows : pandas.DataFrame of shape (n, k)
        The features, and nothing else.
    typical : mapping of str to any
        A value for each feature, as `methods.typical` describes it.

    Returns
    -------
    Effects
        In probability.
    """
    if rows.empty:
        return Effects.none(rows)
    effects, of_rows = Effects.none(rows), score(rows)
    codes = [pd.factorize(rows[name])[0] for name in rows]
    before, after = _numbered(codes), _numbered(codes[::-1])[::-1]
    for number, name in enumerate(rows):
        other = np.flatnonzero(rows[name].ne(typical[name]))
        first, which = _different(_numbered_together(before[number], after[number + 1])[other])
        if len(other):
            replaced = score(_with_typical(rows.iloc[other[first]], [str(name)], typical))[which]
            effects.alone[other, number] = of_rows[other] - replaced

    moves = np.abs(effects.alone) >= LEAST_EFFECT
    distance = of_rows - score(_with_typical(rows.head(1), list(rows), typical))[0]
    is_open = (moves.sum(axis=1) < COUNT) & (np.abs(distance) >= LEAST_EFFECT)
    _name_together(effects, np.flatnonzero(is_open), moves, of_rows, score, additive, rows, typical)
    return effects


def contributions(score: Score, rows: pd.DataFrame, typical: Mapping[str, Any]) -> FloatArray:
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
        numbered = _numbered([codes[name] for name in order])
        for place, name in enumerate(order, start=1):
            if place == len(order):
                after = of_rows
            else:
                first, which = _different(numbered[place])
                after = score(_with_typical(rows.iloc[first], order[place:], typical))[which]
            shares[:, names.index(name)] += (after - before) / 2
            before = after
    return shares


def drivers_in_words(
    rows: pd.DataFrame, effects: Effects, words: Mapping[str, Callable[[Any], str]], count: int = COUNT
) -> pd.DataFrame:
    """Say what moves each row's score most, and which way.

    Parameters
    ----------
    rows : pandas.DataFrame of shape (n, k)
        The features.
    effects : Effects
        What `effects_on_scores` returned for them.
    words : mapping of str to callable
        For each feature how to say a value of it, unit included. A missing value is said as "<feature>
        unknown".
    count : int
        How many drivers.

    Returns
    -------
    pandas.DataFrame of shape (n, count)
        driver_1 to driver_<count>, such as "tenure 1 year: raises" or "no visits with no clicks: lowers";
        null where there is no further one.
    """
    top = effects.strongest(count)
    phrases = effects_in_words(rows, effects, words, top)
    size = np.column_stack([effects.alone, effects.together])
    raises = np.take_along_axis(size, top, axis=1) > 0
    said = phrases + np.where(raises, ": raises", ": lowers").astype(object)
    said[top < 0] = None
    return pd.DataFrame(
        {f"driver_{place + 1}": pd.array(said[:, place], dtype="string") for place in range(count)},
        index=rows.index,
    )


def effects_in_words(
    rows: pd.DataFrame,
    effects: Effects,
    words: Mapping[str, Callable[[Any], str]],
    positions: npt.NDArray[np.int64],
) -> npt.NDArray[np.object_]:
    """Say the values behind effects, without their direction.

    Parameters
    ----------
    rows, effects, words
        As for `drivers_in_words`.
    positions : numpy.ndarray of shape (n, count)
        What `Effects.strongest` returned.

    Returns
    -------
    numpy.ndarray of str, shape (n, count)
        Such as "tenure 1 year"; of several features "no visits with no clicks"; empty where there is none.
    """
    said = np.full(positions.shape, "", dtype=object)
    of_members = np.full(len(rows), "", dtype=object)
    is_together = (positions == len(rows.columns)).any(axis=1)
    for number, name in enumerate(rows.columns):
        alone, members = positions == number, is_together & effects.members[:, number]
        which = np.flatnonzero(alone.any(axis=1) | members)
        phrases = np.full(len(rows), "", dtype=object)
        phrases[which] = values_in_words(rows[name].iloc[which], words[name])
        said = np.where(alone, phrases[:, None], said)
        joint = np.where(of_members == "", "", " with ").astype(object)
        of_members = np.where(members, of_members + joint + phrases, of_members)
    return np.where(positions == len(rows.columns), of_members[:, None], said)


def values_in_words(values: pd.Series, say: Callable[[Any], str]) -> npt.NDArray[np.object_]:
    """Say each value of a feature, a missing one as "<feature> unknown", equal ones once."""
    kind, values_of_kinds = pd.factorize(values)
    said = [*map(say, values_of_kinds.tolist()), f"{str(values.name).replace('_', ' ')} unknown"]
    return np.array(said, dtype=object)[kind]


def counted(value: float, one: str, many: str, *, digits: int = 0) -> str:
    """Say a number of something as a person would.

    Parameters
    ----------
    value : float
        How many.
    one, many : str
        What one and several are called.
    digits : int
        Decimal places.

    Returns
    -------
    str
        Such as "no visits", "1 visit", "1,204 visits"; "almost no visits" for what only rounds to none.
    """
    if value == 0:
        return f"no {many}"
    if abs(value) < 0.5 * 10.0**-digits:
        return f"almost no {many}"
    said = f"{value:,.{digits}f}"
    return f"{said} {one if said == '1' else many}"


def _name_together(
    effects: Effects,
    places: npt.NDArray[np.int64],
    moves: BoolArray,
    of_rows: FloatArray,
    score: Score,
    additive: Score,
    rows: pd.DataFrame,
    typical: Mapping[str, Any],
) -> None:
    """Find for the rows in some places the fewest features that move the score together but not alone."""
    shares = contributions(additive, rows.iloc[places], typical)
    towards = np.where(moves[places], 0, shares * np.sign(shares.sum(axis=1))[:, None])
    rank = np.argsort(np.argsort(-towards, axis=1, kind="stable"), axis=1, kind="stable")
    for size in range(2, COUNT + 1):
        members = (rank < size) & (towards >= LEAST_SHARE)
        few = np.flatnonzero((members.sum(axis=1) == size) & (effects.together[places] == 0))
        if not len(few):
            return
        at = places[few]
        replaced = {
            name: rows[name].iloc[at].mask(members[few, number], typical[str(name)])
            for number, name in enumerate(rows)
        }
        effect = of_rows[at] - score(pd.DataFrame(replaced))
        found = np.abs(effect) >= LEAST_EFFECT
        effects.together[at[found]] = effect[found]
        effects.members[at[found]] = members[few[found]]


def _with_typical(rows: pd.DataFrame, names: Sequence[str], typical: Mapping[str, Any]) -> pd.DataFrame:
    values = {name: pd.Series(typical[name], index=rows.index, dtype=rows[name].dtype) for name in names}
    return rows.assign(**values)


def _different(key: IntArray) -> tuple[IntArray, IntArray]:
    """Return the places of rows that differ, and for each row which of them it equals."""
    return np.flatnonzero(~pd.Series(key).duplicated()), pd.factorize(key)[0]


def _numbered(codes: Sequence[IntArray]) -> list[IntArray]:
    """Return numbers of the rows that differ: in none of the columns, in the first, in the first two, ..."""
    none = np.zeros_like(codes[0]) if codes else np.zeros(0, dtype=np.int64)
    return list(accumulate(codes, _numbered_together, initial=none))


def _numbered_together(one: IntArray, other: IntArray) -> IntArray:
    """Return numbers of the rows that differ in either, from 0 again, so that no product overflows."""
    return pd.factorize(one * (other.max() + 2) + other + 1)[0].astype(np.int64)
