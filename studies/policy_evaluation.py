"""Whether values and gains of policies are told as often as they say, and what the gate promotes.

    python studies/policy_evaluation.py       # to docs/studies/policy_evaluation.md

An hour of processor time, on logs whose truth is known. What is run is what a build runs: `judge` of
`policy_judging` on a campaign file, or on decisions beside one, and `promotion_rows` of `policy_promotion`.
With `make studies`. A small part of it runs in the tests.
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

# A process a core: more threads than that get in each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from personalisation_value import LOOKUPS
from policy_logs import CASES, UNSUPPORTED, Case, KnownLog, assignment, draw

from bank_marketing.campaigns import policy_log
from bank_marketing.campaigns.columns import CHANNEL, DECISION, KEY, TYPE
from bank_marketing.campaigns.personalisation import with_enough_customers
from bank_marketing.campaigns.personalisation_policies import BOTH, CHANNELS, TYPES
from bank_marketing.campaigns.policy_candidates import GREEDY, MIX, SINGLE, UNIFORM
from bank_marketing.campaigns.policy_fit import new_action_limits
from bank_marketing.campaigns.policy_judging import Judged, judge
from bank_marketing.campaigns.policy_promotion import DRAWING, Stated, promotion_rows
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.policy_sums import DIRECT, DOUBLY_ROBUST, ESTIMATORS, policy_sums
from bank_marketing.methods.policy_value import why_refused

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "studies" / "policy_evaluation.md"
THOMPSON = "Thompson sampling"
# Gains over the present mix that are told, and policies that are taken to be in use when the gate decides.
GAINED = (THOMPSON, GREEDY, SINGLE, UNIFORM)
IN_USE = (MIX, SINGLE, THOMPSON)
# A gain of less is none: chances add up to 1 but for rounding.
LEAST_GAIN = 0.5
CHOOSING = "choosing"


def try_log(case: str, seed: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Judge policies on one log as a build does, and let the gate decide.

    Parameters
    ----------
    case : str
        Of `CASES`.
    seed : int
        Of the log and the folds.

    Returns
    -------
    told : list of dict
        A row for each value and gain.
    promoted : list of dict
        A row for each policy in use.
    """
    log, frame = draw(case, seed)
    decided = policy_log.judged_log(frame)
    rows = decided.sort_values([KEY, DECISION], ignore_index=True)
    judged = judge(
        rows,
        seed=seed,
        limits={},
        besides=policy_log.earlier_log(frame, decided),
        draws=DEPTHS["quick"].policy_draws,
        new_actions=new_action_limits(pd.read_csv(LOOKUPS / "limits.csv")),
    )
    earned, by_mix = truth_of(log, judged, with_enough_customers(rows))
    at = {"case": case, "seed": seed}
    told = [at | row for row in told_rows(judged, earned, by_mix)]
    policies = judged.policies[BOTH]
    true = {name: float((chances * earned[BOTH]).sum(axis=1).mean()) for name, chances in policies.items()}
    true.setdefault(MIX, by_mix)
    return told, [at | gate_row(judged, true, present) for present in IN_USE]


def truth_of(log: KnownLog, judged: Judged, known: pd.DataFrame) -> tuple[dict[str, np.ndarray], float]:
    """Return what each action really earns with the customers judged, and what the present mix does."""
    kind, channel = (
        pd.Index(levels).get_indexer(known[name])
        for levels, name in ((judged.types, TYPE), (judged.channels, CHANNEL))
    )
    is_judged = judged.log[BOTH].is_judged
    customer = pd.Index(log.frame[KEY]).get_indexer(known[KEY])[is_judged]
    kind, channel, at = kind[is_judged], channel[is_judged], np.arange(len(customer))
    of_pair = log.chance.reshape(len(log.frame), -1)[customer] * judged.money.value - judged.money.cost
    by_part = of_pair.reshape(len(at), len(judged.types), len(judged.channels))
    earned = {
        BOTH: np.column_stack([of_pair, np.zeros(len(at))]),
        TYPES: by_part[at, :, channel],
        CHANNELS: by_part[at, kind],
    }
    mix = assignment(log.frame)[customer] * judged.offered
    return earned, float(((mix / mix.sum(axis=1, keepdims=True)) * of_pair).sum(axis=1).mean())


def told_rows(judged: Judged, earned: dict[str, np.ndarray], by_mix: float) -> list[dict[str, Any]]:
    """Return what is told of values and gains, beside the truth."""
    rows = []
    for chosen, policies in judged.policies.items():
        true = {name: float((given * earned[chosen]).sum(axis=1).mean()) for name, given in policies.items()}
        # Of the campaign file the present mix is the log.
        true.setdefault(MIX, by_mix)
        asked: list[tuple[str, str, str | None]] = [
            (f"{CHOOSING} {chosen} over the best single", GREEDY, SINGLE)
        ]
        if chosen == BOTH:
            asked += [
                ("value of greedy", GREEDY, None),
                *((f"{name} over {MIX}", name, MIX) for name in GAINED),
            ]
        for what, name, against in asked:
            sums = policy_sums(judged.log[chosen].dollars, policies[name], policies.get(against or ""))
            is_told = why_refused(sums.support()) is None
            for estimator in (DOUBLY_ROBUST,) if against else ESTIMATORS:
                estimate = sums.gain(estimator) if against else sums.value(estimator)
                truth = true[name] - (true[against] if against else 0)
                shown = {"what": what, "estimator": estimator, "is_told": is_told}
                rows.append(shown | beside(estimate, truth))
    return rows


def beside(estimate: Any, truth: float) -> dict[str, Any]:
    """Lay an estimate beside the truth."""
    return {
        "estimate": estimate.value,
        "error": estimate.error,
        "truth": truth,
        "is_covered": estimate.low <= truth <= estimate.high,
        "is_below": truth < estimate.low,
        "is_above": truth > estimate.high,
        "half_width": (estimate.high - estimate.low) / 2,
    }


def gate_row(judged: Judged, true: dict[str, float], present: str) -> dict[str, Any]:
    """Return what the gate promotes over a policy in use, and what that really gains."""
    rows = promotion_rows(judged, present=present, stated=Stated())
    promoted = [row["policy"] for row in rows if row["is_promoted"]]
    passed = [row["policy"] for row in rows if row["decision"] in ("passed", "promoted")]
    gains = {name: true[name] - true[present] for name in true}
    return {
        "present": present,
        "promoted": promoted[0] if promoted else None,
        "true_gain": gains[promoted[0]] if promoted else np.nan,
        "best_gain": max(gains[name] for name in DRAWING - {present}),
        "passed_wrongly": any(gains[name] < LEAST_GAIN for name in passed),
    }


def summary(told: pd.DataFrame) -> pd.DataFrame:
    """Return how it went.

    Parameters
    ----------
    told : DataFrame
        Rows of `try_log`.

    Returns
    -------
    DataFrame
        By case, what and estimator, where it isn't refused: logs, truth, bias, rmse, rmse_by_error (root mean
        squared error over the mean reported standard error), half_width, covered, and the share of truths
        below and above their interval.
    """
    told = told[told["is_told"]]
    missed = told["estimate"] - told["truth"]
    by = told.assign(missed=missed, squared=missed**2).groupby(["case", "what", "estimator"], sort=False)
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


def gate_summary(promoted: pd.DataFrame) -> pd.DataFrame:
    """Return what the gate did, by case and policy in use.

    Parameters
    ----------
    promoted : DataFrame
        Rows of `try_log`.

    Returns
    -------
    DataFrame
        Shares of logs: on which a policy is promoted; on which one is that is truly no better; on which any
        that is truly no better passes; on which a policy that could be promoted is truly better; and what
        those promoted truly gain at least.
    """
    is_promoted = promoted["promoted"].notna()
    shown = promoted.assign(
        is_promoted=is_promoted,
        is_wrong=is_promoted & (promoted["true_gain"] < LEAST_GAIN),
        is_any_better=promoted["best_gain"] >= LEAST_GAIN,
    )
    by = shown.groupby(["case", "present"], sort=False)
    shares = by[["is_promoted", "is_wrong", "passed_wrongly", "is_any_better"]].mean()
    return shares.assign(logs=by.size(), least_gain=by["true_gain"].min())


def try_logs(cases: dict[str, Case], *, seed: int, processes: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Try all logs of some cases, the first of each with this seed.

    Parameters
    ----------
    cases : dict of str to Case
        Of `CASES`, or some logs of theirs.
    seed : int
        Of the first log of each.
    processes : int
        At a time; 1 is this one, for a program that doesn't bear a fork.

    Returns
    -------
    told, promoted : DataFrame
        Rows of `try_log`.
    """
    jobs = [(name, seed + number) for name, case in cases.items() for number in range(case.logs)]
    if processes == 1:
        tried = [try_log(*job) for job in jobs]
    else:
        with ProcessPoolExecutor(processes) as pool:
            tried = list(pool.map(try_log, *zip(*jobs, strict=True), chunksize=4))
    told, promoted = (
        pd.DataFrame([row for part in parts for row in part]) for parts in zip(*tried, strict=True)
    )
    return told, promoted


def page(told: pd.DataFrame, promoted: pd.DataFrame) -> str:
    """Lay the study out as a page."""
    tried = told.groupby("case", sort=False)["seed"].nunique()
    cases = [
        f"| {name} | {logs} | {CASES[name].customers:,} | {CASES[name].said} |"
        for name, logs in tried.items()
    ]
    return f"""# How often values and gains are told right, and what the gate promotes

Logs whose truth is known, made by the sample's generator and judged by `studies/policy_evaluation.py` (`make
studies`) as a build judges them at depth `quick`: policies learn in earlier folds, and the gate decides about
all (seeds from {told["seed"].min():,}; how intervals are made was chosen on seeds below 2,000). Dollars are a
decision. The truth is that of the very chances that each policy gave the customers judged.

| case | logs | customers each | what they are |
|---|---:|---:|---|
{chr(10).join(cases)}

{chr(10).join(bars(told, promoted))}

## Values and gains

The standard error is the larger of that by the spread seen and that by the spread which the model expects.
Intervals of values, and of gains over what was done, lean to the side of their skewness; one of 95 % that
leans as it should leaves 2.5 % of truths below it and 2.5 % above. The direct method has no interval: its
error isn't in the spread of its predictions. What is refused for its support isn't told.

{table_of_told(told)}

## What the gate promotes

Over the policy in use; “no better” is a true gain of nothing or less. Among those that pass the gate promotes
policies that draw their campaigns, by ends that are joint for all candidates.

{table_of_promoted(promoted)}
"""


def bars(told: pd.DataFrame, promoted: pd.DataFrame) -> list[str]:
    """Return figures beside their bars, a line each."""
    robust = summary(told).xs(DOUBLY_ROBUST, level="estimator").reset_index()
    is_choice = robust["what"].str.startswith(CHOOSING)
    lines = []
    for case, bar in {"logged": "93 to 97 %", "estimated": "90 to 98 %"}.items():
        main = robust[(robust["case"] == case) & ~is_choice]
        choice = robust[(robust["case"] == case) & is_choice]
        held, error, of_choice = main["covered"], main["rmse_by_error"], choice["covered"].min()
        lines.append(
            f"- Propensities {case}: doubly robust intervals of the value and of gains over the present mix"
            f" hold in {held.min():.1%} to {held.max():.1%} (bar: {bar}); the root mean squared error is"
            f" {error.min():.2f} to {error.max():.2f} of the mean standard error (bar: at most 1.2);"
            f" intervals of what choosing gains hold in {of_choice:.1%} or more (bar: 90 %)."
        )
    refused = promoted[promoted["case"] == UNSUPPORTED]
    wrong = gate_summary(promoted)["is_wrong"].max()
    return [
        *lines,
        f"- A policy that is truly no better is promoted on at most {wrong:.1%} of a case's logs (bar: 5 %).",
        f"- Of {refused['seed'].nunique()} logs without support one is promoted on"
        f" {refused.loc[refused['promoted'].notna(), 'seed'].nunique()}.",
    ]


def table_of_told(told: pd.DataFrame) -> str:
    """Return how values and gains went."""
    lines = [
        "| case | what | estimator | told | true | bias | root mean squared error | by mean standard error |"
        " half width | interval holds | truth below it | truth above it |",
        "|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for (case, what, estimator), row in summary(told[told["case"] != UNSUPPORTED]).iterrows():
        shares = " | ".join(f"{row[name]:.1%}" for name in ("covered", "below", "above"))
        figures = f"{row['rmse_by_error']:.2f} | {row['half_width']:,.0f} | {shares}"
        lines.append(
            f"| {case} | {what} | {estimator} | {row['logs']:.0f} | {row['truth']:,.0f} |"
            f" {row['bias']:,.0f} | {row['rmse']:,.0f} |"
            f" {'- | - | - | - | -' if estimator == DIRECT else figures} |"
        )
    return "\n".join(lines)


def table_of_promoted(promoted: pd.DataFrame) -> str:
    """Return what the gate did."""
    lines = [
        "| case | in use | promotes | one that is no better | lets one pass that is no better | one is truly"
        " better | least true gain of one promoted |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for (case, present), row in gate_summary(promoted).iterrows():
        names = ("is_promoted", "is_wrong", "passed_wrongly", "is_any_better")
        least = "-" if np.isnan(row["least_gain"]) else f"{row['least_gain']:,.0f}"
        lines.append(f"| {case} | {present} | {' | '.join(f'{row[name]:.1%}' for name in names)} | {least} |")
    return "\n".join(lines)


def main() -> None:
    """Try all logs and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=float, default=1.0, help="of the logs of each case")
    parser.add_argument("--seed", type=int, default=40_000, help="of the first log")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, default=PAGE)
    arguments = parser.parse_args()
    cases = {
        name: case._replace(logs=max(1, round(case.logs * arguments.share))) for name, case in CASES.items()
    }
    text = page(*try_logs(cases, seed=arguments.seed, processes=arguments.processes or 1))
    arguments.out.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
