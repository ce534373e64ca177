"""Campaign impact: whether type and channel make a difference or only reach better people.

Nobody went untreated, so arms are compared with each other, never with no campaign. What drives both the plan
and the outcome is adjusted for: who the customer is, and the rest of the plan (spend, and the channel when
types are compared, the type when channels are), since all of it is decided before the contact. So a
difference is that between two plans of the same spend. Engagement follows from the campaign: adjusting for it
would take away what the campaign does by way of it, so it is never looked at.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.campaigns.columns import ARMS, CUSTOMER_NUMBERS, GENDER, KEY, SPEND, TARGET
from bank_marketing.campaigns.impact_by_segment import GROUP_COLUMNS, effects_by_group
from bank_marketing.campaigns.impact_card import impact_card
from bank_marketing.fitting.fits import METRIC_COLUMNS, Fit, Task
from bank_marketing.methods import arm_contrasts
from bank_marketing.methods.arm_contrasts import ArmScores, Estimate
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.design import design_matrix
from bank_marketing.methods.intervals import row_mean_interval
from bank_marketing.methods.metrics import log_losses
from bank_marketing.methods.power import smallest_detectable

LEAST_CUSTOMERS = 50
LEAST_EVENTS = 20
REST = "the rest"
NOTHING = "(nothing)"
# Groups this alike count as balanced (Austin 2009); a comparison needs this many customers to rest on.
LARGEST_DIFFERENCE = 0.1

COLUMNS = (
    "dimension",
    "arm",
    "against",
    "customers",
    "customers_against",
    "conversion_rate",
    "conversion_rate_low",
    "conversion_rate_high",
    "conversion_rate_against",
    "conversion_rate_against_low",
    "conversion_rate_against_high",
    "difference",
    "difference_low",
    "difference_high",
    "difference_joint_low",
    "difference_joint_high",
    "p_value",
    "p_value_corrected",
    "is_distinguishable",
    "smallest_detectable_difference",
    "unadjusted_difference",
    "unadjusted_difference_low",
    "unadjusted_difference_high",
    "min_propensity",
    "raised_propensity_share",
    "effective_customers",
    "effective_customers_against",
    "max_smd_before",
    "max_smd_after",
    "least_balanced_feature",
    "placebo_difference",
    "placebo_difference_low",
    "placebo_difference_high",
    "is_placebo_distinguishable",
    "e_value",
    "e_value_of_interval",
    "evidence",
    "adjusted_for",
    "verdict",
)


def fit(frame: pd.DataFrame, *, depth: str, seed: int) -> Fit:
    """Estimate all contrasts of campaign types and of channels, for everybody and by group.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `features_campaign_impact`, one per customer; rows without an outcome are left out.
    depth : {'quick', 'full'}
        Over how many divisions into folds the estimates are averaged.
    seed : int
        Seed of the folds.

    Returns
    -------
    bank_marketing.fitting.fits.Fit
        With the tables `impact` (columns `COLUMNS`) and `by_segment` (columns `GROUP_COLUMNS`). With too
        little data, each holds rows that say so.
    """
    known = frame[frame[TARGET].notna()].sort_values(KEY, ignore_index=True)
    outcome = known[TARGET].to_numpy(dtype=np.int64)
    events = int(outcome.sum())
    if min(events, len(known) - events) < LEAST_EVENTS:
        reason = (
            f"{events} of {len(known)} customers converted; a contrast needs at least {LEAST_EVENTS} who did"
            f" and {LEAST_EVENTS} who didn't"
        )
        impact = pd.DataFrame([_unknown(dimension, NOTHING, NOTHING, reason) for dimension in ARMS])
        groups = pd.DataFrame([_unknown_group(dimension, NOTHING, reason) for dimension in ARMS])
        impact, groups = impact.reindex(columns=list(COLUMNS)), groups.reindex(columns=list(GROUP_COLUMNS))
        return Fit(
            "insufficient_data",
            params={"reason": reason},
            tables={"impact": impact, "by_segment": groups},
            card=f"# Campaign impact\n\nNot estimated: {reason}.\n",
        )
    repeats = DEPTHS[depth].contrast_repeats
    parts = [_of_dimension(known, dimension, repeats=repeats, seed=seed) for dimension in ARMS]
    impact = pd.concat([part[0] for part in parts], ignore_index=True).reindex(columns=list(COLUMNS))
    groups = pd.concat([part[1] for part in parts], ignore_index=True).reindex(columns=list(GROUP_COLUMNS))
    metrics = [row for part in parts for row in part[2]] or [
        ("all", "customers", len(known), *[None] * 2, len(known))
    ]
    return Fit(
        "fitted",
        params={"seed": seed, "repeats": repeats, "folds": arm_contrasts.FOLDS},
        metrics=pd.DataFrame(metrics, columns=list(METRIC_COLUMNS)),
        tables={"impact": impact, "by_segment": groups},
        card=impact_card(impact, groups),
    )


def _of_dimension(
    known: pd.DataFrame, dimension: str, *, repeats: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame, list[tuple[Any, ...]]]:
    """Return contrasts, effects by group and metrics of the types or of the channels."""
    counts = known[dimension].value_counts().sort_index()
    arms = [str(name) for name in counts.index[counts >= LEAST_CUSTOMERS]]
    rows = [
        _unknown(dimension, str(name), REST, f"only {counts[name]} customers, fewer than {LEAST_CUSTOMERS}")
        for name in counts.index[counts < LEAST_CUSTOMERS]
    ]
    if len(arms) < 2:
        reason = "no other one has enough customers, so there is nothing to compare with"
        rows += [_unknown(dimension, name, NOTHING, reason) for name in arms or [NOTHING]]
        groups = [_unknown_group(dimension, name, reason) for name in arms or [NOTHING]]
        return pd.DataFrame(rows), pd.DataFrame(groups), []

    compared = known[known[dimension].isin(arms)].reset_index(drop=True)
    outcome = compared[TARGET].to_numpy(dtype=np.int64)
    arm = compared[dimension].map({name: number for number, name in enumerate(arms)}).to_numpy(dtype=np.int64)
    (rest_of_plan,) = (name for name in ARMS if name != dimension)
    numeric = [*CUSTOMER_NUMBERS, SPEND]
    design = design_matrix(compared, numeric, [GENDER, rest_of_plan])
    scores = arm_contrasts.cross_fit_arms(design, arm, outcome, repeats=repeats, seed=seed)
    placebo = _placebo(compared, numeric, rest_of_plan, arm, repeats=repeats, seed=seed)

    rest = {name: arm_contrasts.rest_contrast(arm, number) for number, name in enumerate(arms)}
    contrasts = {(name, REST): weights for name, weights in rest.items()} | {
        (arms[one], arms[other]): arm_contrasts.pair_contrast(len(arms), one, other)
        for one in range(len(arms))
        for other in range(one + 1, len(arms))
    }
    adjusted_for = ", ".join(
        name for name in [*CUSTOMER_NUMBERS, GENDER, SPEND, rest_of_plan] if compared[name].nunique() > 1
    )
    rows += [
        {"dimension": dimension, "arm": name, "against": against, "adjusted_for": adjusted_for}
        | _contrast(scores, weights, design, outcome, placebo, comparisons=len(contrasts))
        for (name, against), weights in contrasts.items()
    ]
    groups = effects_by_group(compared, scores, rest, dimension=dimension)
    return pd.DataFrame(rows), groups, _metrics(scores, outcome, dimension)


def _placebo(
    compared: pd.DataFrame, numeric: list[str], rest_of_plan: str, arm: np.ndarray, *, repeats: int, seed: int
) -> ArmScores | None:
    """Treat gender, which no campaign changes, as the outcome, and leave it out of what is adjusted for."""
    gender = compared[GENDER].dropna()
    if gender.empty:
        return None
    placebo = (compared[GENDER] == gender.mode()[0]).to_numpy(dtype=np.int64)
    if min(placebo.sum(), (1 - placebo).sum()) < LEAST_EVENTS:
        return None
    design = design_matrix(compared, numeric, [rest_of_plan])
    return arm_contrasts.cross_fit_arms(design, arm, placebo, repeats=repeats, seed=seed)


def _contrast(
    scores: ArmScores,
    weights: np.ndarray,
    design: pd.DataFrame,
    outcome: np.ndarray,
    placebo: ArmScores | None,
    *,
    comparisons: int,
) -> dict[str, Any]:
    """Return a contrast with all that tells how far it can be trusted."""
    effect = arm_contrasts.mean_estimate(scores.score @ weights, comparisons=comparisons)
    rate = arm_contrasts.mean_estimate(scores.score @ np.maximum(weights, 0))
    rate_against = arm_contrasts.mean_estimate(scores.score @ np.maximum(-weights, 0))
    one, other = arm_contrasts.weights_of_sides(scores, weights)
    naive = _naive(outcome, one > 0, other > 0)
    before = arm_contrasts.standardised_differences(
        design, (one > 0).astype(np.float64), (other > 0).astype(np.float64)
    )
    after = arm_contrasts.standardised_differences(design, one, other)
    worst = int(np.abs(after).argmax()) if len(after) else None
    e_value, e_value_of_interval = arm_contrasts.e_values(scores, weights)
    row: dict[str, Any] = {
        "customers": int((one > 0).sum()),
        "customers_against": int((other > 0).sum()),
        "conversion_rate": rate.value,
        "conversion_rate_low": rate.low,
        "conversion_rate_high": rate.high,
        "conversion_rate_against": rate_against.value,
        "conversion_rate_against_low": rate_against.low,
        "conversion_rate_against_high": rate_against.high,
        "difference": effect.value,
        "difference_low": effect.low,
        "difference_high": effect.high,
        "difference_joint_low": effect.joint_low,
        "difference_joint_high": effect.joint_high,
        "p_value": effect.p_value,
        "p_value_corrected": effect.p_value_corrected,
        "is_distinguishable": effect.joint_low > 0 or effect.joint_high < 0,
        "smallest_detectable_difference": smallest_detectable(effect.error, comparisons=comparisons),
        "unadjusted_difference": naive.value,
        "unadjusted_difference_low": naive.low,
        "unadjusted_difference_high": naive.high,
        "min_propensity": float(scores.propensity[:, weights != 0].min()),
        "raised_propensity_share": float(scores.raised[:, weights != 0].any(axis=1).mean()),
        "effective_customers": arm_contrasts.effective_rows(one),
        "effective_customers_against": arm_contrasts.effective_rows(other),
        "max_smd_before": float(np.abs(before).max()) if len(before) else 0.0,
        "max_smd_after": float(np.abs(after).max()) if len(after) else 0.0,
        "least_balanced_feature": None if worst is None else str(design.columns[worst]),
        "e_value": e_value,
        "e_value_of_interval": e_value_of_interval,
        "evidence": "adjusted",
    }
    if placebo is not None:
        nothing = arm_contrasts.mean_estimate(placebo.score @ weights, comparisons=comparisons)
        row |= {
            "placebo_difference": nothing.value,
            "placebo_difference_low": nothing.low,
            "placebo_difference_high": nothing.high,
            "is_placebo_distinguishable": nothing.joint_low > 0 or nothing.joint_high < 0,
        }
    return row | {"verdict": _verdict(row)}


def _naive(outcome: np.ndarray, one: np.ndarray, other: np.ndarray) -> Estimate:
    """Return the difference of the plain rates, for contrast."""
    rates = outcome[one].mean(), outcome[other].mean()
    error = np.sqrt(
        sum(rate * (1 - rate) / side.sum() for rate, side in zip(rates, (one, other), strict=True))
    )
    return arm_contrasts.estimate_of(float(rates[0] - rates[1]), float(error))


def _verdict(row: Mapping[str, Any]) -> str:
    """Say in a sentence what follows, and what stands against it."""
    if row["is_distinguishable"]:
        more = "more" if row["difference"] > 0 else "less"
        points = abs(100 * row["difference"])
        found = f"Converts {points:.1f} points {more}, customers and rest of the plan being alike"
    else:
        both = row["customers"] + row["customers_against"]
        visible = f"{100 * row['smallest_detectable_difference']:.1f} points"
        found = f"A difference can't be told from chance ({both:,} customers: {visible} would have been seen)"
    doubts = []
    if min(row["effective_customers"], row["effective_customers_against"]) < LEAST_CUSTOMERS:
        doubts.append("it rests on too few comparable customers")
    if row["max_smd_after"] > LARGEST_DIFFERENCE:
        doubts.append(f"weighting leaves a difference in {row['least_balanced_feature']}")
    if row.get("is_placebo_distinguishable"):
        doubts.append("the placebo outcome, which no campaign changes, differs too")
    return f"{found}; but {', and '.join(doubts)}." if doubts else f"{found}."


def _unknown(dimension: str, arm: str, against: str, reason: str) -> dict[str, Any]:
    return {
        "dimension": dimension,
        "arm": arm,
        "against": against,
        "evidence": "adjusted",
        "verdict": f"Not estimated: {reason}.",
    }


def _unknown_group(dimension: str, arm: str, reason: str) -> dict[str, Any]:
    return {
        "dimension": dimension,
        "arm": arm,
        "group_name": NOTHING,
        "group_value": NOTHING,
        "evidence": "adjusted",
        "verdict": f"Not estimated: {reason}.",
    }


def _metrics(scores: ArmScores, outcome: np.ndarray, dimension: str) -> list[tuple[Any, ...]]:
    """Tell how far the two models see ahead: who gets which arm, and who converts."""
    rows = np.arange(len(outcome))
    shares = np.bincount(scores.arm) / len(outcome)
    of_rows = {
        "assignment_log_loss": -np.log(scores.propensity[rows, scores.arm]),
        "assignment_log_loss_of_shares": -np.log(shares[scores.arm]),
        "outcome_log_loss": log_losses(outcome, scores.prediction[rows, scores.arm]),
    }
    return [
        ("cross_validation", f"{name}_by_{dimension}", *row_mean_interval(values), len(outcome))
        for name, values in of_rows.items()
    ]


TASK = Task("campaign_impact", version=4, fit=fit)
