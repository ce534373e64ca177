"""How often profiles of segments are right: intervals that hold the truth, and chance called a difference.

    python studies/segment_profiles.py             # 5,000 sets a case, to docs/studies/segment_profiles.md

With `make studies`. A small part of it runs in the tests.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import stats

from bank_marketing.segments import profiles
from bank_marketing.segments.profiles import Sample

REPOSITORY = Path(__file__).resolve().parents[1]
Draw = Callable[[np.random.Generator, int], np.ndarray]

# Name, how a value is drawn, its mean, customers of the segment and of the rest.
CASES: list[tuple[str, Draw, float, int, int]] = [
    ("normal", lambda rng, n: rng.normal(10, 2, n), 10, 50, 950),
    ("lognormal (1)", lambda rng, n: rng.lognormal(0, 1, n), np.exp(0.5), 50, 950),
    ("lognormal (1)", lambda rng, n: rng.lognormal(0, 1, n), np.exp(0.5), 300, 700),
    ("lognormal (1.5)", lambda rng, n: rng.lognormal(0, 1.5, n), np.exp(1.125), 50, 950),
    ("lognormal (1.5)", lambda rng, n: rng.lognormal(0, 1.5, n), np.exp(1.125), 300, 1_200),
    ("lognormal (2)", lambda rng, n: rng.lognormal(0, 2, n), np.exp(2), 50, 950),
    ("half are zero, else gamma", lambda rng, n: rng.gamma(1, size=n) * (rng.random(n) < 0.5), 0.5, 50, 950),
]
SEGMENTS, TRAITS, CUSTOMERS = 5, 20, 1_500


def sample_of(values: np.ndarray) -> Sample:
    """Return what a profile knows of the values."""
    mean = values.mean()
    return Sample(len(values), mean, values.var(ddof=1), ((values - mean) ** 3).mean())


def judge_case(draw: Draw, truth: float, n: int, rest_n: int, sets: int, seed: int) -> list[float]:
    """Return the shares of sets in which intervals hold and tests reject; segment and rest are alike."""
    rng = np.random.default_rng(seed)
    counts = np.zeros(5)
    for _ in range(sets):
        values, rest_values = draw(rng, n), draw(rng, rest_n)
        segment, rest = sample_of(values), sample_of(rest_values)
        interval, rest_interval = profiles.mean_interval(segment), profiles.mean_interval(rest)
        student = stats.t.interval(0.95, n - 1, segment.mean, stats.sem(values))
        _, low, high = profiles.share_of_whole(
            segment.mean, interval, rest.mean, rest_interval, n / (n + rest_n)
        )
        counts += [
            interval[0] <= truth <= interval[1],
            student[0] <= truth <= student[1],
            low <= 1 <= high,
            profiles.mean_p_value(segment, rest) < 0.05,
            stats.ttest_ind(values, rest_values, equal_var=False).pvalue < 0.05,
        ]
    return (counts / sets).tolist()


def share_of_tables_with_a_find(sets: int, seed: int) -> float:
    """Return in how many tables of pure noise anything survives the correction; 5 % are allowed."""
    rng = np.random.default_rng(seed)
    found = 0
    for _ in range(sets):
        segment = rng.integers(0, SEGMENTS, CUSTOMERS)
        p_values = []
        for _ in range(TRAITS):
            values = rng.lognormal(0, 1, CUSTOMERS)
            samples = [sample_of(values[segment == number]) for number in range(SEGMENTS)]
            p_values += [
                profiles.mean_p_value(own, profiles.pool([*samples[:number], *samples[number + 1 :]]))
                for number, own in enumerate(samples)
            ]
        found += stats.false_discovery_control(p_values).min() <= profiles.FALSE_DISCOVERY_RATE
    return found / sets


def report(sets: int) -> str:
    """Return the page of figures."""
    lines = [
        f"| {name} | {n:,} | {rest_n:,} | "
        + " | ".join(f"{100 * share:.1f}" for share in judge_case(draw, truth, n, rest_n, sets, seed))
        + " |"
        for seed, (name, draw, truth, n, rest_n) in enumerate(CASES)
    ]
    tables = max(sets // 10, 20)
    share = share_of_tables_with_a_find(tables, seed=99)
    return f"""# How often profiles of segments are right

Of {sets:,} sets of each case, made and judged by `studies/segment_profiles.py` (`make studies`), segment and
rest drawn alike: in how many percent the 95 % intervals hold the truth, and in how many the test calls chance
a difference at 5 %. Student's interval and Welch's test stand beside for comparison; profiles don't use them.
The numbers behind lognormal are standard deviations of the logarithm.

| values | segment | rest | interval holds | (Student's) | index's interval holds | test errs | (Welch's) |
|---|---:|---:|---:|---:|---:|---:|---:|
{chr(10).join(lines)}

The test is careful: it takes the larger of two p-values. Intervals of amounts with very long tails and of few
customers hold less often than they say, since the largest customers are missing from most samples.

Of {tables:,} whole tables of pure noise ({SEGMENTS} segments of {CUSTOMERS:,} customers in all, {TRAITS}
lognormal traits), {100 * share:.1f} % had any row that survived the correction; 5 % are allowed.
"""


def main() -> None:
    """Simulate and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sets", type=int, default=5_000, help="sets of each case (default 5000)")
    page = REPOSITORY / "docs" / "studies" / "segment_profiles.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(report(parser.parse_args().sets))


if __name__ == "__main__":
    main()
