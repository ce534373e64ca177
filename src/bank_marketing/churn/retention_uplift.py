"""Uplift of the retention actions: what came of a campaign, against the customers who were left alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bank_marketing.methods.intervals import bootstrap_interval
from bank_marketing.methods.uplift import BALANCE_LEVEL, balance_test, difference_of_rates, qini_curve

# With their types, which DuckDB needs where there is no row.
COLUMNS = {
    "measure": "string",
    "grouping": "string",
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
    "note": "string",
}
# With fewer customers on either side no rate of theirs says much.
LEAST_ON_A_SIDE = 30
RESAMPLES = 200
# What may tell who was treated: known before the campaign.
TRAITS = ["age_years", "tenure_years", "balance", "products", "churn_probability"]
GROUPINGS = ["country", "is_active", "risk"]


def measure_uplift(outcomes: pd.DataFrame, *, is_stated_random: bool, seed: int) -> pd.DataFrame:
    """Measure what the action changed: the difference overall and by group, and the Qini curve of the risk.

    Parameters
    ----------
    outcomes : DataFrame
        Rows of `features_retention_uplift`: customer_id, is_treated, has_exited, is_in_holdout, the traits,
        country, is_active, risk and churn_probability of the customers of a campaign; may be empty.
    is_stated_random : bool
        Whether the bank says that it drew the treated at random itself. Otherwise the assignment counts as
        random where it is the project's own hold-out that was left alone.
    seed : int
        Draws the resamples behind the interval of the Qini coefficient.

    Returns
    -------
    DataFrame
        Columns measure, grouping, group_value, customers, treated, control, value, value_low, value_high,
        random_value, perfect_value, evidence and note. The measures are 'difference' (of the shares who
        stayed, treated less control; its intervals hold jointly within a grouping), 'qini_coefficient' and
        'qini_curve' (customers kept by treating that many of the highest risk first). No row without
        outcomes.
    """
    known = outcomes.sort_values("customer_id", ignore_index=True)
    if known.empty:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    treated = known["is_treated"].to_numpy(dtype=bool)
    stayed = ~known["has_exited"].to_numpy(dtype=bool)
    evidence, note = judge_assignment(known, is_stated_random=is_stated_random)
    parts = [_differences(known.assign(all="all"), "all", treated, stayed)]
    sides = min(treated.sum(), (~treated).sum())
    if sides >= LEAST_ON_A_SIDE:
        parts += [_differences(known, grouping, treated, stayed) for grouping in GROUPINGS]
    has_score = known["churn_probability"].notna().to_numpy()
    if sides >= LEAST_ON_A_SIDE and 0 < treated[has_score].sum() < has_score.sum():
        parts.append(
            _qini(stayed[has_score], treated[has_score], known.loc[has_score, "churn_probability"], seed=seed)
        )
    measured = pd.concat(parts, ignore_index=True).assign(evidence=evidence, note=note)
    return measured.reindex(columns=list(COLUMNS)).astype(COLUMNS)


def judge_assignment(outcomes: pd.DataFrame, *, is_stated_random: bool) -> tuple[str, str]:
    """Tell whether treated and controls may be compared as if chance had parted them.

    Parameters
    ----------
    outcomes : DataFrame
        As in `measure_uplift`, not empty.
    is_stated_random : bool
        Whether the bank says that it drew the treated at random itself.

    Returns
    -------
    evidence : {'randomised', 'descriptive'}
        'randomised' if the assignment was random and the traits are balanced.
    note : str
        Why, in a sentence.
    """
    treated = outcomes["is_treated"].to_numpy(dtype=bool)
    if treated.sum() < LEAST_ON_A_SIDE or (~treated).sum() < LEAST_ON_A_SIDE:
        return "descriptive", (
            f"{treated.sum()} treated and {(~treated).sum()} controls: at least {LEAST_ON_A_SIDE} of each are"
            " needed to check the assignment."
        )
    is_held_out = outcomes["is_in_holdout"].to_numpy(dtype=bool)
    if not is_stated_random and (is_held_out == treated).any():
        return "descriptive", (
            f"{(is_held_out == treated).sum()} customers of the hold-out were treated, or others"
            " left alone, and nobody says that they were drawn at random"
            " (var retention_is_randomised)."
        )
    traits = outcomes[TRAITS].astype(float)
    numbers = traits.fillna(traits.mean()).fillna(0.0)
    levels = pd.get_dummies(outcomes[["country", "is_active"]].astype(str), dtype=float)
    _, _, p_value = balance_test(pd.concat([numbers, levels], axis=1), treated)
    if p_value < BALANCE_LEVEL:
        return "descriptive", (
            f"Treated and controls differ in what was known before (test of balance, p {p_value:.2g}), not as"
            " chance would part them. Controls must be the held-out among those who would have been called."
        )
    return "randomised", (
        f"Random assignment; nothing known before tells who was treated (test of balance, p {p_value:.2g})."
    )


def _differences(known: pd.DataFrame, grouping: str, treated: np.ndarray, stayed: np.ndarray) -> pd.DataFrame:
    counts = (
        pd.DataFrame(
            {
                "group_value": known[grouping].astype(str),
                "treated": treated,
                "control": ~treated,
                "stayed_treated": stayed & treated,
                "stayed_control": stayed & ~treated,
            }
        )
        .groupby("group_value")
        .sum()
        .reset_index()
    )
    difference = difference_of_rates(
        counts["stayed_treated"],
        counts["treated"],
        counts["stayed_control"],
        counts["control"],
        comparisons=len(counts),
    )
    return pd.concat([counts[["group_value", "treated", "control"]], difference], axis=1).assign(
        measure="difference", grouping=grouping, customers=counts["treated"] + counts["control"]
    )


def _qini(stayed: np.ndarray, treated: np.ndarray, risk: pd.Series, *, seed: int) -> pd.DataFrame:
    score = risk.to_numpy(dtype=float)

    def coefficient(good: np.ndarray, is_treated: np.ndarray, of_score: np.ndarray) -> float:
        if is_treated.all() or not is_treated.any():
            return float("nan")
        return qini_curve(good, is_treated, of_score).coefficient

    value, low, high = bootstrap_interval(
        coefficient, stayed, treated, score, resamples=RESAMPLES, random=np.random.default_rng(seed)
    )
    curve = qini_curve(stayed, treated, score)
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
    sides = {"grouping": "all", "group_value": "all", "treated": treated.sum(), "control": (~treated).sum()}
    return pd.concat([summary, points], ignore_index=True).assign(**sides)
