"""Whether the values of policies are told as often as they say, on logs whose truth is known.

    python studies/policy_evaluation.py       # 500 logs, to docs/studies/policy_evaluation.md

With `make studies`. A small part of it runs in the tests.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from personalisation_value import CUSTOMERS, KnownLog, draw_log
from scipy.special import softmax

from bank_marketing.campaigns import policy_log
from bank_marketing.campaigns.personalisation import plan_of
from bank_marketing.campaigns.personalisation_policies import (
    BOTH,
    CHANNELS,
    FOLDS,
    TYPES,
    Choice,
    Plan,
    choices,
    folds,
)
from bank_marketing.campaigns.policy_candidates import mode_chances
from bank_marketing.campaigns.policy_design import declare, warm_start
from bank_marketing.methods.policy_sums import DIRECT, DOUBLY_ROBUST, ESTIMATORS, PolicySums
from bank_marketing.sampling import campaigns as generator

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "studies" / "policy_evaluation.md"
NO_DECISIONS = pd.DataFrame(
    columns=["decision_id", "customer_id", "campaign_type", "campaign_channel", "candidates", "has_converted"]
)


def assignment(frame: pd.DataFrame) -> np.ndarray:
    """Return the planted chance of each campaign for each customer.

    Parameters
    ----------
    frame : DataFrame
        As `draw_log` makes it.

    Returns
    -------
    ndarray of shape (customers, types * channels)
        Channels within types; types and channels are drawn apart.
    """
    raw = frame.rename(
        columns={
            "previous_purchases": "PreviousPurchases",
            "loyalty_points": "LoyaltyPoints",
            "age_years": "Age",
            "income_usd": "Income",
        }
    )
    traits = generator._standardised(raw)
    kinds, channels = (
        softmax(planted[0] + traits @ planted[1:], axis=1)
        for planted in (generator.TYPE_ASSIGNMENT, generator.CHANNEL_ASSIGNMENT)
    )
    return (kinds[:, :, None] * channels[:, None, :]).reshape(len(frame), -1)


def estimated_frame(log: KnownLog) -> pd.DataFrame:
    """Return a log as the task takes it, without decisions."""
    return policy_log.log_rows(log.frame, NO_DECISIONS)


def decisions_of(
    log: KnownLog,
    *,
    seed: int,
    chances: np.ndarray | None = None,
    without: str | None = None,
    may: np.ndarray | None = None,
) -> pd.DataFrame:
    """Draw a decision for each customer.

    Parameters
    ----------
    log : KnownLog
        Customers.
    seed : int
        Of campaigns and outcomes.
    chances : ndarray of shape (customers, types * channels), optional
        Of each campaign; those of the planted assignment by default.
    without : str, optional
        A campaign that is no candidate.
    may : ndarray of bool, shape (customers, types * channels), optional
        Which campaigns customers may get; of the others the candidates say null.

    Returns
    -------
    DataFrame
        As `policy_log.log_rows` takes them.
    """
    rng = np.random.default_rng(seed)
    names = [f"{kind}/{channel}" for kind in generator.TYPES for channel in generator.CHANNELS]
    chances = assignment(log.frame) if chances is None else chances
    chances = np.where([name == without for name in names], 0, chances)
    chances /= chances.sum(axis=1, keepdims=True)
    arm = (rng.random((len(chances), 1)) > chances.cumsum(axis=1)).sum(axis=1).clip(max=len(names) - 1)
    own = log.chance.reshape(len(chances), -1)[np.arange(len(chances)), arm]
    return pd.DataFrame(
        {
            "decision_id": [f"{number:032x}" for number in range(len(chances))],
            "customer_id": log.frame["customer_id"],
            "campaign_type": [names[one].split("/")[0] for one in arm],
            "campaign_channel": [names[one].split("/")[1] for one in arm],
            "candidates": [
                json.dumps(
                    {
                        name: share
                        for name, share in zip(names, row, strict=True)
                        if share is None or share > 0
                    }
                )
                for row in np.where(True if may is None else may, chances, None).tolist()
            ],
            "has_converted": rng.random(len(chances)) < own,
        }
    )


def logged_frame(log: KnownLog, **drawn: Any) -> pd.DataFrame:
    """Return a log as the task takes it, with decisions of `decisions_of`."""
    return policy_log.log_rows(log.frame, decisions_of(log, **drawn))


def greedy_choice(known: pd.DataFrame, plan: Plan, *, seed: int) -> np.ndarray:
    """Return the campaign that the greedy policy of earlier folds gives each customer judged."""
    fold = folds(plan, seed=seed)
    chosen = np.zeros(len(known), dtype=np.int64)
    for number in range(1, FOLDS):
        earlier, here = known[fold < number], known[fold == number]
        chance = mode_chances(warm_start(earlier, declare(earlier)), here)
        chosen[fold == number] = (chance * plan.value.ravel() - plan.cost.ravel()).argmax(axis=1)
    return chosen[fold > 0]


def try_log(log: KnownLog, *, seed: int) -> list[dict[str, object]]:
    """Judge the greedy policy on one log, with estimated and with the true propensities.

    Parameters
    ----------
    log : KnownLog
        As `draw_log` makes it.
    seed : int
        Of the folds.

    Returns
    -------
    list of dict
        A row for each estimator of the value, and for each gain of choosing.
    """
    plan, _ = plan_of(log.frame)
    found = choices(plan, seed=seed)
    judged = found[BOTH].is_judged
    earned = (log.chance * plan.value - plan.cost).reshape(len(judged), -1)[judged]
    rows, at = [], np.arange(judged.sum())
    greedy = greedy_choice(log.frame, plan, seed=seed)
    own = assignment(log.frame)[np.arange(len(judged)), plan.pair()][judged]
    for propensities, choice in (("estimated", found[BOTH]), ("logged", with_propensity(found[BOTH], own))):
        sums = PolicySums(len(at))
        sums.add(choice.dollars, greedy)
        truth = float(earned[at, greedy].mean())
        for estimator in ESTIMATORS:
            value = sums.value(estimator)
            rows.append(_row(seed, f"value, {propensities}", estimator, value, truth))
        single = PolicySums(len(at))
        single.add(choice.dollars, greedy, choice.single)
        truth = float((earned[at, greedy] - earned[at, choice.single]).mean())
        gain = single.gain(DOUBLY_ROBUST)
        rows.append(_row(seed, f"gain of {BOTH}, {propensities}", DOUBLY_ROBUST, gain, truth))
    by_part = earned.reshape(len(at), *plan.value.shape)
    kind, channel = plan.kind[judged], plan.channel[judged]
    for name, of_part in ((TYPES, by_part[at, :, channel]), (CHANNELS, by_part[at, kind])):
        choice = found[name]
        sums = PolicySums(len(at))
        sums.add(choice.dollars, choice.by_customer, choice.single)
        truth = float((of_part[at, choice.by_customer] - of_part[at, choice.single]).mean())
        rows.append(_row(seed, f"gain of {name}, estimated", DOUBLY_ROBUST, sums.gain(DOUBLY_ROBUST), truth))
    return rows


def with_propensity(choice: Choice, propensity: np.ndarray) -> Choice:
    """Return a choice whose logs have these propensities."""
    return replace(
        choice,
        dollars=replace(choice.dollars, propensity=propensity),
        conversions=replace(choice.conversions, propensity=propensity),
    )


def _row(seed: int, what: str, estimator: str, estimate: object, truth: float) -> dict[str, object]:
    return {
        "seed": seed,
        "what": what,
        "estimator": estimator,
        "estimate": estimate.value,
        "error": estimate.error,
        "truth": truth,
        "is_covered": estimate.low <= truth <= estimate.high,
        "is_below": truth < estimate.low,
        "is_above": truth > estimate.high,
        "half_width": (estimate.high - estimate.low) / 2,
        "is_claimed": estimate.low > 0,
    }


def summary(tried: pd.DataFrame) -> pd.DataFrame:
    """Return how it went.

    Parameters
    ----------
    tried : DataFrame
        Rows of `try_log`.

    Returns
    -------
    DataFrame
        By what and estimator: logs, truth, bias, rmse, rmse_by_error (root mean squared error over the mean
        reported standard error), half_width, covered, and the share of truths below and above their interval.
    """
    missed = tried["estimate"] - tried["truth"]
    by = tried.assign(missed=missed, squared=missed**2).groupby(["what", "estimator"], sort=False)
    means = by[
        ["truth", "missed", "squared", "error", "half_width", "is_covered", "is_below", "is_above"]
    ].mean()
    rmse = np.sqrt(means["squared"])
    return pd.DataFrame(
        {
            "logs": by.size(),
            "truth": means["truth"],
            "bias": means["missed"],
            "rmse": rmse,
            "rmse_by_error": rmse / means["error"],
            "half_width": means["half_width"],
            "covered": means["is_covered"],
            "below": means["is_below"],
            "above": means["is_above"],
        }
    )


def try_logs(seeds: Iterable[int]) -> pd.DataFrame:
    """Try a log of the sample's generator for each seed."""
    return pd.DataFrame([row for seed in seeds for row in try_log(draw_log(seed), seed=seed)])


def page(tried: pd.DataFrame) -> str:
    """Lay the study out as a page."""
    seeds = sorted(tried["seed"].unique())
    lines = [
        f"""# How often the values of policies are told right

On {len(seeds)} logs of the sample's generator, {CUSTOMERS:,} customers each (seeds from {seeds[0]};
intervals were chosen on those from 1000 to 1999), made and judged by `studies/policy_evaluation.py` (`make
studies`): the value of the greedy policy learned in earlier folds, in dollars a customer, with estimated
propensities and with those that the log was drawn with; and what choosing by customer earns over the best
single campaign (for types or channels alone the policy of `personalisation_value`). The truth is that of the
very policy that each log gave, for the customers judged.

The standard error is the larger of that by the spread seen and that by the spread which the model expects; on
these same logs intervals by the spread seen alone had been found too narrow, on one side. Intervals of values
lean to the side of their skewness, but those of the self-normalised estimate; one of 95 % that leans as it
should leaves 2.5 % of truths below it and 2.5 % above. The direct method has no interval: its error isn't in
the spread of its predictions.
""",
        "| what | estimator | true | bias | root mean squared error | by mean standard error | half width |"
        " interval holds | truth below it | truth above it |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for (what, estimator), row in summary(tried).iterrows():
        shares = " | ".join(f"{row[name]:.1%}" for name in ("covered", "below", "above"))
        figures = f"{row['rmse_by_error']:.2f} | {row['half_width']:,.0f} | {shares}"
        lines.append(
            f"| {what} | {estimator} | {row['truth']:,.0f} | {row['bias']:,.0f} | {row['rmse']:,.0f} |"
            f" {'- | - | - | - | -' if estimator == DIRECT else figures} |"
        )
    return "\n".join([*lines, ""])


def main() -> None:
    """Try all logs and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--logs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=20_000, help="of the first log")
    parser.add_argument("--out", type=Path, default=PAGE)
    arguments = parser.parse_args()
    text = page(try_logs(range(arguments.seed, arguments.seed + arguments.logs)))
    arguments.out.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
