"""Retention calls ahead: whom lists of the next weeks would call, within calls, budget and pause."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd

from bank_marketing.methods.allocation import allocate_actions
from bank_marketing.methods.budget_plan import Limit
from bank_marketing.methods.holdout import draw_evenly
from bank_marketing.methods.ties import tie_break
from bank_marketing.methods.weekly_plan import WEEKS, plan_weeks

SUMS = ("cost", "expected_net_gain", "expected_net_gain_low", "expected_net_gain_high")


def weeks_ahead(
    offers: pd.DataFrame,
    chosen: pd.DataFrame,
    *,
    budget: float | None,
    calls: int | None,
    pause_days: int,
    as_of: date,
) -> pd.DataFrame:
    """Plan the calls of 13 weeks: today's list, then the customers that it leaves, the best first.

    Parameters
    ----------
    offers : pandas.DataFrame
        Rows of `int_retention_offers`.
    chosen : pandas.DataFrame
        What `choose_calls` made of them.
    budget, calls : float or None
        What the calls of a week may cost together, and how many there may be.
    pause_days : int
        Days after a call without another.
    as_of : datetime.date
        Day of today's list.

    Returns
    -------
    pandas.DataFrame
        A row a week: week, from_date, calls, `SUMS` and mean_exit_probability. As large a share as of today's
        list is held out of each later one.
    """
    listed = chosen[~chosen["is_held_out"].astype(bool)]
    share = float(chosen["holdout_share"].max()) if len(chosen) else 0.0
    later = WEEKS - 1
    rest = offers[~offers["customer_id"].isin(chosen["customer_id"])]
    rest = rest.assign(tie=tie_break(rest["customer_id"], 0), gain=rest["expected_net_gain"])
    rest = rest.sort_values(["gain", "tie", "action"], ascending=[False, True, True], ignore_index=True)
    best = rest.loc[
        allocate_actions(
            rest,
            budget=None if budget is None else budget * later / (1 - share),
            capacity=None if calls is None else math.ceil(calls * later / (1 - share)),
        )
    ]
    best = best[~draw_evenly(len(best), share, publication=0)]
    pause_weeks = max(math.ceil(pause_days / 7), 1)
    pool = pd.concat([best[[*SUMS, "exit_probability"]].assign(ready=1), listed.assign(ready=pause_weeks)])
    pool = pool.sort_values("expected_net_gain", ascending=False, kind="stable", ignore_index=True)
    limits = [
        Limit("calls", np.ones(len(pool)), most=calls),
        Limit("budget", pool["cost"].to_numpy(dtype=float), most=budget),
    ]
    weeks = plan_weeks(pool["ready"], limits, weeks=later, pause_weeks=pause_weeks, contacts=np.inf)
    called = [listed, *(pool.iloc[places] for places in weeks)]
    return pd.DataFrame(
        [
            {
                "week": week,
                "from_date": as_of + timedelta(days=7 * (week - 1)),
                "calls": len(rows),
                **{name: float(rows[name].sum()) for name in SUMS},
                "mean_exit_probability": float(rows["exit_probability"].mean()) if len(rows) else None,
            }
            for week, rows in enumerate(called, start=1)
        ]
    )
