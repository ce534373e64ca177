#!/usr/bin/env python3
"""What policies miss on the sample's planted truth while they learn, and whether they keep the bars.

    .venv/bin/python studies/policy_regret.py          # 20 runs of 20,000 decisions: some five minutes

Writes docs/studies/policy_regret.md. Three sections: a world that stays, one in which campaigns trade places
half-way, and runs that each start from a log of their own, since one log may be a lucky one.
"""

import argparse
from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd
from sample_customers import SAMPLE, sample_customers

from bank_marketing.campaigns.personalisation import with_money
from bank_marketing.campaigns.policy_candidates import GREEDY, NO_CONTEXT, SINGLE, UNIFORM, learn
from bank_marketing.campaigns.policy_simulation import (
    CHANGED,
    CONVERSIONS,
    ELSEWHERE,
    MEMORY,
    PROFIT,
    THOMPSON,
    UNCHANGED,
    simulated,
)
from bank_marketing.campaigns.policy_truth import Setting, planted_response, setting_of, with_outcomes
from bank_marketing.methods.bayesian_logistic import Posterior

REPOSITORY = SAMPLE.parents[3]
SEEDS = REPOSITORY / "seeds"
SEED, MEMORY_DECISIONS = 1, 2_000.0
EPSILON = "epsilon-greedy"
WITH_OWN_LOGS = (THOMPSON.name, EPSILON, GREEDY, EPSILON + NO_CONTEXT, SINGLE, UNIFORM)


def main() -> None:
    """Simulate and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--decisions", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=20)
    size = vars(parser.parse_args())
    setting = sample_setting()
    stays = run(setting, UNCHANGED, CONVERSIONS, size)
    for_profit = run(setting, UNCHANGED, PROFIT, size, ELSEWHERE)
    changes = run(setting, CHANGED, CONVERSIONS, size, ELSEWHERE)
    own = run(with_own_logs(setting, size["runs"]), UNCHANGED, CONVERSIONS, size, WITH_OWN_LOGS)
    page = REPOSITORY / "docs" / "studies" / "policy_regret.md"
    page.write_text(page_of(stays, for_profit, changes, own))
    print(page.read_text())


def sample_setting() -> Setting:
    """Return the sample with its planted truth."""
    reference = SEEDS / "reference" / "campaigns"
    types, channels = (pd.read_csv(reference / f"campaign_{name}.csv") for name in ("types", "channels"))
    actions = types.merge(channels, how="cross", suffixes=("", "_of_channel"))
    actions["cost_if_accepted_usd"] += actions["cost_if_accepted_usd_of_channel"]
    customers = with_money(sample_customers(), actions)
    return setting_of(customers, planted_response(SEEDS, "sample"), seed=SEED)


def run(
    setting: Setting, world: str, aim: str, size: dict[str, int], policies: Collection[str] | None = None
) -> pd.DataFrame:
    """Simulate one world."""
    return simulated(setting, world, aim, memory=MEMORY_DECISIONS, seed=SEED, policies=policies, **size)


def with_own_logs(setting: Setting, runs: int) -> Setting:
    """Let each run start from a log of its own: the same customers and campaigns, other outcomes."""
    design = setting.learned.by_customer.design
    learned = [
        learn(
            with_outcomes(setting.customers, setting.chance, setting.learned, seed=SEED + number),
            design.types,
            design.channels,
        )
        for number in range(runs)
    ]

    def together(name: str) -> Posterior:
        each = [getattr(one, name).posterior for one in learned]
        return Posterior(np.stack([one.mean for one in each]), np.stack([one.root for one in each]))

    of_all = {
        name: replace(getattr(setting.learned, name), posterior=together(name))
        for name in ("by_customer", "alike")
    }
    return replace(setting, learned=replace(setting.learned, **of_all))


def page_of(stays: pd.DataFrame, for_profit: pd.DataFrame, changes: pd.DataFrame, own: pd.DataFrame) -> str:
    """Lay the figures out for the page."""
    decisions, runs = stays["decisions"].max(), stays["runs"].iloc[0]
    after = decisions * 3 // 4
    return f"""# What policies miss while they learn

On the committed sample, whose truth is known: {runs} runs of {decisions:,} decisions for customers drawn
from it (seed {SEED}), made by `studies/policy_regret.py` (`make studies`). Regret is what was missed beside
the campaign that is best for each customer; intervals are of 95 % over the runs. Policies start from the
sample's log; uniform and the best single campaign learn nothing. All campaigns are in that log, so there is
little to explore.{greedy_note(stays, decisions)}

## A world that stays

{table(stays, decisions)}

{bars(stays, decisions)}

Choosing by profit instead:

{table(for_profit, decisions)}

## Campaigns trade places half-way

The first campaign gets the chances of the last, and so on. Conversions missed in the
{after - decisions // 2:,} decisions after the change, with a memory of {MEMORY_DECISIONS:,.0f} decisions and
without, beside those missed in as many decisions in a world that stays, which is what forgetting costs.

{table_of_change(stays, changes, after)}

{bar_of_change(changes, after)}

## Each run from a log of its own

The same customers and campaigns with outcomes drawn anew: one log may be a lucky one.

{table(own, decisions)}

{bars(own, decisions)}
"""


def greedy_note(told: pd.DataFrame, decisions: int) -> str:
    """Say so where greedy choice is lowest."""
    at = told[told["decisions"] == decisions]
    return " Greedy choice is lowest here." if at["note"].notna().any() else ""


def table(told: pd.DataFrame, decisions: int) -> str:
    """Return regrets after so many decisions, the lowest first."""
    at = told[told["decisions"] == decisions]
    by = "regret_usd" if at["aim"].iloc[0] == PROFIT else "regret_conversions"
    lines = ["| policy | conversions missed | 95 % interval | dollars missed |", "|---|---:|---:|---:|"]
    for row in at.sort_values(by).itertuples():
        low, high = row.regret_conversions_low, row.regret_conversions_high
        missed = f"{row.regret_conversions:,.0f} | {low:,.0f} to {high:,.0f} | {row.regret_usd:,.0f}"
        lines.append(f"| {row.policy} | {missed} |")
    return "\n".join(lines)


def bars(told: pd.DataFrame, decisions: int) -> str:
    """Return Thompson sampling's regret beside its bars."""
    regret = told[told["decisions"] == decisions].set_index("policy")["regret_conversions"]
    ours = regret[THOMPSON.name]
    alike = EPSILON + NO_CONTEXT
    return (
        f"Thompson sampling misses {ours:.0f} (bar: 140),"
        f" {ours / regret[EPSILON]:.2f} of epsilon-greedy with the same start (bar: .50) and"
        f" {ours / regret[alike]:.3f} of epsilon-greedy without context (bar: .150)."
    )


def table_of_change(stays: pd.DataFrame, changes: pd.DataFrame, after: int) -> str:
    """Return what was missed after the change, and in the same decisions without one."""
    since = changes[changes["decisions"] == after].set_index("policy")
    regret = stays.pivot(index="policy", columns="decisions", values="regret_conversions")
    same = regret[after] - regret[regret.columns.max() // 2]
    lines = ["| policy | missed after it | 95 % interval | missed without it |", "|---|---:|---:|---:|"]
    for policy in ELSEWHERE:
        value, low, high = (since[f"regret_since_change{end}"][policy] for end in ("", "_low", "_high"))
        lines.append(f"| {policy} | {value:,.0f} | {low:,.0f} to {high:,.0f} | {same[policy]:,.0f} |")
    return "\n".join(lines)


def bar_of_change(changes: pd.DataFrame, after: int) -> str:
    """Return what a memory saves after the change, beside its bar."""
    since = changes[changes["decisions"] == after].set_index("policy")["regret_since_change"]
    share = since[THOMPSON.name + MEMORY] / since[THOMPSON.name]
    return f"With a memory {share:.2f} of what is missed without (bar: .60)."


if __name__ == "__main__":
    main()
