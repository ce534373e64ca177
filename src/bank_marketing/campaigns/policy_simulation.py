"""What policies would miss while they learn: regret over time where the truth is known.

Policies start from the log and choose campaigns for customers drawn at random, among all pairs of type and
channel, by the chance of a conversion or by expected profit. Their model is not the planted one: it has
squares where the truth has steps.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from bank_marketing.campaigns.columns import CHANNEL, KEY, TARGET, TYPE
from bank_marketing.campaigns.personalisation import (
    COST,
    COST_IF_ACCEPTED,
    VALUE,
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
    Learned,
    arms_of,
    learn,
)
from bank_marketing.campaigns.policy_design import Start
from bank_marketing.campaigns.policy_truth import planted_chances
from bank_marketing.fitting.fits import Fit, Task
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.policies import Policy
from bank_marketing.methods.policy_simulation import Contestant, World, simulate

FloatArray = npt.NDArray[np.float64]

PLANTED, FITTED = "planted", "fitted model"
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
    "note",
)


@dataclass(frozen=True)
class Setting:
    """A log, and what is true of its customers.

    Parameters
    ----------
    chance : numpy.ndarray of shape (customers, arms)
        Of a conversion.
    learned : Learned
        From the log.
    customers : pandas.DataFrame
        Of the log.
    value, cost : numpy.ndarray of shape (1, arms)
        What a conversion brings, less what it is promised; and what a contact costs.
    truth : str
        `PLANTED` or `FITTED`.
    """

    chance: FloatArray
    learned: Learned
    customers: pd.DataFrame
    value: FloatArray
    cost: FloatArray
    truth: str


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
        With the table `policy_simulation` (columns `COLUMNS`). With too little data, its row says so.
    """
    known = with_enough_customers(frame[frame[TARGET].notna()].sort_values(KEY, ignore_index=True))
    reason = why_insufficient(known, customers=len(frame))
    if reason:
        row = {"world": NOTHING, "aim": NOTHING, "policy": NOTHING, "decisions": 0, "note": f"{reason}."}
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
        tables={"policy_simulation": table},
        card=_card(table),
    )


def setting_of(known: pd.DataFrame, planted: Mapping[str, Any] | None, *, seed: int) -> Setting:
    """Learn from the log, and tell the truth of its customers.

    Parameters
    ----------
    known : pandas.DataFrame
        As `fit` takes it, with outcomes.
    planted : mapping, optional
        What was planted. Without it, the model fitted to the log is the truth, and policies start from a log
        whose outcomes are drawn anew from it.
    seed : int
        Of the outcomes drawn anew.

    Returns
    -------
    Setting
        For `simulated`.
    """
    types, channels = sorted(known[TYPE].unique()), sorted(known[CHANNEL].unique())
    learned = learn(known, types, channels)
    design, start = learned.by_customer.design, learned.by_customer
    if planted:
        chance = planted_chances(planted, known, design)
    else:
        chance = expit(arms_of(design, known) @ start.posterior.mean)
        learned = learn(with_outcomes(known, chance, learned, seed=seed), types, channels)
    money = known.groupby([TYPE, CHANNEL])[[VALUE, COST, COST_IF_ACCEPTED]].first()
    # What a pair that nobody had would earn is that of its type, and of its channel.
    money = money.reindex(pd.MultiIndex.from_tuples(design.arms))
    value = money[VALUE] - money[COST_IF_ACCEPTED]
    kind, way = (money.index.get_level_values(level) for level in (0, 1))
    value = value.fillna(value.groupby(kind).transform("mean")).fillna(value.mean())
    cost = money[COST].fillna(money[COST].groupby(way).transform("mean")).fillna(money[COST].mean())
    return Setting(
        chance=chance,
        learned=learned,
        customers=known,
        value=value.to_numpy()[None],
        cost=cost.to_numpy()[None],
        truth=PLANTED if planted else FITTED,
    )


def with_outcomes(known: pd.DataFrame, chance: FloatArray, learned: Learned, *, seed: int) -> pd.DataFrame:
    """Return a log with outcomes drawn anew, each by the chance of what the customer got.

    Parameters
    ----------
    known : pandas.DataFrame
        The log.
    chance : numpy.ndarray of shape (customers, arms)
        The truth.
    learned : Learned
        For the design.
    seed : int
        Of the outcomes.

    Returns
    -------
    pandas.DataFrame
        The same customers and campaigns.
    """
    own = chance[np.arange(len(known)), learned.by_customer.design.arm_of(known)]
    return known.assign(**{TARGET: np.random.default_rng(seed).random(len(known)) < own})


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
    told["is_lowest"] = regret == regret.groupby(told["decisions"]).transform("min")
    is_noted = told["is_lowest"] & told["policy"].isin([GREEDY, GREEDY_ALIKE])
    told["note"] = is_noted.map({True: GREEDY_IS_LOWEST, False: None})
    return told[list(COLUMNS)]


GREEDY_IS_LOWEST = (
    "Lowest here: all types and channels are in the log, so little is left to explore. Where one isn't, or"
    " the world changes, greedy may never find out."
)


def _contestants(setting: Setting, memory: float) -> list[Contestant]:
    """Return all candidates, one that forgets, and what they are to beat."""
    learned = setting.learned
    arms = {
        context: arms_of(learned.start(has_context=context).design, setting.customers)
        for context in (True, False)
    }

    def contestant(policy: Policy, start: Start, context: bool, *, learns: bool = True) -> Contestant:
        return Contestant(policy, arms[context], start.posterior, start.forgotten, learns)

    found = [
        contestant(
            replace(each.policy, name=each.name),
            learned.start(has_context=each.has_context),
            each.has_context,
        )
        for each in CANDIDATES
    ]
    forgets = replace(THOMPSON.policy, name=THOMPSON.name + MEMORY, memory=memory)
    found.append(contestant(forgets, learned.by_customer, True))
    found.append(contestant(Policy(SINGLE, "greedy"), learned.alike, False, learns=False))
    found.append(contestant(Policy(UNIFORM, "uniform"), learned.alike, False))
    return found


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
            f" log; the truth is {'what was planted' if first['truth'] == PLANTED else 'the fitted model'}."
            f" Those '{NO_CONTEXT.strip()}' know nothing of the customer. All start from the log.",
            *lines,
            "",
        ]
    )


TASK = Task("campaign_policy_simulation", version=1, fit=fit)
