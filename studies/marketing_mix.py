"""How often intervals of the marketing mix hold what was planted, at several noises.

    python studies/marketing_mix.py             # 200 simulations a noise, to docs/studies/marketing_mix.md

With `make studies`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.media_mix import LiftTests, Mix, MixFitter, contributions, fit_mix, resample_mix
from bank_marketing.sales.mix_days import Days, base_columns, base_penalty
from bank_marketing.sales.mix_health import moved_spend, placebo_check
from bank_marketing.sales.mix_tables import FittedMix

REPOSITORY = Path(__file__).resolve().parents[1]
DAYS = 365
OFF = 0.3
PLANTED = Mix(
    np.array([0.3, 0.6]),
    np.array([2500.0, 7000.0]),
    np.array([4500.0, 4500.0]),
    np.zeros(0),
    np.zeros(0),
    0.0,
)
# Share of what the base leaves that spend explains.
EXPLAINED = (0.9, 0.8, 0.5, 0.3)
RESAMPLES = 100
# Seeds that no bar was set by.
PLACEBO_WORLDS = 30
PLACEBO_SEED = 7001


def draw_world(seed: int, explained: float, off: float = OFF) -> tuple[Days, np.ndarray]:
    """Draw a year of independent spend and its revenue, and what each channel brings; 0: neither does."""
    rng = np.random.default_rng(seed)
    dates = pd.date_range("2019-01-01", periods=DAYS)
    offered = np.array([0.1, 0.2, 0.3])[(dates.month - 1) % 3]
    spend = np.exp(rng.normal(0, 0.6, (DAYS, 2))) * [2000, 3000] * (rng.random((DAYS, 2)) >= off)
    base = base_columns(dates, offered, dates[0])
    brought = contributions(PLANTED, spend)
    scale = np.array([3000, 300, *[500] * 6, 0, *[300] * 6])
    mean = base @ (scale * np.append(1, rng.normal(0, 1, 14))) + brought.sum(axis=1)
    orthonormal, _ = np.linalg.qr(base)
    total = brought.sum(axis=1)
    left = total - orthonormal @ (orthonormal.T @ total)
    noise = np.sqrt(left.var() * (1 - explained) / explained) if explained else left.std()
    outcome = mean - (0 if explained else total) + rng.normal(0, noise, DAYS)
    none = np.zeros(0)
    lifts = LiftTests(none.astype(np.int64), np.zeros((0, DAYS), dtype=bool), none, none, none)
    return Days(dates, outcome, spend, offered, lifts), brought


def try_world(seed: int, explained: float) -> list[dict[str, float]]:
    """Fit a year and hold the estimates against the truth."""
    days, brought = draw_world(seed, explained)
    spend, outcome = days.spend, days.revenue
    fitter = MixFitter(spend, days.base, penalty=base_penalty())
    mix = fitter.fit(outcome)
    drawn = resample_mix(fitter, mix, outcome, resamples=RESAMPLES, seed=seed)
    sums = np.array([contributions(one, spend).sum(axis=0) for one in [mix, *drawn]])
    error = sums[1:].std(axis=0, ddof=1)
    truth = brought.sum(axis=0)
    return [
        {
            "channel": channel,
            "is_covered": float(abs(sums[0, c] - truth[c]) <= 1.96 * error[c]),
            "is_within_a_quarter": float(abs(sums[0, c] / truth[c] - 1) <= 0.25),
            "bias": sums[0, c] / truth[c] - 1,
            "half_width": 1.96 * error[c] / truth[c],
        }
        for c, channel in enumerate(("online", "offline"))
    ]


def placebo_fails(seed: int, explained: float) -> bool:
    """Tell whether the placebo gets more than its bar."""
    days, _ = draw_world(seed, explained)
    mix = fit_mix(days.revenue, days.spend, days.base, penalty=base_penalty())
    moved = moved_spend(days.spend, DEPTHS["quick"].mix_moves, np.random.default_rng(seed))
    return not placebo_check(FittedMix(days, mix, []), moved).is_met


def main() -> None:
    """Try all noises and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulations", type=int, default=200)
    simulations = parser.parse_args().simulations
    lines = []
    with threadpool_limits(1):
        for explained in EXPLAINED:
            rows = [row for seed in range(1, simulations + 1) for row in try_world(seed, explained)]
            tried = pd.DataFrame(rows)
            for channel, own in tried.groupby("channel", sort=False):
                lines.append(
                    f"| {explained:.0%} | {channel} | {own['is_covered'].mean():.1%} |"
                    f" {own['is_within_a_quarter'].mean():.1%} | {own['bias'].median():+.1%} |"
                    f" {own['half_width'].median():.0%} |"
                )
                print(lines[-1], flush=True)
        seeds = range(PLACEBO_SEED, PLACEBO_SEED + PLACEBO_WORLDS)
        failed = {share: sum(placebo_fails(seed, share) for seed in seeds) for share in (*EXPLAINED, 0.0)}
    placebos = "\n".join(
        f"| {share:.0%} | {number} of {PLACEBO_WORLDS} |" for share, number in failed.items()
    )
    print(placebos)
    page = REPOSITORY / "docs" / "studies" / "marketing_mix.md"
    page.write_text(
        f"""# How often intervals of the marketing mix hold the truth

By `studies/marketing_mix.py` (`make studies`): {simulations} years at each noise, spend of two channels
independent of each other and of the season, {OFF:.0%} of the days at zero, carry-over .3 and .6, and
everything fitted as in a build, with decay and half-saturation found anew in each of {RESAMPLES}
resamples. Of each channel's contribution over the year: how often the 95 % interval (estimate plus and
minus 1.96 bootstrap standard errors) holds it, how often the estimate is within a quarter of it, the
median error, and the median half width of the interval.

| explained by spend | channel | interval holds | within a quarter | error | half width |
|---|---|---:|---:|---:|---:|
"""
        + "\n".join(lines)
        + f"""

An interval below 95 % is that much too narrow. The channel that carries over longer (offline) is told
less well, since its adstock varies less; where spend explains less than half of what the base leaves,
half widths say how far off an estimate may be, and so does `explained_by_spend` in
`sales.marketing_mix_health`.

## The placebo

`placebo_contribution_share` gives the model the same spend at wrong times, beside the real one. Of
{PLACEBO_WORLDS}
other years at each noise, drawn after its bar was set: how often it fails. Where spend matters that is a
false alarm, in the last row, where it brings nothing, what it is for. It is one check of several:
whether spend explains more than chance is told by `spend_beyond_chance_p_value`.

| explained by spend | placebo fails |
|---|---:|
"""
        + placebos
        + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
