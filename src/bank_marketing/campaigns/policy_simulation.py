"""What policies would miss while they learn: regret over time where the truth is known.

Policies start from the log and choose campaigns for customers drawn at random, among all pairs of type and
channel, by the chance of a conversion or by expected profit. Their model is not the planted one: it has
squares where the truth has steps.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.campaigns.columns import KEY, TARGET
from bank_marketing.campaigns.personalisation import (
    why_insufficient,
    with_enough_customers,
)
from bank_marketing.campaigns.policy_candidates import (
    CANDIDATES,
    GREEDY,
    GREEDY_ALIKE,
    NO_CONTEXT,
    SINGLE,
    UNIFORM,
)
from bank_marketing.campaigns.policy_design import Start
from bank_marketing.campaigns.policy_truth import PLANTED, Setting, setting_of
from bank_marketing.fitting.fits import METRIC_COLUMNS, Fit, Task
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.policies import Policy
from bank_marketing.methods.policy_simulation import TOGETHER, Contestant, World, simulate

UNCHANGED, CHANGED = "unchanged", "campaigns trade places half-way"
CONVERSIONS, PROFIT = "conversions", "profit"
MEMORY = " with a memory"
# Without a stated memory (policy_memory_decisions) this one is tried.
TRIED_MEMORY = 2_000.0
CHECKPOINTS = 8
NOTHING = "(nothing)"
THOMPSON = CANDIDATES[0]
# Of a fit, all compete for conversions in a world that stays; elsewhere these do.
ELSEWHERE = (THOMPSON.name, THOMPSON.name + MEMORY, GREEDY, SINGLE, UNIFORM)

COLUMNS = (
    "world",
    "aim",
    "policy",
    "decisions",
    "runs",
    "truth",
    "customers",
    "memory_decisions",
    *(
        f"{measure}{end}"
        for measure in ("regret_conversions", "regret_since_change", "regret_usd")
        for end in ("", "_low", "_high")
    ),
    "is_lowest",
    "message",
)


def fit(
    frame: pd.DataFrame,
    *,
    depth: str,
    seed: int,
    planted: Mapping[str, Any] | None = None,
    memory_decisions: float | None = None,
) -> Fit:
    """Simulate policies in a world that stays, by either aim, and in one that changes half-way.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `features_conversion_in_campaign` with the money of each campaign
        (`personalisation.with_money`). Rows without an outcome are left out, and campaigns of few customers.
    depth : {'quick', 'full'}
        How many decisions and runs.
    seed : int
        Of customers, luck and draws.
    planted : mapping, optional
        From `policy_truth.planted_response`; without it the fitted model is the truth.
    memory_decisions : float, optional
        How many newest outcomes count for the policy that forgets.

    Returns
    -------
    Fit
        With the table `policy_simulation` (columns `COLUMNS`). With insufficient data, its row says so.
    """
    known = with_enough_customers(frame[frame[TARGET].notna()].sort_values(KEY, ignore_index=True))
    reason = why_insufficient(known, customers=len(frame))
    if reason:
        row = {"world": NOTHING, "aim": NOTHING, "policy": NOTHING, "decisions": 0, "message": f"{reason}."}
        return Fit(
            "insufficient_data",
            params={"reason": reason},
            tables={"policy_simulation": pd.DataFrame([row]).reindex(columns=list(COLUMNS))},
            card=f"# Simulated policies\n\nNot simulated: {reason}.\n",
        )
    setting = setting_of(known, planted, seed=seed)
    runs, decisions = DEPTHS[depth].policy_runs, DEPTHS[depth].policy_decisions
    memory = memory_decisions or TRIED_MEMORY
    table = pd.concat(
        [
            simulated(
                setting,
                world,
                aim,
                decisions=decisions,
                runs=runs,
                memory=memory,
                seed=seed,
                policies=policies,
            )
            for world, aim, policies in (
                (UNCHANGED, CONVERSIONS, None),
                (UNCHANGED, PROFIT, ELSEWHERE),
                (CHANGED, CONVERSIONS, ELSEWHERE),
            )
        ],
        ignore_index=True,
    )
    return Fit(
        "fitted",
        params={"seed": seed, "truth": setting.truth, "runs": runs, "decisions": decisions},
        metrics=_metrics(table),
        tables={"policy_simulation": table},
        card=_card(table),
    )


def simulated(
    setting: Setting,
    world: str,
    aim: str,
    *,
    decisions: int,
    runs: int,
    memory: float,
    seed: int,
    policies: Collection[str] | None = None,
) -> pd.DataFrame:
    """Let policies decide.

    Parameters
    ----------
    setting : Setting
        The log and the truth.
    world : {'unchanged', 'campaigns trade places half-way'}
        Whether the truth changes.
    aim : {'conversions', 'profit'}
        By what policies choose.
    decisions, runs : int
        Of each policy.
    memory : float
        Of the policy that forgets.
    seed : int
        Of customers, luck and draws.
    policies : collection of str, optional
        Which compete, by name; all by default.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`.
    """
    # The first arm gets the chances of the last, and so on.
    later = setting.chance[:, ::-1] if world == CHANGED else None
    contestants = [
        each for each in _contestants(setting, memory) if policies is None or each.policy.name in policies
    ]
    told = simulate(
        World(setting.chance, later, setting.value, setting.cost, aims_at_money=aim == PROFIT),
        contestants,
        decisions=decisions,
        runs=runs,
        checkpoints=[decisions * part // CHECKPOINTS for part in range(1, CHECKPOINTS + 1)],
        seed=seed,
    ).rename(
        columns={
            f"{name}{end}": f"{shown}{end}"
            for name, shown in (("regret", "regret_conversions"), ("regret_value", "regret_usd"))
            for end in ("", "_low", "_high")
        }
    )
    told = told.assign(
        world=world,
        aim=aim,
        truth=setting.truth,
        customers=len(setting.customers),
        memory_decisions=np.where(told["policy"].str.endswith(MEMORY), memory, np.nan),
    )
    regret = told["regret_usd" if aim == PROFIT else "regret_conversions"]
    # Policies that chose alike differ by rounding.
    told["is_lowest"] = np.isclose(regret, regret.groupby(told["decisions"]).transform("min"))
    is_noted = told["is_lowest"] & told["policy"].isin([GREEDY, GREEDY_ALIKE])
    told["message"] = is_noted.map({True: GREEDY_IS_LOWEST, False: None})
    return told[list(COLUMNS)]


GREEDY_IS_LOWEST = (
    "Lowest here: all types and channels are in the log, so little is left to explore. Where one isn't, or"
    " the world changes, greedy may never find out."
)


def _contestants(setting: Setting, memory: float) -> list[Contestant]:
    """Return all candidates, one that forgets, and what they are to beat."""
    learned = setting.learned
    known = {
        start.design: start.design.own(start.design.known(setting.customers))
        for start in (learned.by_customer, learned.alike)
    }

    def contestant(policy: Policy, start: Start, *, learns: bool = True) -> Contestant:
        design = start.design
        return Contestant(policy, design.levels, known[design], start.posterior, start.forgotten, learns)

    found = [
        contestant(replace(each.policy, name=each.name), learned.start(has_context=each.has_context))
        for each in CANDIDATES
    ]
    forgets = replace(THOMPSON.policy, name=THOMPSON.name + MEMORY, memory=memory)
    found.append(contestant(forgets, learned.by_customer))
    found.append(contestant(Policy(SINGLE, "greedy"), learned.alike, learns=False))
    found.append(contestant(Policy(UNIFORM, "uniform"), learned.alike))
    return found


def _metrics(table: pd.DataFrame) -> pd.DataFrame:
    """Tell what a decision misses on average, of Thompson sampling and of drawing at random."""
    last = table[table["decisions"] == table["decisions"].max()]
    chosen = last[(last["world"] == UNCHANGED) & (last["aim"] == CONVERSIONS)].set_index("policy")
    rows = []
    for policy, metric in (
        (THOMPSON.name, "regret_per_decision"),
        (UNIFORM, "regret_per_decision_of_uniform"),
    ):
        of_policy = chosen.loc[policy]
        decisions = int(of_policy["decisions"])
        ends = (of_policy[f"regret_conversions{end}"] / decisions for end in ("", "_low", "_high"))
        rows.append(("simulation", metric, *ends, decisions))
    return pd.DataFrame(rows, columns=list(METRIC_COLUMNS))


def _card(table: pd.DataFrame) -> str:
    """Write how much the policies missed at the end."""
    last = table[table["decisions"] == table["decisions"].max()]
    lines = []
    for (world, aim), rows in last.groupby(["world", "aim"], sort=False):
        measure, unit = ("regret_usd", "dollars") if aim == PROFIT else ("regret_conversions", "conversions")
        lines += ["", f"World {world}, choice by {aim}: missed {unit}", ""]
        lines += [
            f"- {policy}: {regret:,.0f} ({low:,.0f} to {high:,.0f})"
            for policy, regret, low, high in rows[["policy", measure, f"{measure}_low", f"{measure}_high"]]
            .sort_values(measure)
            .itertuples(index=False)
        ]
    first = table.iloc[0]
    return "\n".join(
        [
            "# Simulated policies",
            "",
            f"{first['runs']} runs of {table['decisions'].max():,} decisions for customers drawn from the"
            f" log, {TOGETHER} of whom decide before the outcome of the first is known; the truth is"
            f" {'what was planted' if first['truth'] == PLANTED else 'the fitted model'}."
            f" Those '{NO_CONTEXT.strip()}' know nothing of the customer. All start from the log.",
            *lines,
            "",
        ]
    )


TASK = Task("campaign_policy_simulation", version=5, fit=fit)
