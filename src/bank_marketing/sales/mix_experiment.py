"""Which experiment comes next: a plan of daily spend that would tell what the mix can't."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bank_marketing.methods.intervals import Z
from bank_marketing.methods.media_mix import contributions
from bank_marketing.methods.media_plan import experiment_schedule, simulated_errors
from bank_marketing.sales.mix_days import CHANNELS, base_columns, base_penalty
from bank_marketing.sales.mix_tables import FittedMix

WEEKS = (4, 8, 12)
PLAN_DAYS = 7 * max(WEEKS)


def experiment_table(fitted: FittedMix, *, noise: float, simulations: int, seed: int) -> pd.DataFrame:
    """Return the plan of the next twelve weeks, what it may cost and what it would tell.

    Parameters
    ----------
    fitted : FittedMix
        The mix, taken for true in the simulations.
    noise : float
        Standard deviation of a day's error in USD.
    simulations : int
        How often each plan is simulated and fitted.
    seed : int
        Of plan and simulations.

    Returns
    -------
    pandas.DataFrame
        One row a day and channel: planned and usual spend, and of the checkpoint (after 4, 8 or 12 weeks)
        that the day leads to what the plan costs at most until then, and how wide the interval of the
        channel's revenue a day would be by the plan and by going on as usual.
    """
    days = fitted.days
    dates = pd.date_range(days.dates[-1] + pd.Timedelta(days=1), periods=PLAN_DAYS)
    # As usual: what the same days of the last weeks got, so that the channels go together as they did.
    usual = np.resize(days.spend[-PLAN_DAYS:], (PLAN_DAYS, len(CHANNELS)))
    months, of_day = np.unique(np.asarray(dates.strftime("%Y-%m"), dtype=str), return_inverse=True)
    monthly = np.array([usual[of_day == month].sum(axis=0) for month in range(len(months))])
    plan = experiment_schedule(monthly, of_day, fitted.mix.decay, seed)
    losses = _cumulative_losses(fitted, plan, usual)

    def width(spend: np.ndarray, weeks: int) -> np.ndarray:
        return _width(fitted, spend[: 7 * weeks], noise=noise, simulations=simulations, seed=seed)

    now = width(usual, 0)
    planned, going_on = ({weeks: width(spend, weeks) for weeks in WEEKS} for spend in (plan, usual))
    checkpoint = np.array([min(week for week in WEEKS if day < 7 * week) for day in range(PLAN_DAYS)])
    tables = []
    for c, channel in enumerate(CHANNELS):
        tables.append(
            pd.DataFrame(
                {
                    "plan_date": dates.strftime("%Y-%m-%d"),
                    "channel": channel,
                    "planned_spend_usd": plan[:, c],
                    "usual_spend_usd": usual[:, c],
                    "checkpoint_weeks": checkpoint,
                    "cost_at_most_usd": [losses[7 * week - 1] for week in checkpoint],
                    "interval_width_now_usd_a_day": now[c],
                    "interval_width_planned_usd_a_day": [planned[week][c] for week in checkpoint],
                    "interval_width_usual_usd_a_day": [going_on[week][c] for week in checkpoint],
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _cumulative_losses(fitted: FittedMix, plan: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Return what the plan may bring less than as usual up to each day: the upper end, never below 0."""
    lost = np.array(
        [
            np.cumsum((contributions(mix, usual, carry) - contributions(mix, plan, carry)).sum(axis=1))
            for mix, carry in zip(fitted.all, fitted.before, strict=True)
        ]
    )
    most: np.ndarray = np.maximum.accumulate(np.maximum(lost[0] + Z * lost[1:].std(axis=0, ddof=1), 0.0))
    return most


def _width(fitted: FittedMix, spend: np.ndarray, *, noise: float, simulations: int, seed: int) -> np.ndarray:
    """Return the width of each channel's interval of revenue a day, after some more days of a spend."""
    days, length = fitted.days, len(spend)
    dates = pd.date_range(days.dates[0], periods=len(days.dates) + length)
    offered = np.append(days.offered, np.resize(days.offered[-max(length, 1) :], length))
    errors = simulated_errors(
        fitted.mix,
        np.vstack([days.spend, spend]),
        base_columns(dates, offered, days.dates[0]),
        base_penalty(),
        noise=noise,
        daily=days.spend.mean(axis=0),
        simulations=simulations,
        seed=seed,
    )
    return 2 * Z * errors
