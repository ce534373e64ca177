"""Health of the marketing mix: what speaks for and against believing it, and a verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bank_marketing.methods.intervals import Z
from bank_marketing.methods.media_mix import (
    BLOCK_DAYS,
    FloatArray,
    Mix,
    MixFitter,
    adstock,
    contributions,
    fit_mix,
)
from bank_marketing.sales.mix_days import CHANNELS, Days, base_penalty
from bank_marketing.sales.mix_tables import FittedMix

HELD_OUT_DAYS = 61
LEVEL = 0.05
MOST_CORRELATION = 0.7
LEAST_DAYS_A_PARAMETER = 10.0
LEAST_OFF_SHARE = 0.05
LEAST_EXPLAINED = 0.5
MOST_RETURN = 10.0
MOST_VARIATION = 0.25
# Of what the channels are given; by its best curve a placebo always gets a little.
MOST_PLACEBO = 0.25
# A shop that sells every day and not a thing for longer lacks a part of its file.
MOST_DAYS_UNSOLD = 14
# A series moved by less than this has much in common with itself.
LEAST_SHIFT = 30
VERDICTS = ("may be used", "use with care", "says nothing")


@dataclass(frozen=True)
class Check:
    """One check: its name, whom it is about, the figure, its bar and what it means."""

    check_name: str
    channel: str
    value: float
    threshold: float
    is_met: bool
    message: str
    value_low: float = np.nan
    value_high: float = np.nan


def health_table(fitted: FittedMix, *, shifts: int, seed: int) -> pd.DataFrame:
    """Check a mix and come to a verdict.

    'says nothing' if moved spend explains as much as the real one does, no channel's contribution can be told
    from 0, or the sales of many days in a row are missing; 'use with care' if any other check fails; else
    'may be used'.

    Parameters
    ----------
    fitted : FittedMix
        The mix.
    shifts : int
        How many series of moved spend it is held against.
    seed : int
        Of the moves.

    Returns
    -------
    pandas.DataFrame
        One row a check and channel ('all' where it is about both): value with its ends, threshold, is_met,
        message; verdict is the same on all rows.
    """
    days = fitted.days
    moved = moved_spend(days.spend, shifts, np.random.default_rng(seed))
    contributed = [_contribution_check(fitted, c) for c in range(len(CHANNELS))]
    beyond, unsold = _beyond_chance(fitted, moved), _days_unsold(days)
    checks = [
        unsold,
        beyond,
        *contributed,
        *_held_out(days, seed),
        _correlation(fitted),
        _days_a_parameter(days),
        *(_days_without(days, c) for c in range(len(CHANNELS))),
        _explained(fitted),
        _baseline(fitted),
        *(_return(fitted, c) for c in range(len(CHANNELS))),
        *(_variation(fitted, c) for c in range(len(CHANNELS))),
        placebo_check(fitted, moved),
    ]
    says_nothing = not unsold.is_met or not beyond.is_met or not any(check.is_met for check in contributed)
    verdict = VERDICTS[2] if says_nothing else VERDICTS[not all(check.is_met for check in checks)]
    return pd.DataFrame([vars(check) for check in checks]).assign(verdict=verdict)


def moved_spend(spend: FloatArray, shifts: int, random: np.random.Generator) -> list[FloatArray]:
    """Return the spend of both channels moved in time together, by the shift of each move."""
    days = len(spend)
    room = np.arange(LEAST_SHIFT, max(days - LEAST_SHIFT, LEAST_SHIFT + 1))
    drawn = random.choice(room, size=shifts, replace=shifts > len(room))
    return [np.roll(spend, int(shift), axis=0) for shift in drawn]


def _days_unsold(days: Days) -> Check:
    """Look for a part of the sales that is missing: without revenue or spend it would pass for marketing."""
    numbers = np.flatnonzero(days.revenue != 0)
    longest = int(np.diff(numbers, prepend=-1, append=len(days.revenue)).max()) - 1
    is_met = longest <= MOST_DAYS_UNSOLD
    message = f"At most {longest} days in a row sold nothing" + (
        "." if is_met else ": their sales seem to be missing; load them, or start after the gap."
    )
    return Check("longest_days_without_sales", "all", longest, MOST_DAYS_UNSOLD, is_met, message)


def _beyond_chance(fitted: FittedMix, moved: list[FloatArray]) -> Check:
    days, penalty = fitted.days, base_penalty()
    by_chance = np.array(
        [fit_mix(days.revenue, spend, days.base, penalty=penalty).explained for spend in moved]
    )
    p_value = float((1 + (by_chance >= fitted.mix.explained).sum()) / (1 + len(moved)))
    message = (
        f"The spend explains {fitted.mix.explained:.1%} of what season and weekday leave; the same spend at"
        f" wrong times explains {np.median(by_chance):.1%} and more in half of the cases."
    )
    return Check("spend_beyond_chance_p_value", "all", p_value, LEVEL, p_value <= LEVEL, message)


def _contribution_check(fitted: FittedMix, c: int) -> Check:
    total = fitted.days.revenue.sum()
    shares = np.array(
        [contributions(mix, fitted.days.spend)[:, c].sum() / total for mix in fitted.all], dtype=float
    )
    value, half = float(shares[0]), Z * float(shares[1:].std(ddof=1))
    is_met = value - half > 0
    message = (
        f"{CHANNELS[c].capitalize()} brought {value:.0%} of the revenue, between {value - half:.0%} and"
        f" {value + half:.0%}" + ("." if is_met else ": whether it brought anything can't be told.")
    )
    return Check("contribution_share", CHANNELS[c], value, 0.0, is_met, message, value - half, value + half)


def _held_out(days: Days, seed: int) -> list[Check]:
    """Forecast the last two months by a fit to the days before, with and without spend."""
    cut = len(days.dates) - min(HELD_OUT_DAYS, len(days.dates) // 4)
    past, truth = days.until(cut), days.revenue[cut:]
    errors = []
    for spend in (days.spend, np.zeros_like(days.spend)):
        lifts = past.lifts if spend.any() else None
        mix = fit_mix(past.revenue, spend[:cut], past.base, penalty=base_penalty(), lifts=lifts)
        forecast = days.base[cut:] @ mix.base + contributions(mix, spend)[cut:].sum(axis=1)
        errors.append((truth - forecast) ** 2)
    # As everywhere, R2 is held against the mean of the days that are foretold, which no forecast knows.
    spread = max(float(truth.var()), 1e-9)
    scores = [float(1 - error.mean() / spread) for error in errors]
    random, gain = np.random.default_rng(seed), errors[1] - errors[0]
    starts = random.integers(0, len(gain), (500, -(-len(gain) // BLOCK_DAYS)))
    rows = (starts[:, :, None] + np.arange(BLOCK_DAYS)).reshape(500, -1)[:, : len(gain)] % len(gain)
    half = Z * float(gain[rows].mean(axis=1).std(ddof=1) / spread)
    better = scores[0] - scores[1]
    message = (
        f"Of the last {len(truth)} days, which the fit hadn't seen, it foretells R2 {scores[0]:.2f} with"
        f" spend and {scores[1]:.2f} without (against the mean of those days)."
    )
    return [
        Check("held_out_r2", "all", scores[0], 0.0, scores[0] > 0, message),
        Check(
            "held_out_r2_gained", "all", better, 0.0, better - half > 0, message, better - half, better + half
        ),
    ]


def _correlation(fitted: FittedMix) -> Check:
    one, other = (adstock(fitted.days.spend[:, c], fitted.mix.decay[c]) for c in range(len(CHANNELS)))
    is_flat = min(one.std(), other.std()) == 0
    value = 0.0 if is_flat else float(np.corrcoef(one, other)[0, 1])
    message = (
        f"Adstocks of the channels go together by {value:.2f}: the closer to 1, the less they can be parted."
    )
    return Check(
        "correlation_of_channels", "all", value, MOST_CORRELATION, abs(value) <= MOST_CORRELATION, message
    )


def _days_a_parameter(days: Days) -> Check:
    value = len(days.dates) / (days.base.shape[1] + 3 * len(CHANNELS))
    message = f"{len(days.dates)} days for {days.base.shape[1] + 3 * len(CHANNELS)} parameters."
    return Check(
        "days_per_parameter", "all", value, LEAST_DAYS_A_PARAMETER, value >= LEAST_DAYS_A_PARAMETER, message
    )


def _days_without(days: Days, c: int) -> Check:
    value = float(np.mean(days.spend[:, c] == 0))
    tested = (days.lifts.channel == c).any()
    is_met = bool(value >= LEAST_OFF_SHARE or tested)
    message = f"{CHANNELS[c].capitalize()} had no spend on {value:.0%} of the days" + (
        "." if is_met else ": level not identified, what it brings and what would come anyway look alike."
    )
    return Check("share_of_days_without_spend", CHANNELS[c], value, LEAST_OFF_SHARE, is_met, message)


def _explained(fitted: FittedMix) -> Check:
    value = fitted.mix.explained
    total = np.array([contributions(mix, fitted.days.spend).sum() for mix in fitted.all])
    off = Z * total[1:].std(ddof=1) / total[0] if total[0] > 0 else np.inf
    far = f"{off:.0%} either way" if np.isfinite(off) and off < 5 else "many times over"
    message = f"Spend explains {value:.0%} of what the base leaves; its contribution may be off by {far}."
    return Check("explained_by_spend", "all", value, LEAST_EXPLAINED, value >= LEAST_EXPLAINED, message)


def _baseline(fitted: FittedMix) -> Check:
    level = np.array([(fitted.days.base @ mix.base).mean() for mix in fitted.all])
    value, half = float(level[0]), Z * float(level[1:].std(ddof=1))
    ends = f"{value - half:,.0f} and {value + half:,.0f}"
    message = f"Without marketing {value:,.0f} USD a day would come, between {ends}."
    return Check(
        "baseline_usd_a_day", "all", value, 0.0, value - half > 0, message, value - half, value + half
    )


def _return(fitted: FittedMix, c: int) -> Check:
    spend = fitted.days.spend[:, c].sum()
    value = float(contributions(fitted.mix, fitted.days.spend)[:, c].sum() / spend) if spend > 0 else 0.0
    message = (
        f"A dollar spent {CHANNELS[c]} returned {value:.2f}; more than {MOST_RETURN:.0f} isn't plausible."
    )
    return Check("return_per_usd", CHANNELS[c], value, MOST_RETURN, value <= MOST_RETURN, message)


def _variation(fitted: FittedMix, c: int) -> Check:
    totals = np.array([contributions(mix, fitted.days.spend)[:, c].sum() for mix in fitted.all])
    value = float(totals[1:].std(ddof=1) / totals[0]) if totals[0] > 0 else None
    if value is None:
        message = f"The fit gives {CHANNELS[c]} nothing, so its curve can't be told."
        return Check("variation_under_resampling", CHANNELS[c], np.nan, MOST_VARIATION, False, message)
    message = f"Under resampling the contribution of {CHANNELS[c]} varies by {value:.0%} (standard error)."
    return Check(
        "variation_under_resampling", CHANNELS[c], value, MOST_VARIATION, value <= MOST_VARIATION, message
    )


def placebo_check(fitted: FittedMix, moved: list[FloatArray]) -> Check:
    """Give the model a third channel that can't matter: the spend at wrong times, beside the real ones.

    Parameters
    ----------
    fitted : FittedMix
        The mix; its resamples aren't read.
    moved : list of numpy.ndarray
        What `moved_spend` returned.

    Returns
    -------
    Check
        Met if the placebo gets at most a quarter of what the channels get.
    """
    days, penalty = fitted.days, base_penalty()
    real = np.column_stack([_curve(fitted.mix, days.spend, c) for c in range(len(CHANNELS))])
    base = np.column_stack([days.base, real])
    costs = np.append(penalty, np.zeros(len(CHANNELS)))
    shares = []
    for spend in moved:
        placebo = np.column_stack([spend.sum(axis=1), np.zeros(len(spend))])
        mix = MixFitter(placebo, base, penalty=costs).fit(days.revenue)
        shares.append(contributions(mix, placebo).sum() / days.revenue.sum())
    value = float(np.median(shares))
    bar = MOST_PLACEBO * float(contributions(fitted.mix, days.spend).sum() / days.revenue.sum())
    message = (
        f"A placebo, the spend at wrong times, gets {value:.1%} of the revenue in half of {len(shares)}"
        f" cases; more than {bar:.1%}, a quarter of what the channels get, would make them doubtful."
    )
    return Check("placebo_contribution_share", "all", value, bar, value <= bar, message)


def _curve(mix: Mix, spend: FloatArray, c: int) -> FloatArray:
    carried = adstock(spend[:, c], mix.decay[c])
    saturated: FloatArray = carried / (carried + mix.half[c])
    return saturated
