"""How often the uplift of a retention campaign is found where one was planted, and where none was.

    python studies/retention_uplift.py             # 200 campaigns a case, to docs/studies/retention_uplift.md

With `make studies`. A small part of it runs in the tests.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from bank_marketing.churn.retention_uplift import measure_uplift

REPOSITORY = Path(__file__).resolve().parents[1]
CONTROL_SHARE = 0.1
# The share of the risky half whom the action keeps, in points; the other half it leaves as they are.
EFFECTS = (0.0, 0.05, 0.15)
SIZES = (1_000, 4_000)


def draw_campaign(n: int, effect: float, *, seed: int) -> pd.DataFrame:
    """Draw a campaign in which a random tenth was left alone.

    Parameters
    ----------
    n : int
        Customers.
    effect : float
        By how much the action lowers the chance of leaving in the risky half.
    seed : int
        Same seed, same campaign.

    Returns
    -------
    DataFrame
        Rows as `features_retention_uplift` has them.
    """
    random = np.random.default_rng(seed)
    risk, held_out = random.beta(2, 3, n), random.random(n) < CONTROL_SHARE
    is_risky = risk > 0.386  # the median of that distribution
    chance = 0.2 + 0.5 * risk - effect * (~held_out & is_risky)
    return pd.DataFrame(
        {
            "customer_id": np.arange(n),
            "source_line": np.arange(n) + 2,
            "outcome_kind": "exited",
            "country": random.choice(["France", "Germany", "Spain"], n),
            "age_years": random.integers(20, 70, n),
            "tenure_years": random.integers(0, 10, n),
            "balance": random.normal(50_000, 10_000, n),
            "products": random.integers(1, 4, n),
            "is_active": random.random(n) < 0.5,
            "churn_probability": risk,
            "risk": np.where(is_risky, "upper half", "lower half"),
            "is_listed": True,
            "is_held_out": held_out,
            "holdout_share": CONTROL_SHARE,
            "is_treated": ~held_out,
            "is_good": random.random(n) >= chance,
        }
    )


def try_case(n: int, effect: float, *, campaigns: int) -> dict[str, float]:
    """Measure some campaigns of one case.

    Parameters
    ----------
    n : int
        Customers of each.
    effect : float
        Planted effect on the risky half.
    campaigns : int
        How many are drawn.

    Returns
    -------
    dict of str to float
        Shares of campaigns: covered and reported (the interval of the overall difference holds the planted
        one; leaves out zero), risky_covered (the same of the risky half), qini_reported, randomised.
    """
    found = []
    for seed in range(campaigns):
        measured = measure_uplift(draw_campaign(n, effect, seed=seed), is_stated_random=False, seed=seed)
        of_group = measured[measured["measure"] == "difference"].set_index("group_value")
        overall, risky = of_group.loc["all"], of_group.loc["upper half"]
        qini = measured[measured["measure"] == "qini_coefficient"].iloc[0]
        found.append(
            {
                "covered": overall["value_low"] <= effect / 2 <= overall["value_high"],
                "reported": overall["value_low"] > 0,
                "risky_covered": risky["value_low"] <= effect <= risky["value_high"],
                "qini_reported": qini["value_low"] > 0,
                "randomised": overall["evidence"] == "randomised",
            }
        )
    return {str(name): float(share) for name, share in pd.DataFrame(found).mean().items()}


def main() -> None:
    """Try all cases and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--campaigns", type=int, default=200)
    campaigns = parser.parse_args().campaigns
    lines = []
    for n in SIZES:
        for effect in EFFECTS:
            shares = try_case(n, effect, campaigns=campaigns)
            lines.append(
                f"| {n:,} | {effect:.2f} | {shares['covered']:.1%} | {shares['risky_covered']:.1%} |"
                f" {shares['reported']:.1%} | {shares['qini_reported']:.1%} | {shares['randomised']:.1%} |"
            )
            print(lines[-1], flush=True)
    page = REPOSITORY / "docs" / "studies" / "retention_uplift.md"
    page.write_text(
        f"""# How often the uplift of a retention campaign is found

Of {campaigns} campaigns of each case, made and measured by `studies/retention_uplift.py` (`make studies`): a
random tenth of the customers is left alone, and the action lowers the chance of leaving of the half with the
higher risk by the planted effect. How often the 95 % interval holds the planted difference, overall and in
the risky half (there it is joint over the groups, so it should hold 97.5 %); how often an uplift is reported
(the interval lies above zero); how often the Qini coefficient's interval lies above zero; how often the
assignment passes as random.

| customers | planted | interval holds | risky half's holds | uplift reported | Qini above zero | randomised |
|---:|---:|---:|---:|---:|---:|---:|
"""
        + "\n".join(lines)
        + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
