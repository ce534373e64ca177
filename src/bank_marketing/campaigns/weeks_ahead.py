"""Budget plan in rows: what the list spends and expects, which limits bind, and the weeks after it."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.campaigns.plan_limits import ALL, GROUPS, PlanLimits
from bank_marketing.campaigns.targets import ACTION, Targets, in_order, planned
from bank_marketing.methods.holdout import draw_evenly
from bank_marketing.methods.weekly_plan import WEEKS, plan_weeks

SUMS = (
    "ad_spend_usd",
    "cost_usd",
    "expected_profit_usd",
    "expected_profit_usd_low",
    "expected_profit_usd_high",
)
# A limit that isn't stated is unknown, and its column is there.
ENDS = (
    *(f"{end}_{unit}" for unit in ("contacts", "usd") for end in ("least", "most")),
    "price_of_a_contact_usd",
    "price_of_a_dollar_usd",
)
COLUMNS = ["customer_id", *ACTION, "conversion_probability", *SUMS]


def budget_rows(
    offers: pd.DataFrame,
    returning: pd.DataFrame,
    targets: Targets,
    *,
    limits: PlanLimits,
    pause_days: int,
    contacts: int,
    as_of: date,
) -> pd.DataFrame:
    """Lay the plan out: today's list in total, by channel and by type with its limits, then later weeks.

    Parameters
    ----------
    offers : pandas.DataFrame
        Rows of `int_campaign_decisions` that today's list may name.
    returning : pandas.DataFrame
        The same of those who pause, with return_date.
    targets : Targets
        What `choose_targets` made of them.
    limits : PlanLimits
        What a list may use.
    pause_days : int
        Days after a contact without another.
    contacts : int
        Most contacts of a customer within these weeks.
    as_of : datetime.date
        Day of today's list.

    Returns
    -------
    pandas.DataFrame
        Columns as in `budget_plan`: a row a week, and for the first one a row for each channel and type.
    """
    rows = first_week(offers, targets)
    rows.extend(
        _row(week, ALL, ALL, contacted)
        for week, contacted in enumerate(
            _later(targets, returning, limits, pause_days, contacts, as_of), start=2
        )
    )
    plan = pd.DataFrame(rows)
    return plan.assign(from_date=[as_of + timedelta(days=7 * (week - 1)) for week in plan["week"]])


def first_week(offers: pd.DataFrame, targets: Targets) -> list[dict[str, Any]]:
    """Lay out this week's list: in total, by channel and by type, with what limits each and what that costs.

    Parameters
    ----------
    offers : pandas.DataFrame
        Offers that the list may name.
    targets : Targets
        What was chosen of them.

    Returns
    -------
    list of dict
        Rows as in `budget_plan`, without their date.
    """
    listed = targets.chosen[~targets.chosen["is_held_out"]]
    rows = [_row(1, ALL, ALL, listed) | _ends(targets, ALL, ALL) | _gap(targets, offers, listed)]
    for column in GROUPS:
        rows.extend(
            _row(1, column, value, listed[listed[column].astype(str) == value])
            | _ends(targets, column, value)
            for value in sorted(map(str, offers[column].unique()))
        )
    return rows


def _row(week: int, column: str, value: str, contacted: pd.DataFrame) -> dict[str, Any]:
    chance = contacted["conversion_probability"]
    return {
        "week": week,
        "group_name": column,
        "group_value": value,
        "customers": len(contacted),
        "expected_conversions": float(chance.sum()),
        "mean_conversion_probability": float(chance.mean()) if len(contacted) else None,
        **{name: float(contacted[name].sum()) for name in SUMS},
    }


def _ends(targets: Targets, column: str, value: str) -> dict[str, Any]:
    """Say what limits there are on a group, which of them bind, and what one unit more is worth."""
    said: dict[str, Any] = dict.fromkeys(ENDS)
    binding = []
    for (place, limit), row in zip(
        targets.limits.items(), targets.plan.limits.itertuples(index=False), strict=True
    ):
        if place[:2] != (column, value):
            continue
        unit = place[2]
        said[f"least_{unit}"], said[f"most_{unit}"] = limit.least, limit.most
        price = float(row.price_per_unit) if row.is_binding else 0.0
        # The programme's price is of shares of a contact: where nobody is chosen, one more may add nothing.
        said["price_of_a_contact_usd" if unit == "contacts" else "price_of_a_dollar_usd"] = (
            price if len(targets.plan.chosen) else None
        )
        if price:
            binding.append(
                f"{'most' if price > 0 else 'least'} {'contacts' if unit == 'contacts' else 'money'}"
            )
    return said | {"binding_limit": ", ".join(binding) or None}


def _gap(targets: Targets, offers: pd.DataFrame, listed: pd.DataFrame) -> dict[str, Any]:
    gap = max(targets.plan.bound - targets.plan.gain, 0.0)
    return {"gap_usd": gap, "message": _message(targets, offers, listed, gap)}


def _message(targets: Targets, offers: pd.DataFrame, listed: pd.DataFrame, gap: float) -> str:
    if len(listed):
        profit = listed["expected_profit_usd"].sum()
        who = f"{len(listed)} customers are" if len(listed) > 1 else "1 customer is"
        return (
            f"{who} expected to earn {profit:,.0f} US dollars; no list within limits"
            f" earns more than {gap:,.0f} on top."
        )
    if offers.empty:
        return (
            "The list is empty: there is no customer whom a list may name and whose chance is known (too few"
            " data for a model, or all are held out, in the pause after a contact or not to be contacted)."
        )
    best = float(offers["expected_profit_usd"].max())
    if best <= 0:
        return (
            "The list is empty: every action costs more than it is expected to bring; the best loses"
            f" {-best:,.2f} US dollars."
        )
    if targets.free.empty or targets.free["expected_profit_usd"].max() <= 0:
        return "The list is empty: whoever is worth a contact is held out."
    return f"The list is empty: {_keeping_out(targets)}; the best would earn {best:,.2f} US dollars."


def _keeping_out(targets: Targets) -> str:
    """Say which limit alone keeps out whatever earns money, or that only several together do."""
    earns = targets.free["expected_profit_usd"].to_numpy(dtype=float) > 0
    for (column, _, unit), limit in targets.limits.items():
        least = limit.uses[earns].min()
        if limit.most is not None and limit.most < least:
            if column == ALL and unit == "usd":
                cheapest = f"the cheapest action that earns money costs {least:,.2f} US dollars"
                return f"{limit.name} is {limit.most:,.0f}, and {cheapest}"
            return f"{limit.name} allows no action that earns money (at most {limit.most:,g})"
    names = ", ".join(limit.name for limit in targets.limits.values() if limit.most is not None)
    return f"the limits together allow no action that earns money ({names})"


def _later(
    targets: Targets, returning: pd.DataFrame, limits: PlanLimits, pause_days: int, contacts: int, as_of: date
) -> list[pd.DataFrame]:
    """Plan the weeks after the first with those whom chance doesn't hold out, each with one campaign."""
    lists, pause_weeks = WEEKS - 1, max(math.ceil(pause_days / 7), 1)
    listed = targets.chosen[~targets.chosen["is_held_out"]]
    free = targets.free[~targets.free["customer_id"].isin(listed["customer_id"])]
    back = _without_held_out(returning, targets)
    days = (pd.to_datetime(back["return_date"]) - pd.Timestamp(as_of)).dt.days
    # The first of these weeks begins in seven days, with whoever is back by then.
    in_weeks = np.ceil(days.fillna(0).clip(lower=7) / 7).astype(np.int64)
    rest, tie = in_order(
        pd.concat([free[COLUMNS].assign(ready=1), back[COLUMNS].assign(ready=in_weeks)], ignore_index=True)
        if len(back)
        else free[COLUMNS].assign(ready=1)
    )
    limits = limits.without_least()
    plan = planned(rest, tie, list(limits.of(rest, lists=lists).values()))
    pool = pd.concat([rest.loc[plan.chosen], listed[COLUMNS].assign(ready=pause_weeks)])
    pool = pool.sort_values("expected_profit_usd", ascending=False, kind="stable", ignore_index=True)
    weeks = plan_weeks(
        pool["ready"],
        list(limits.of(pool).values()),
        weeks=lists,
        pause_weeks=pause_weeks,
        contacts=contacts - pool["customer_id"].isin(listed["customer_id"]).astype(int),
    )
    return [pool.iloc[places] for places in weeks]


def _without_held_out(returning: pd.DataFrame, targets: Targets) -> pd.DataFrame:
    """Leave out as large a share of those who come back as today's list holds out."""
    share = float(targets.chosen["holdout_share"].max()) if len(targets.chosen) else 0.0
    ids = np.sort(returning["customer_id"].unique())
    return returning[~returning["customer_id"].isin(ids[draw_evenly(len(ids), share, publication=0)])]
