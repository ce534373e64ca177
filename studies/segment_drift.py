"""Simulate how often drift and change points are found, where there are some and where there are none.

Writes docs/studies/segment_drift.md. Takes some two minutes.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from bank_marketing.methods import drift
from bank_marketing.methods.change_point import TRIM, find_change

PAGE = Path(__file__).parents[1] / "docs" / "studies" / "segment_drift.md"
SERIES = 200
PAIRS = 100
HALVES = 500
# Fewer than the monitor draws (999): the critical value is a little less exact, the study five times as fast.
DRAWS = 199
CUSTOMERS = 6_000
FEATURES = 5


def series(n: int, change_at: int, before: float, after: float, seed: int) -> np.ndarray:
    """Draw labels whose rate changes after `change_at` rows."""
    return np.random.default_rng(seed).random(n) < np.where(np.arange(n) < change_at, before, after)


def customers(n: int, seed: int, shift: float = 0.0) -> pd.DataFrame:
    """Draw customers with independent normal features, the first one shifted by standard deviations."""
    values = np.random.default_rng(seed).normal(size=(n, FEATURES))
    values[:, 0] += shift
    return pd.DataFrame(values, columns=[f"feature_{number}" for number in range(FEATURES)])


def false_alarms_of_series() -> list[str]:
    """Return one line for each length and rate of stable series."""
    lines = []
    for n in (300, 2_000, 8_000):
        for rate in (0.02, 0.2, 0.5, 0.9):
            alarms = sum(
                find_change(series(n, 0, rate, rate, s), seed=s, draws=DRAWS).is_change for s in range(SERIES)
            )
            lines.append(f"| {n:,} | {rate} | {alarms / SERIES:.1%} |")
    return lines


def found_changes(n: int = 8_000) -> list[str]:
    """Return one line for each planted change."""
    lines = []
    for before, after in ((0.9, 0.6), (0.9, 0.8), (0.2, 0.25), (0.02, 0.03)):
        for share in (0.1, 0.5, 0.91):
            found = [
                find_change(series(n, int(share * n), before, after, s), seed=s, draws=DRAWS)
                for s in range(SERIES)
            ]
            alarms = [change for change in found if change.is_change]
            near = [c for c in alarms if abs((c.position or 0) - share * n) <= TRIM * n]
            figures = f"{len(alarms) / SERIES:.1%} | {len(near) / SERIES:.1%}"
            lines.append(f"| {before} to {after} | {share:.0%} | {figures} |")
    return lines


def refits() -> list[str]:
    """Return one line for each number and kind of new customers."""
    lines = []
    for share in (0.05, 0.3):
        for shift in (0.0, 1.0, 1.5, 2.0, 4.0):
            changed, alarms, distances = 0, 0, []
            for seed in range(PAIRS):
                earlier = customers(CUSTOMERS, seed)
                newcomers = customers(int(share * CUSTOMERS), 10_000 + seed, shift)
                comparison = drift.compare(drift.reference(earlier), pd.concat([earlier, newcomers]))
                changed += bool(comparison["is_changed"].any())
                alarms += drift.needs_refit(comparison)
                distances.append(comparison["distance"].iloc[0])
            figures = f"{np.mean(distances):.3f} | {changed / PAIRS:.1%} | {alarms / PAIRS:.1%}"
            lines.append(f"| {share:.0%} | {shift:g} | {figures} |")
    return lines


def mixed(n: int, seed: int) -> pd.DataFrame:
    """Draw customers with numbers, shares with many zeros, names, rare names, flags and missing values."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "income": random.lognormal(11, 0.6, n),
            "age_years": random.gamma(13.8, 2.8, n).round(),
            "share": np.where(random.random(n) < 0.6, 0.0, random.random(n)),
            "purchases": random.poisson(2, n),
            "is_member": random.random(n) < 0.95,
            "channel": random.choice(["Email", "PPC", "SEO"], n, p=[0.5, 0.3, 0.2]),
            "city": [f"city {number}" for number in random.geometric(0.15, n)],
        }
    )
    return frame.assign(income=frame["income"].where(random.random(n) > 0.05))


def false_alarms_of_halves() -> list[str]:
    """Return one line for each size of a stable population that is parted into two halves by chance."""
    lines = []
    for n in (100, 400, 4_000):
        comparisons = []
        for seed in range(HALVES):
            frame = mixed(n, seed)
            comparisons.append(drift.compare(drift.reference(frame[: n // 2]), frame[n // 2 :]))
        changed = sum(bool(comparison["is_changed"].any()) for comparison in comparisons)
        alarms = sum(drift.needs_refit(comparison) for comparison in comparisons)
        lines.append(f"| {n:,} | {changed / HALVES:.1%} | {alarms / HALVES:.1%} |")
    return lines


def main() -> None:
    """Write the page."""
    newline = "\n"
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(f"""# How often drift is found

Made by `make studies` (studies/segment_drift.py) from {SERIES} simulated series, for refits from {PAIRS}
pairs of populations.

## Change points: alarms where the rate stays

The level is 1 %.

| labels | rate | alarms |
|---|---|---|
{newline.join(false_alarms_of_series())}

## Change points: planted changes in 8,000 labels

| rate | place | found | found within 2 % of the rows |
|---|---|---|---|
{newline.join(found_changes())}

## Refits: new customers beside {CUSTOMERS:,} of the reference

{FEATURES} independent normal features, of which one is shifted. A refit follows when some feature is changed
(corrected p-value below {drift.ALPHA:.0%}) and the distance of its distributions is {drift.LEAST_DISTANCE}
or more.

| new customers | shift in standard deviations | mean distance of the shifted feature | changed | refits |
|---|---|---|---|---|
{newline.join(refits())}

## Refits: alarms between two halves of the same population

{HALVES} populations with numbers, shares that are mostly zero, names, rare names, flags and missing values,
parted by chance.

| customers in both halves | changed | refits |
|---|---|---|
{newline.join(false_alarms_of_halves())}
""")


if __name__ == "__main__":
    main()
