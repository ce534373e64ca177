"""Deciles by stored cuts, so that one row can be placed alone, and what each decile is worth."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.methods.intervals import wilson_interval

DECILES = 10


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
        Ten rows: decile, customers, events, rate with its Wilson interval, lift (rate by overall rate) and
        cumulative_gain (share of all events in this and higher deciles). An empty decile has no rate.
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
        rate=rate,
        rate_low=low,
        rate_high=high,
        lift=rate / rows["event"].mean(),
        cumulative_gain=table["events"].cumsum() / rows["event"].sum(),
    )
