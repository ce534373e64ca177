"""How often a column of pure noise is called a driver, and a real driver one.

    python studies/noise_drivers.py             # 100 sets a case, to docs/studies/noise_drivers.md

With `make studies`. A small part of it runs in the tests.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sample_customers import new_samples, sample_customers
from threadpoolctl import threadpool_limits

from bank_marketing.campaigns.columns import ARMS, CUSTOMER_NUMBERS, ENGAGEMENT, GENDER, SPEND, TARGET
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.importance import held_out_importances

REPOSITORY = Path(__file__).resolve().parents[1]
ROWS = 1_000
REAL, NOISE = ("a", "b"), "noise"
SETTINGS = {
    "repeats": DEPTHS["quick"].importance_repeats,
    "permutations": DEPTHS["quick"].importance_permutations,
}
# Of the sample's conversions (campaigns/sample.py); gender and shares have nothing to do with them.
PLANTED = (
    "campaign_type",
    "campaign_channel",
    SPEND,
    "previous_purchases",
    "loyalty_points",
    *(name for name in ENGAGEMENT if name != "social_shares"),
)
PLANTED_NOISE = (GENDER, "social_shares")

# Each draws the outcome given the traits.
CASES: dict[str, Callable[[pd.DataFrame, np.random.Generator], np.ndarray]] = {
    "number, two drivers": lambda x, rng: x["a"] + 0.5 * x["b"] ** 2 + rng.normal(size=len(x)),
    "yes or no by thresholds, two drivers": lambda x, rng: (
        rng.random(len(x)) < np.where((x["a"] > -0.5) & (x["b"] > -0.5), 0.9, 0.4)
    ).astype(float),
    "number, nothing to be found": lambda x, rng: rng.normal(size=len(x)),
    "yes or no, nothing to be found": lambda x, rng: (rng.random(len(x)) < 0.85).astype(float),
}


def try_case(case: str, *, sets: int, seed: int = 1) -> pd.DataFrame:
    """Look for drivers in some sets of one case.

    Parameters
    ----------
    case : str
        One of `CASES`.
    sets : int
        How many are drawn.
    seed : int
        Of the first; the next ones follow.

    Returns
    -------
    DataFrame
        One row a set: for each feature, whether it was called a driver.
    """
    rows = []
    for number in range(seed, seed + sets):
        rng = np.random.default_rng(number)
        features = pd.DataFrame(rng.normal(size=(ROWS, 4)), columns=[*REAL, "c", NOISE])
        found = held_out_importances(features, CASES[case](features, rng), **SETTINGS, seed=number)
        is_driver = (found.table["importance_low"] > 0) & (found.skill[0] > 0)
        rows.append(dict(zip(found.table["feature"], is_driver, strict=True)))
    return pd.DataFrame(rows)


def try_sample(customers: pd.DataFrame, *, seed: int) -> dict[str, bool]:
    """Look for drivers of conversion in the sample, as a build at depth quick does.

    Parameters
    ----------
    customers : DataFrame
        As of `sample_customers`.
    seed : int
        Of folds, boosting and shuffles; builds have 1.

    Returns
    -------
    dict of str to bool
        For each of `PLANTED` and `PLANTED_NOISE`, whether it was called a driver.
    """
    features = pd.concat(
        [
            customers[[*CUSTOMER_NUMBERS, SPEND, *ENGAGEMENT]].astype(float),
            customers[[GENDER, *ARMS]].astype(object),
        ],
        axis=1,
    )
    found = held_out_importances(features, customers[TARGET], **SETTINGS, seed=seed)
    is_driver = (found.table["importance_low"] > 0) & (found.skill[0] > 0)
    told = dict(zip(found.table["feature"], is_driver, strict=True))
    return {name: bool(told[name]) for name in (*PLANTED, *PLANTED_NOISE)}


def main() -> None:
    """Try all cases and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=100)
    parser.add_argument("--samples", type=int, default=20)
    args = parser.parse_args()
    sets, samples = args.sets, args.samples
    lines = []
    for case in CASES:
        tried = try_case(case, sets=sets)
        real = "" if case.endswith("found") else " and ".join(str(tried[name].sum()) for name in REAL)
        lines.append(f"| {case} | {tried[NOISE].sum()} | {tried['c'].sum()} | {real} |")
        print(lines[-1], flush=True)
    with threadpool_limits(1):
        customers = sample_customers()
        of_seeds = pd.DataFrame([try_sample(customers, seed=seed) for seed in range(1, samples + 1)])
        of_draws = pd.DataFrame([try_sample(drawn, seed=1) for drawn in new_samples(samples)])
    in_sample = [
        f"| {name} | {'driver' if name in PLANTED else 'noise'}"
        f" | {of_seeds[name].sum()} | {of_draws[name].sum()} |"
        for name in of_seeds
    ]
    page = REPOSITORY / "docs" / "studies" / "noise_drivers.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(
        f"""# How often noise is called a driver

Of {sets} sets of each case ({ROWS:,} rows, four features), made and judged by `studies/noise_drivers.py`
(`make studies`) at depth quick: how often a feature that has nothing to do with the outcome is called one
(two of them), and how often each of the two that have.

| case | noise | other noise | real drivers |
|---|---:|---:|---:|
"""
        + "\n".join(lines)
        + f"""

In the sample itself ({len(customers):,} customers): of {samples} fits with other folds, and of {samples}
samples drawn anew, how many call a feature a driver of conversion.

| feature | planted as | other folds | drawn anew |
|---|---|---:|---:|
"""
        + "\n".join(in_sample)
        + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
