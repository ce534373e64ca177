"""What changes between two versions of a list."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

# From which on a change of money is one.
LEAST_MONEY = 1e-9


@dataclass(frozen=True)
class Comparison:
    """A list before and after.

    Attributes
    ----------
    rows_before, rows_after : int
        Customers on it.
    entered, left, other_action : int
        Customers who come, go, or stay with another action.
    share_changed : float
        Those three of all who are on one of the two; 0 if nobody is.
    money_before, money_after : tuple of float
        What the list is expected to bring: value, low and high, sums over its customers. An end is where
        every customer's is reached at once, since they rest on the same assumed effects and rates.
    mix : pandas.DataFrame
        Customers before and after, by action.
    changes : pandas.DataFrame
        A row for each customer of the three: customer, change, action_before, action_after.
    """

    rows_before: int
    rows_after: int
    entered: int
    left: int
    other_action: int
    share_changed: float
    money_before: tuple[float, float, float]
    money_after: tuple[float, float, float]
    mix: pd.DataFrame
    changes: pd.DataFrame


def compare_lists(before: pd.DataFrame, after: pd.DataFrame) -> Comparison:
    """Compare two versions of a list.

    Parameters
    ----------
    before, after : pandas.DataFrame
        customer (each once), action, money, money_low, money_high.

    Returns
    -------
    Comparison
        What changes.
    """
    both = before.merge(after, on="customer", how="outer", suffixes=("_before", "_after"), indicator="side")
    both = both.sort_values("customer", ignore_index=True)
    change = both["side"].map({"left_only": "leaves", "right_only": "enters"}).astype("object")
    is_other = (both["side"] == "both") & (both["action_before"] != both["action_after"])
    change = change.mask(is_other, "gets another action")
    changes = both.assign(change=change)[["customer", "change", "action_before", "action_after"]]
    changes = changes[changes["change"].notna()].reset_index(drop=True)
    counts = changes["change"].value_counts()
    mix = pd.DataFrame({"before": before["action"].value_counts(), "after": after["action"].value_counts()})
    return Comparison(
        rows_before=len(before),
        rows_after=len(after),
        entered=int(counts.get("enters", 0)),
        left=int(counts.get("leaves", 0)),
        other_action=int(counts.get("gets another action", 0)),
        share_changed=len(changes) / len(both) if len(both) else 0.0,
        money_before=_money(before),
        money_after=_money(after),
        mix=mix.fillna(0).astype(int).sort_index(),
        changes=changes,
    )


def _money(rows: pd.DataFrame) -> tuple[float, float, float]:
    value, low, high = (float(rows[f"money{end}"].sum()) for end in ("", "_low", "_high"))
    return value, low, high
