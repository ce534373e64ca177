"""Uplift of a list: what came of it, against the customers who were held out of it and left alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bank_marketing.methods.holdout import RATIO_LEVEL, sample_ratio_p_value
from bank_marketing.methods.intervals import bootstrap_interval
from bank_marketing.methods.uplift import (
    BALANCE_LEVEL,
    balance_test,
    difference_of_rates,
    qini_curve,
    ratio_of_rates,
)

# With their types, which DuckDB needs where there is no row.
COLUMNS = {
    "outcome_kind": "string",
    "measure": "string",
    "group_name": "string",
    "group_value": "string",
    "customers": "Int64",
    "treated": "Int64",
    "control": "Int64",
    "value": "float64",
    "value_low": "float64",
    "value_high": "float64",
    "random_value": "float64",
    "perfect_value": "float64",
    "evidence": "string",
    "message": "string",
}
# With fewer customers on either side no rate of theirs says much.
LEAST_ON_A_SIDE = 30
RESAMPLES = 200


@dataclass(frozen=True)
class ListTerms:
    """How one kind of list calls what it knows.

    Attributes
    ----------
    key : str
        Column with the customer's number.
    traits, levels : tuple of str
        Numbers and words that may tell who was treated, known on the day of the list.
    groupings : tuple of str
        Levels by which the difference is measured, too.
    lasting : tuple of str
        What no action changes, for customers whose traits nobody kept: those of today came after the action.
    score : str
        By which the list ranks: the Qini curve is its.
    history : str
        The published history of the lists.
    stated_by : str
        The var by which a bank says that it drew the treated at random itself.
    """

    key: str
    traits: tuple[str, ...]
    levels: tuple[str, ...]
    groupings: tuple[str, ...]
    lasting: tuple[str, ...]
    score: str
    history: str
    stated_by: str


def measure_uplift(
    outcomes: pd.DataFrame, terms: ListTerms, *, is_stated_random: bool, seed: int
) -> pd.DataFrame:
    """Measure what the action changed: the difference overall and by group, and the Qini curve of the score.

    Parameters
    ----------
    outcomes : DataFrame
        One row per customer and kind of outcome: the key, source_line, outcome_kind, is_treated, is_good,
        is_listed, is_held_out, holdout_share and what `terms` names; may be empty.
    terms : ListTerms
        What the columns are called.
    is_stated_random : bool
        Whether the bank says that it drew the treated at random itself. Otherwise the assignment counts as
        random where the hold-out of the published lists was left alone and the others were treated.
    seed : int
        Draws the resamples behind the interval of the Qini coefficient.

    Returns
    -------
    DataFrame
        Columns outcome_kind, measure, group_name, group_value, customers, treated, control, value, value_low,
        value_high, random_value, perfect_value, evidence and message. The measures are 'difference' (of the
        shares with the wanted outcome, treated less control; its intervals hold jointly within a grouping),
        'relative_difference' (their ratio less one), 'qini_coefficient' and 'qini_curve' (good outcomes won
        by treating that many of the highest score first). No row without outcomes.
    """
    parts = [
        _measure_kind(of_kind, terms, is_stated_random=is_stated_random, seed=seed).assign(outcome_kind=kind)
        for kind, of_kind in outcomes.sort_values([terms.key, "source_line"]).groupby("outcome_kind")
    ]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    return pd.concat(parts, ignore_index=True).reindex(columns=list(COLUMNS)).astype(COLUMNS)


def _measure_kind(
    outcomes: pd.DataFrame, terms: ListTerms, *, is_stated_random: bool, seed: int
) -> pd.DataFrame:
    """Measure one kind of outcome."""
    is_listed = outcomes["is_listed"].to_numpy(dtype=bool)
    # Beside an experiment, customers of no list prove nothing.
    is_experiment = is_listed.any() and not is_stated_random
    known = (outcomes[is_listed] if is_experiment else outcomes).reset_index(drop=True)
    treated, good = known["is_treated"].to_numpy(dtype=bool), known["is_good"].to_numpy(dtype=bool)
    evidence, note = judge_assignment(known, terms, is_stated_random=is_stated_random)
    if len(known) < len(outcomes):
        note += f" Left out: {len(outcomes) - len(known)} customers whom no published list named."
    parts = [_differences(known.assign(all="all"), "all", treated, good)]
    sides = min(treated.sum(), (~treated).sum())
    # Groups and order by what may have changed since would part customers by what came of the action.
    groupings = [name for name in terms.groupings if known["is_listed"].all() or name in terms.lasting]
    if sides >= LEAST_ON_A_SIDE:
        parts += [_differences(known, grouping, treated, good) for grouping in groupings]
    has_score = known[terms.score].notna().to_numpy() & known["is_listed"].all()
    if sides >= LEAST_ON_A_SIDE and 0 < treated[has_score].sum() < has_score.sum():
        parts.append(_qini(good[has_score], treated[has_score], known.loc[has_score, terms.score], seed=seed))
    return pd.concat(parts, ignore_index=True).assign(evidence=evidence, message=note)


def judge_assignment(outcomes: pd.DataFrame, terms: ListTerms, *, is_stated_random: bool) -> tuple[str, str]:
    """Tell whether treated and controls may be compared as if chance had parted them.

    Parameters
    ----------
    outcomes : DataFrame
        As in `measure_uplift`, of one kind, not empty.
    terms : ListTerms
        What the columns are called.
    is_stated_random : bool
        Whether the bank says that it drew the treated at random itself.

    Returns
    -------
    evidence : {'randomised', 'descriptive'}
        'randomised' if the assignment was random, its numbers are as drawn and the traits are balanced.
    note : str
        Why, in a sentence.
    """
    treated = outcomes["is_treated"].to_numpy(dtype=bool)
    if treated.sum() < LEAST_ON_A_SIDE or (~treated).sum() < LEAST_ON_A_SIDE:
        return "descriptive", (
            f"{treated.sum()} treated and {(~treated).sum()} controls: at least {LEAST_ON_A_SIDE} of each are"
            " needed to check the assignment."
        )
    if not is_stated_random:
        problem = _broken_draw(outcomes, treated, terms)
        if problem:
            return "descriptive", problem
    is_kept = bool(outcomes["is_listed"].all())
    traits = [name for name in terms.traits if is_kept or name in terms.lasting]
    levels = [name for name in terms.levels if is_kept or name in terms.lasting]
    numbers = outcomes[traits].astype(float)
    numbers = numbers.fillna(numbers.mean()).fillna(0.0)
    indicators = pd.get_dummies(outcomes[levels].astype(str), dtype=float)
    _, _, p_value = balance_test(pd.concat([numbers, indicators], axis=1), treated)
    if p_value < BALANCE_LEVEL:
        return "descriptive", (
            f"Treated and controls differ in what was known before (test of balance, p {p_value:.2g}), not as"
            " chance would part them. Controls must be the held-out among those who would have been called."
        )
    return "randomised", (
        f"Random assignment; nothing known before tells who was treated (test of balance, p {p_value:.2g})."
        + (
            ""
            if is_kept
            else f" Tested were only {' and '.join([*traits, *levels])}: nobody kept the other traits."
        )
    )


def _broken_draw(outcomes: pd.DataFrame, treated: np.ndarray, terms: ListTerms) -> str | None:
    """Say why treated and controls aren't those whom the published lists drew, if they aren't."""
    if not outcomes["is_listed"].all():
        return (
            f"{(~outcomes['is_listed'].astype(bool)).sum()} customers were on no published list"
            f" ({terms.history}), and nobody says that they were drawn at random (var {terms.stated_by})."
        )
    is_held_out = outcomes["is_held_out"].to_numpy(dtype=bool)
    if (is_held_out == treated).any():
        return (
            f"{(is_held_out & treated).sum()} customers of the hold-out were treated and"
            f" {(~is_held_out & ~treated).sum()} others left alone: not as drawn, and nobody says that"
            f" another draw decided (var {terms.stated_by})."
        )
    share = outcomes["holdout_share"].to_numpy(dtype=float)
    p_value = sample_ratio_p_value(is_held_out, share)
    if p_value < RATIO_LEVEL:
        return (
            f"{is_held_out.sum()} of {len(share)} held out where {share.sum():.0f} were drawn (sample-ratio"
            f" check, p {p_value:.2g}): outcomes are missing on one side."
        )
    return None


def _differences(known: pd.DataFrame, grouping: str, treated: np.ndarray, good: np.ndarray) -> pd.DataFrame:
    counts = (
        pd.DataFrame(
            {
                "group_value": known[grouping].astype(str),
                "treated": treated,
                "control": ~treated,
                "good_treated": good & treated,
                "good_control": good & ~treated,
            }
        )
        .groupby("group_value")
        .sum()
        .reset_index()
    )
    sides = [counts[name] for name in ("good_treated", "treated", "good_control", "control")]
    measures = {
        "difference": difference_of_rates(*sides, comparisons=len(counts)),
        "relative_difference": ratio_of_rates(*sides, comparisons=len(counts)),
    }
    of_groups = counts[["group_value", "treated", "control"]].assign(
        group_name=grouping, customers=counts["treated"] + counts["control"]
    )
    return pd.concat(
        [pd.concat([of_groups, table], axis=1).assign(measure=name) for name, table in measures.items()],
        ignore_index=True,
    )


def _qini(good: np.ndarray, treated: np.ndarray, risk: pd.Series, *, seed: int) -> pd.DataFrame:
    score = risk.to_numpy(dtype=float)

    def coefficient(is_good: np.ndarray, is_treated: np.ndarray, of_score: np.ndarray) -> float:
        if is_treated.all() or not is_treated.any():
            return float("nan")
        return qini_curve(is_good, is_treated, of_score).coefficient

    value, low, high = bootstrap_interval(
        coefficient, good, treated, score, resamples=RESAMPLES, random=np.random.default_rng(seed)
    )
    curve = qini_curve(good, treated, score)
    points = pd.DataFrame(
        {
            "measure": "qini_curve",
            "customers": curve.customers.astype("int64"),
            "value": curve.gain,
            "random_value": curve.random,
            "perfect_value": curve.perfect,
        }
    )
    summary = pd.DataFrame(
        {
            "measure": ["qini_coefficient"],
            "customers": [len(score)],
            "value": [value],
            "value_low": [low],
            "value_high": [high],
            "random_value": [0.0],
            "perfect_value": [1.0],
        }
    )
    sides = {"group_name": "all", "group_value": "all", "treated": treated.sum(), "control": (~treated).sum()}
    return pd.concat([summary, points], ignore_index=True).assign(**sides)
