#!/usr/bin/env python3
"""What policies miss on the sample's planted truth while they learn, and whether they keep the bars.

    .venv/bin/python studies/policy_regret.py          # 20 runs of 20,000 decisions: a minute or two

Writes docs/studies/policy_regret.md: a world that stays, one in which campaigns trade places half-way, and
what other logs would be to start from, since one may be a lucky one.
"""

import argparse
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from sample_customers import SAMPLE, sample_customers

from bank_marketing.campaigns.personalisation import with_money
from bank_marketing.campaigns.policy_candidates import NO_CONTEXT, arms_of, learn
from bank_marketing.campaigns.policy_design import warm_start
from bank_marketing.campaigns.policy_simulation import (
    CHANGED,
    CONVERSIONS,
    ELSEWHERE,
    MEMORY,
    THOMPSON,
    UNCHANGED,
    simulated,
)
from bank_marketing.campaigns.policy_truth import Setting, planted_response, setting_of, with_outcomes
from bank_marketing.methods.bayesian_logistic import fit, prior
from bank_marketing.methods.learned_prior import FREE
from bank_marketing.methods.policy_simulation import TOGETHER

REPOSITORY = SAMPLE.parents[3]
SEEDS = REPOSITORY / "seeds"
SEED, MEMORY_DECISIONS = 1, 2_000.0
EPSILON = "epsilon-greedy"
ALIKE = EPSILON + NO_CONTEXT
LOGS = 50
# From which logs policies go on to learn, in how many runs, and what is compared with which bars.
LOG_SEEDS, RUNS_OF_LOG = (1, 2, 3, 4, 100, 101, 102, 103), 5
COMPARED = (THOMPSON.name, EPSILON, ALIKE)
BARS = (140, 0.5, 0.15)


def main() -> None:
    """Simulate and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--decisions", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=20)
    page = REPOSITORY / "docs" / "studies" / "policy_regret.md"
    parser.add_argument("--out", type=Path, default=page)
    size = vars(parser.parse_args())
    out = size.pop("out")
    setting = sample_setting()
    stays = run(setting, UNCHANGED, size)
    changes = run(setting, CHANGED, size, ELSEWHERE)
    starts = start_misses(setting, size["decisions"])
    least = model_misses(setting, size["decisions"])
    out.write_text(page_of(stays, changes, starts, least, other_logs(setting, size["decisions"])))
    print(out.read_text())


def sample_setting() -> Setting:
    """Return the sample with its planted truth."""
    reference = SEEDS / "reference" / "campaigns"
    types, channels = (pd.read_csv(reference / f"campaign_{name}.csv") for name in ("types", "channels"))
    actions = types.merge(channels, how="cross", suffixes=("", "_of_channel"))
    actions["cost_if_accepted_usd"] += actions["cost_if_accepted_usd_of_channel"]
    customers = with_money(sample_customers(), actions)
    return setting_of(customers, planted_response(SEEDS, "sample"), seed=SEED)


def run(
    setting: Setting, world: str, size: dict[str, int], policies: Collection[str] | None = None
) -> pd.DataFrame:
    """Simulate one world."""
    return simulated(
        setting, world, CONVERSIONS, memory=MEMORY_DECISIONS, seed=SEED, policies=policies, **size
    )


def start_misses(setting: Setting, decisions: int) -> list[float]:
    """Return what greedy choice misses that never learns more than a log.

    Logs are of the same customers and campaigns, with outcomes drawn anew; the committed one is last.
    """
    design = setting.learned.by_customer.design
    arms, best = arms_of(design, setting.customers), setting.chance.max(axis=1).mean()
    found = []
    for number in range(LOGS + 1):
        log = with_outcomes(setting.customers, setting.chance, setting.learned, seed=SEED + number)
        start = warm_start(setting.customers if number == LOGS else log, design)
        chosen = (arms @ start.posterior.mean).argmax(axis=1)
        found.append(decisions * float(best - setting.chance[np.arange(len(chosen)), chosen].mean()))
    return found


def model_misses(setting: Setting, decisions: int) -> float:
    """Return what greedy choice misses whose model knows each customer's chance under each campaign."""
    design = setting.learned.by_customer.design
    arms, best = arms_of(design, setting.customers), setting.chance.max(axis=1).mean()
    # Customers enough for as many terms; each campaign's outcomes in the proportion of their chance.
    some = slice(None, None, max(1, len(arms) // 1_500))
    rows, chance = arms[some].reshape(-1, design.terms), setting.chance[some].ravel()
    known = fit(
        prior(np.full(design.terms, FREE)),
        np.concatenate([rows, rows]),
        np.repeat([1.0, 0.0], len(rows)),
        counts=np.concatenate([chance, 1 - chance]),
    )
    chosen = (arms @ known.mean).argmax(axis=1)
    return decisions * float(best - setting.chance[np.arange(len(chosen)), chosen].mean())


def other_logs(setting: Setting, decisions: int) -> list[pd.Series]:
    """Return what policies miss that start from other logs, outcomes drawn anew: by policy, for each log."""
    design, found = setting.learned.by_customer.design, []
    for seed in LOG_SEEDS:
        log = with_outcomes(setting.customers, setting.chance, setting.learned, seed=seed)
        start = replace(setting, learned=learn(log, design.types, design.channels))
        told = run(start, UNCHANGED, {"decisions": decisions, "runs": RUNS_OF_LOG}, COMPARED)
        found.append(told[told["decisions"] == decisions].set_index("policy")["regret_conversions"])
    return found


def page_of(
    stays: pd.DataFrame,
    changes: pd.DataFrame,
    starts: list[float],
    least: float,
    others_learn: list[pd.Series],
) -> str:
    """Lay the figures out for the page."""
    decisions, runs = stays["decisions"].max(), stays["runs"].iloc[0]
    after = decisions * 3 // 4
    others, committed = np.array(starts[:-1]), starts[-1]
    low, high = np.quantile(others, (0.05, 0.95))
    regret = stays[stays["decisions"] == decisions].set_index("policy")["regret_conversions"]
    of_others = [kept(each) for each in others_learn]
    floor, each_bar = f"{least:.0f}", ", ".join(map(str, np.sum(of_others, axis=0)))
    return f"""# What policies miss while they learn

On the committed sample, whose truth is known: {runs} runs of {decisions:,} decisions for customers drawn
from it (seed {SEED}), made by `studies/policy_regret.py` (`make studies`). Policies choose by conversions,
and learn the outcomes of {TOGETHER} customers at once.
Regret is what was missed beside the campaign that is likeliest to convert each customer, and in dollars
beside the one that earns most; intervals are of 95 % over the runs. All policies start from the sample's
log; uniform and the best single campaign learn nothing more. All types and channels are in that log, so
there is little to explore.{greedy_note(stays, decisions)}

## A world that stays

{table(stays, decisions)}

{bars(stays, decisions)}

## Campaigns trade places half-way

The first campaign gets the chances of the last, and so on. Conversions missed in the
{after - decisions // 2:,} decisions after the change, with a memory of {MEMORY_DECISIONS:,.0f} decisions and
without, beside those missed in as many decisions in a world that stays, which is what forgetting costs.

{table_of_change(stays, changes, after)}

{bar_of_change(changes, after)}

## Other logs to start from

Greedy choice that never learns more than the log misses {committed:.0f} in as many decisions, and
{others.mean():.0f} on average of {LOGS} other logs of these customers, with outcomes drawn anew ({low:.0f} to
{high:.0f} in nine of ten; {(others < committed).sum()} of them miss less than the committed one). What is
told above is told of the committed log alone, and the design of terms was chosen with that log in view.
Learned from what each campaign would do to each customer, without luck, the same terms would miss {floor},
which is what they can't say (squares where the truth has steps). A log from which less is missed is a lucky
one, and the bars leave little room beside it.

From the committed log {sum(kept(regret))} of the three bars are kept. From {len(LOG_SEEDS)} others (seeds
{", ".join(map(str, LOG_SEEDS))}; {RUNS_OF_LOG} runs each) the first, second and third are kept
from {each_bar}, and all three from {sum(map(all, of_others))}:

{table_of_logs(others_learn)}

Uniform choice here is among campaigns; where policies are judged on a log, it is among campaigns and no
contact.
"""


def greedy_note(told: pd.DataFrame, decisions: int) -> str:
    """Say so where greedy choice is lowest."""
    at = told[told["decisions"] == decisions]
    return " Greedy choice is lowest here." if at["message"].notna().any() else ""


def table(told: pd.DataFrame, decisions: int) -> str:
    """Return regrets after so many decisions, the lowest first."""
    at = told[told["decisions"] == decisions]
    lines = ["| policy | conversions missed | 95 % interval | dollars missed |", "|---|---:|---:|---:|"]
    for row in at.sort_values("regret_conversions").itertuples():
        low, high = row.regret_conversions_low, row.regret_conversions_high
        missed = f"{row.regret_conversions:,.0f} | {low:,.0f} to {high:,.0f} | {row.regret_usd:,.0f}"
        lines.append(f"| {row.policy} | {missed} |")
    return "\n".join(lines)


def bars(told: pd.DataFrame, decisions: int) -> str:
    """Return Thompson sampling's regret beside its bars."""
    regret = told[told["decisions"] == decisions].set_index("policy")["regret_conversions"]
    ours, of_same, of_alike = shown(regret)
    most, most_of_same, most_of_alike = BARS
    return (
        f"Thompson sampling misses {ours:.0f} (bar: {most}),"
        f" {of_same:.2f} of epsilon-greedy with the same start (bar: {most_of_same:.2f}) and"
        f" {of_alike:.3f} of epsilon-greedy without context (bar: {most_of_alike:.3f})."
    )


def table_of_logs(found: list[pd.Series]) -> str:
    """Return Thompson sampling's regret from each log, and beside that of others."""
    lines = [
        "| Thompson sampling misses | of epsilon-greedy | of epsilon-greedy without context |",
        "|---:|---:|---:|",
    ]
    lines += [
        f"| {ours:,.0f} | {of_same:.2f} | {of_alike:.3f} |" for ours, of_same, of_alike in map(shown, found)
    ]
    return "\n".join(lines)


def kept(regret: pd.Series) -> np.ndarray:
    """Return which of the bars Thompson sampling keeps."""
    return np.array(shown(regret)) <= BARS


def shown(regret: pd.Series) -> tuple[float, float, float]:
    """Return Thompson sampling's regret, and its shares of the others' regret."""
    ours = regret[THOMPSON.name]
    return ours, ours / regret[EPSILON], ours / regret[ALIKE]


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
