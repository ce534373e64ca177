"""Marketing mix: what online and offline spend bring, how sure that is, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import yaml

from bank_marketing.errors import UserError
from bank_marketing.fitting.fits import METRIC_COLUMNS, Fit, Task
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.media_mix import FloatArray, Mix, MixFitter, contributions, resample_mix
from bank_marketing.sales.mix_days import CHANNELS, PARTS, Days, base_columns, base_penalty, read_days
from bank_marketing.sales.mix_experiment import experiment_table
from bank_marketing.sales.mix_health import health_table
from bank_marketing.sales.mix_tables import FittedMix, curves_table, effects_table, split_table, with_ends

# Fewer days say nothing of weekday, season and two channels.
LEAST_DAYS = 120
BOUNDS = (0.5, 1.5)


def stated_bounds(value: Any) -> dict[str, list[float]]:
    """Read the var `marketing_spend_bounds`.

    Parameters
    ----------
    value : any
        By channel least and most, as multiples of what is spent; as a mapping or as its text.

    Returns
    -------
    dict of str to list of two floats
        Of both channels.

    Raises
    ------
    UserError
        If a channel is missing, or its bounds aren't two numbers from 0 on with 1 between them.
    """
    stated = yaml.safe_load(value) if isinstance(value, str) else value
    try:
        bounds = {channel: [float(end) for end in stated[channel]] for channel in CHANNELS}
        is_right = all(len(ends) == 2 and 0 <= ends[0] <= 1 <= ends[1] for ends in bounds.values())
    except (KeyError, TypeError, ValueError):
        is_right = False
    if not is_right:
        raise UserError(
            f"The var marketing_spend_bounds is {value!r}, expected least and most of each channel,"
            " multiples of what is spent: {online: [0.5, 1.5], offline: [0.5, 1.5]}."
        )
    return bounds


def fit(
    frame: pd.DataFrame, *, depth: str, seed: int, bounds: Mapping[str, Sequence[float]] | None = None
) -> Fit:
    """Fit the mix and all that follows from it.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `features_marketing_mix`.
    depth : {'quick', 'full'}
        Resamples and simulations.
    seed : int
        Of the draws.
    bounds : mapping of str to sequence of two floats, optional
        Least and most that the best split may give a channel, as multiples of what is spent.

    Returns
    -------
    Fit
        Tables `contributions`, `curves`, `split`, `health` and `experiment`; the artefact answers `predict`.
    """
    settings, days = DEPTHS[depth], read_days(frame)
    reason = _too_little(days)
    if reason:
        return Fit("insufficient_data", params={"reason": reason}, card=f"Not fitted: {reason}.")
    fitter = MixFitter(days.spend, days.base, penalty=base_penalty(), lifts=days.lifts)
    mix = fitter.fit(days.revenue)
    drawn = resample_mix(fitter, mix, days.revenue, resamples=settings.mix_resamples, seed=seed)
    fitted = FittedMix(days, mix, drawn)
    noise = float(np.sqrt(np.sum((days.revenue - mix.fitted) ** 2) / max(fitter.free, 1)))
    health = health_table(fitted, shifts=settings.mix_moves, seed=seed)
    verdict = health["verdict"].iloc[0]
    left_out = int((frame["kind"] == "lift_test").sum()) - len(days.lifts.lift)
    return Fit(
        "fitted",
        params={
            "days": len(days.dates),
            "lift_tests": len(days.lifts.lift),
            "lift_tests_left_out": left_out,
            "seed": seed,
        },
        metrics=_metrics(health, len(days.dates)),
        tables={
            "contributions": effects_table(fitted).assign(verdict=verdict),
            "curves": curves_table(fitted).assign(verdict=verdict),
            "split": split_table(fitted, bounds or dict.fromkeys(CHANNELS, BOUNDS)).assign(verdict=verdict),
            "health": health,
            "experiment": experiment_table(
                fitted, noise=noise, simulations=settings.mix_simulations, seed=seed
            ),
        },
        card=_card(days, health, left_out),
        artefact=_artefact(fitted, health, noise),
    )


def predict(artefact: Mapping[str, Any], *, online: float, offline: float, month: str) -> dict[str, Any]:
    """Return what a month with such a spend is expected to bring.

    Parameters
    ----------
    artefact : mapping
        What `fit` left.
    online, offline : float
        USD in the month, spent evenly over its days.
    month : str
        'YYYY-MM'.

    Returns
    -------
    dict of str to any
        net_revenue_usd, marketing_revenue_usd and return_per_usd, each with its ends (95 %; of the revenue
        with the noise of days, of the others for what the fit may be off), verdict, and warnings: a list of
        sentences on what lies outside of what was seen.
    """
    dates = pd.date_range(
        pd.Period(month, freq="M").start_time, periods=pd.Period(month, freq="M").days_in_month
    )
    daily = np.tile(np.array([online, offline]) / len(dates), (len(dates), 1))
    offered = np.full(len(dates), artefact["offered_by_month"][dates[0].month - 1])
    columns = base_columns(dates, offered, pd.Timestamp(artefact["first_day"]))
    follows = dates[0] == pd.Timestamp(artefact["last_day"]) + pd.Timedelta(days=1)
    base, brought = [], []
    for number in range(len(artefact["decay"])):
        mix = Mix(
            artefact["decay"][number],
            artefact["half"][number],
            artefact["effect"][number],
            artefact["base"][number],
            np.zeros(0),
            0.0,
        )
        # Of a later month nobody knows what is carried in: as much as such a spend leaves.
        before = artefact["before"][number] if follows else daily[0] / (1 - mix.decay)
        base.append((columns @ mix.base).sum())
        brought.append(contributions(mix, daily, before).sum())
    marketing, revenue = np.array(brought), np.array(base) + np.array(brought)
    spent = online + offline
    figures = {**with_ends(revenue, "net_revenue_usd"), **with_ends(marketing, "marketing_revenue_usd", 0.0)}
    scatter = 1.96 * artefact["noise"] * np.sqrt(len(dates))
    half = np.hypot(figures["net_revenue_usd_high"] - figures["net_revenue_usd"], scatter)
    figures["net_revenue_usd_low"] = figures["net_revenue_usd"] - half
    figures["net_revenue_usd_high"] = figures["net_revenue_usd"] + half
    if spent > 0:
        figures |= with_ends(marketing / spent, "return_per_usd", 0.0)
    return {
        "month": month,
        **{name: float(value) for name, value in figures.items()},
        "verdict": str(artefact["verdict"]),
        "warnings": _warnings(artefact, daily[0], dates),
    }


def _too_little(days: Days) -> str | None:
    """Say why nothing can be learned from days."""
    if len(days.dates) < LEAST_DAYS:
        return f"{len(days.dates)} days with known spend; at least {LEAST_DAYS} are needed"
    if not days.spend.any():
        return "nothing was spent on any day"
    return "every day sold the same" if days.revenue.std() == 0 else None


def _warnings(artefact: Mapping[str, Any], daily: FloatArray, dates: pd.DatetimeIndex) -> list[str]:
    """Name what lies outside of the range that the fit has seen."""
    warnings = []
    for c, channel in enumerate(CHANNELS):
        low, high = artefact["seen"][c]
        if not low <= daily[c] <= high:
            warnings.append(
                f"{daily[c]:,.0f} USD a day {channel}: a guess, spent were {low:,.0f} to {high:,.0f}."
            )
    if dates[0] > pd.Timestamp(artefact["last_day"]) + pd.Timedelta(days=62):
        warnings.append(
            f"{dates[0]:%Y-%m} lies more than two months after the data: trend and season are guesses."
        )
    return warnings


def _artefact(fitted: FittedMix, health: pd.DataFrame, noise: float) -> dict[str, Any]:
    days = fitted.days
    by_month = pd.Series(days.offered).groupby(days.dates.month).mean().reindex(range(1, 13))
    arrays = {
        name: np.array([getattr(mix, name) for mix in fitted.all]) for name in ("decay", "half", "effect")
    }
    return {
        **arrays,
        "base": np.array([mix.base for mix in fitted.all]),
        "before": fitted.before,
        "noise": noise,
        "first_day": str(days.dates[0].date()),
        "last_day": str(days.dates[-1].date()),
        "offered_by_month": by_month.fillna(days.offered.mean()).to_numpy(dtype=float),
        "seen": np.column_stack([days.spend.min(axis=0), days.spend.max(axis=0)]),
        "verdict": str(health["verdict"].iloc[0]),
    }


def _metrics(health: pd.DataFrame, days: int) -> pd.DataFrame:
    kept = health[health["check_name"].isin(["held_out_r2", "held_out_r2_gained", "explained_by_spend"])]
    rows = kept.rename(columns={"check_name": "metric"}).assign(
        split=np.where(kept["check_name"] == "explained_by_spend", "in_sample", "forward"), n=days
    )
    return rows[list(METRIC_COLUMNS)].reset_index(drop=True)


def _card(days: Days, health: pd.DataFrame, left_out: int) -> str:
    said = "\n".join(f"- {row.message}" for row in health.itertuples() if not row.is_met)
    return (
        f"# Marketing mix\n\n**Data.** {len(days.dates)} days, {len(days.lifts.lift)} lift tests"
        + (f" ({left_out} left out, not within the days)" if left_out else "")
        + ".\n\n"
        "**Method.** Daily net revenue by geometric adstock and saturation of two channels, beside"
        f" {', '.join(dict.fromkeys(PARTS))}; least squares with no negative channel; intervals from"
        f" resampled blocks of days.\n\n**Verdict.** {health['verdict'].iloc[0]}.\n\n{said}"
    )


TASK = Task("marketing_mix", version=2, fit=fit)
