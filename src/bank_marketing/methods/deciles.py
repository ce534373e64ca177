"""Deciles by stored cuts, so that one row can be placed alone, and what each decile is worth."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import fisher_exact

from bank_marketing.methods.intervals import wilson_interval

DECILES = 10
SIGNIFICANCE = 0.05


def decile_cuts(scores: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the nine cuts that part scores into ten groups of the same size.

    Parameters
    ----------
    scores : array_like of shape (rows,)
        Scores, in any unit.

    Returns
    -------
    numpy.ndarray of shape (9,)
        The cuts, ascending.
    """
    cuts: npt.NDArray[np.float64] = np.quantile(
        np.asarray(scores, dtype=float), np.arange(1, DECILES) / DECILES
    )
    return cuts


def assign_deciles(scores: npt.ArrayLike, cuts: npt.ArrayLike) -> pd.arrays.IntegerArray:
    """Place scores between cuts.

    Parameters
    ----------
    scores : array_like of shape (rows,)
        Scores in the unit of the cuts.
    cuts : array_like of shape (9,)
        What `decile_cuts` returned.

    Returns
    -------
    pandas.arrays.IntegerArray of shape (rows,)
        1 (highest) to 10; null without a score. A score that equals a cut belongs to the higher group. Where
        many scores are equal, groups differ in size.
    """
    values = np.asarray(scores, dtype=float)
    decile = DECILES - np.searchsorted(np.asarray(cuts), values, side="right")
    return pd.arrays.IntegerArray(decile.astype(np.int64), np.isnan(values))


def lift_by_decile(outcome: npt.ArrayLike, scores: npt.ArrayLike, cuts: npt.ArrayLike) -> pd.DataFrame:
    """Tell how many events each decile holds.

    Parameters
    ----------
    outcome : array_like of shape (rows,)
        0 or 1; 1 is the event. At least one row has it.
    scores : array_like of shape (rows,)
        Scores that did not see the outcome of their row.
    cuts : array_like of shape (9,)
        What `decile_cuts` returned.

    Returns
    -------
    pandas.DataFrame
        Ten rows: decile, lift_group (as `lift_groups` says), customers, events, rate with its Wilson
        interval, lift (rate by overall rate) and cumulative_gain (share of all events in this and higher
        deciles). An empty decile has no rate.
    """
    rows = pd.DataFrame({"decile": assign_deciles(scores, cuts), "event": np.asarray(outcome, dtype=int)})
    table = (
        rows.groupby("decile")["event"]
        .agg(customers="size", events="sum")
        .reindex(range(1, DECILES + 1), fill_value=0)
        .rename_axis("decile")
        .reset_index()
    )
    rate = table["events"] / table["customers"].where(table["customers"] > 0)
    low, high = wilson_interval(table["events"], table["customers"])
    return table.assign(
        lift_group=lift_groups(table["events"], table["customers"]),
        rate=rate,
        rate_low=low,
        rate_high=high,
        lift=rate / rows["event"].mean(),
        cumulative_gain=table["events"].cumsum() / rows["event"].sum(),
    )


def lift_groups(events: npt.ArrayLike, customers: npt.ArrayLike) -> list[str]:
    """Pool neighbouring deciles until the higher of two groups is better beyond chance.

    Two groups can be told apart if Fisher's exact test of their rates has a two-sided p that, times the
    number of pairs of neighbouring deciles (nine), is below 0.05. Until all can, the two neighbours with the
    largest p are pooled; where the higher isn't better, p counts as 1.

    Parameters
    ----------
    events, customers : array_like of shape (deciles,)
        Of each decile, the highest first. An empty one belongs to the group above it.

    Returns
    -------
    list of str, length deciles
        The group of each decile by the deciles in it, such as '1 to 9' or '10'.

    References
    ----------
    Fisher, R. A. (1935). The logic of inductive inference. Journal of the Royal Statistical Society 98,
    39-82.
    """
    counts = np.column_stack([np.asarray(events, dtype=np.int64), np.asarray(customers, dtype=np.int64)])
    groups = np.split(np.arange(len(counts)), np.flatnonzero(counts[1:, 1]) + 1)
    if len(groups) > 1 and counts[groups[0], 1].sum() == 0:
        groups = [np.concatenate(groups[:2]), *groups[2:]]
    while len(groups) > 1:
        p_values = [
            _p_value_if_higher_is_better(counts[higher].sum(axis=0), counts[lower].sum(axis=0))
            for higher, lower in pairwise(groups)
        ]
        alike = int(np.argmax(p_values))
        if p_values[alike] * (len(counts) - 1) < SIGNIFICANCE:
            break
        groups[alike : alike + 2] = [np.concatenate(groups[alike : alike + 2])]
    named = {tuple(group): f"{group[0] + 1} to {group[-1] + 1}" for group in groups if len(group) > 1}
    return [named.get(tuple(group), f"{group[0] + 1}") for group in groups for _ in group]


def _p_value_if_higher_is_better(higher: npt.NDArray[np.int64], lower: npt.NDArray[np.int64]) -> float:
    """Return Fisher's two-sided p of two groups' events and customers, 1 where the higher isn't better."""
    if higher[0] * lower[1] <= lower[0] * higher[1]:
        return 1.0
    table = [[group[0], group[1] - group[0]] for group in (higher, lower)]
    return float(fisher_exact(table).pvalue)
