"""Pairs of client and spending group at a cut-off, laid out as one matrix a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.methods.intervals import FloatArray

HORIZON_MONTHS = 3
# Spending has grown where it is so many times what it was, in the last quarter and in an average one.
GROWTH = 1.25
NEVER_MONTHS = 99.0
KEYS = ("client_id", "spending_group", "cut_off")
FIGURES = (
    *("purchases_1_month", "purchases_3_months", "purchases_6_months", "purchases_12_months"),
    "purchases_ever",
    *("purchases_usd_1_month", "purchases_usd_3_months", "purchases_usd_6_months", "purchases_usd_12_months"),
    *("all_purchases_1_month", "all_purchases_3_months", "all_purchases_6_months"),
    "all_purchases_12_months",
    "months_since_purchase",
)
OUTCOMES = ("next_purchases", "next_spending_usd")
# Of the client at the cut-off. Age, income, debt and credit score are those of the file, which is later.
TRAITS = ("credit_cards_opened", "debit_cards_opened", "prepaid_cards_opened")


@dataclass(frozen=True)
class Pairs:
    """Clients at their cut-offs, in rows, by spending group, in columns.

    Attributes
    ----------
    client_id : ndarray of shape (rows,)
    cut_off : ndarray of datetime64, shape (rows,)
    groups : tuple of str
        Names of the columns.
    figures : dict of str to ndarray of shape (rows, groups)
        `FIGURES`, and `OUTCOMES` where they are known.
    traits : ndarray of shape (rows, traits)
        `TRAITS`; nan where one isn't known.
    """

    client_id: npt.NDArray[np.int64]
    cut_off: npt.NDArray[np.datetime64]
    groups: tuple[str, ...]
    figures: dict[str, FloatArray]
    traits: FloatArray

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.client_id)

    def __getitem__(self, name: str) -> FloatArray:
        """Return a figure of all pairs."""
        return self.figures[name]

    def of(self, rows: npt.NDArray[np.bool_]) -> Pairs:
        """Return some of the rows."""
        figures = {name: values[rows] for name, values in self.figures.items()}
        return Pairs(self.client_id[rows], self.cut_off[rows], self.groups, figures, self.traits[rows])

    def before(self, cut_off: np.datetime64) -> Pairs:
        """Return the rows whose outcome is known on the day of a cut-off."""
        last = (pd.Timestamp(cut_off) - pd.DateOffset(months=HORIZON_MONTHS)).to_datetime64()
        return self.of(self.cut_off <= last)

    @property
    def is_new(self) -> npt.NDArray[np.bool_]:
        """Whether the client didn't use the group in the twelve months before: it would be new."""
        return self["purchases_12_months"] == 0

    @property
    def is_used(self) -> npt.NDArray[np.bool_]:
        """Whether the client used the group within the horizon."""
        return self["next_purchases"] > 0

    @property
    def has_grown(self) -> npt.NDArray[np.bool_]:
        """Whether spending in a group used before grew within the horizon."""
        before = np.maximum(self["purchases_usd_3_months"], self["purchases_usd_12_months"] / 4)
        return ~self.is_new & self.is_used & (self["next_spending_usd"] > GROWTH * before)

    @property
    def rises(self) -> FloatArray:
        """Rises of the groups' shares of purchases, of three months and of the last one (rows, 2 groups)."""
        earlier = _share(
            self["purchases_12_months"] - self["purchases_3_months"],
            self["all_purchases_12_months"] - self["all_purchases_3_months"],
        )
        quarter = _share(self["purchases_3_months"], self["all_purchases_3_months"])
        month = _share(self["purchases_1_month"], self["all_purchases_1_month"])
        return np.hstack([quarter - earlier, month - earlier])

    @property
    def decayed_spending(self) -> FloatArray:
        """Spending of twelve months in a quarter, the latest counting most (rows, groups)."""
        steps = [self[f"purchases_usd_{name}"] for name in ("1_month", "3_months", "6_months", "12_months")]
        weights = np.array([0.4, 0.3, 0.2, 0.1])
        in_a_quarter = [step * 3 / months for step, months in zip(steps, (1, 3, 6, 12), strict=True)]
        return np.asarray(sum(w * step for w, step in zip(weights, in_a_quarter, strict=True)))


def make_pairs(frame: pd.DataFrame, groups: Sequence[str] | None = None) -> Pairs:
    """Lay rows of `features_preferences` out as matrices.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns `KEYS`, `FIGURES`, `TRAITS`, and `OUTCOMES` where known; for each client and cut-off one row a
        spending group.
    groups : sequence of str, optional
        Which groups, in which order; without them all there are, by name.

    Returns
    -------
    Pairs
        Rows by cut-off and client.

    Raises
    ------
    ValueError
        If a client lacks a group at some cut-off, or has one twice.
    """
    names = tuple(groups) if groups is not None else tuple(sorted(frame["spending_group"].unique()))
    known = frame[frame["spending_group"].isin(names)]
    place = pd.Index(names).get_indexer(known["spending_group"])
    ordered = known.iloc[np.lexsort([place, known["client_id"], known["cut_off"]])]
    width = len(names)
    rows = len(ordered) // width if width else 0
    if len(ordered) != rows * width or not (
        (ordered["spending_group"].to_numpy().reshape(rows, width) == np.array(names, dtype=object)).all()
    ):
        raise ValueError("Expected one row for each client, cut-off and spending group.")
    firsts = ordered.iloc[:: width or 1]
    filled = ordered.assign(months_since_purchase=ordered["months_since_purchase"].fillna(NEVER_MONTHS))
    columns = [*FIGURES, *(name for name in OUTCOMES if name in filled)]
    return Pairs(
        firsts["client_id"].to_numpy(dtype=np.int64),
        firsts["cut_off"].to_numpy(dtype="datetime64[us]"),
        names,
        {name: filled[name].to_numpy(dtype=float).reshape(rows, width) for name in columns},
        firsts[list(TRAITS)].to_numpy(dtype=float),
    )


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
