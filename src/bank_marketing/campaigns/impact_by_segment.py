"""Campaign impact by group of customers: whom an arm suits more than others, if anybody."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.campaigns.columns import CUSTOMER_NUMBERS, SPEND
from bank_marketing.methods import arm_contrasts
from bank_marketing.methods.arm_contrasts import ArmScores

SEGMENT = "segment_name"
BANDS = 4
LEAST_IN_GROUP = 30
SIGNIFICANCE = 0.05

GROUP_COLUMNS = (
    "dimension",
    "arm",
    "grouping",
    "customer_group",
    "group_rank",
    "customers",
    "customers_with_arm",
    "difference",
    "difference_low",
    "difference_high",
    "difference_joint_low",
    "difference_joint_high",
    "is_distinguishable_from_none",
    "difference_to_others",
    "difference_to_others_low",
    "difference_to_others_high",
    "corrected_p_value",
    "is_different_from_others",
    "heterogeneity_slope",
    "heterogeneity_slope_low",
    "heterogeneity_slope_high",
    "heterogeneity_corrected_p_value",
    "has_heterogeneity",
    "evidence",
    "verdict",
)


def effects_by_group(
    compared: pd.DataFrame, scores: ArmScores, contrasts: Mapping[str, np.ndarray], *, dimension: str
) -> pd.DataFrame:
    """Return the effect of each arm against the rest in each group of customers.

    Parameters
    ----------
    compared : pandas.DataFrame
        The rows of the scores: `SEGMENT` and the numbers that are cut into bands (quarters of the customers).
    scores : ArmScores
        Scores of conversion.
    contrasts : mapping of str to numpy.ndarray of shape (arms,)
        Each arm with its contrast against the rest.
    dimension : str
        What the arms are: campaign_type or campaign_channel.

    Returns
    -------
    pandas.DataFrame
        Columns `GROUP_COLUMNS`. Joint intervals and corrected p-values hold over all arms and groups of the
        dimension (Bonferroni), those of the heterogeneity over its arms.
    """
    groupings = {SEGMENT: _segments(compared)} | {
        name: _bands(compared[name]) for name in (*CUSTOMER_NUMBERS, SPEND)
    }
    groups = [
        (grouping, rank, label, (labels == label).to_numpy())
        for grouping, labels in groupings.items()
        for rank, label in enumerate(labels.cat.categories, start=1)
    ]
    comparisons = max(1, len(groups) * len(contrasts))
    rows = []
    for number, (arm, contrast) in enumerate(contrasts.items()):
        influence = scores.score @ contrast
        heterogeneity = _heterogeneity(scores, contrast, comparisons=len(contrasts))
        for grouping, rank, label, members in groups:
            with_arm = int((members & (scores.arm == number)).sum())
            row = {
                "dimension": dimension,
                "arm": arm,
                "grouping": grouping,
                "customer_group": label,
                "group_rank": rank,
                "customers": int(members.sum()),
                "customers_with_arm": with_arm,
                "evidence": "adjusted",
            } | heterogeneity
            if min(with_arm, members.sum() - with_arm) < LEAST_IN_GROUP:
                rows.append(
                    row | {"verdict": f"Not estimated: fewer than {LEAST_IN_GROUP} customers to compare."}
                )
            else:
                rows.append(row | _effect(influence, members, heterogeneity, comparisons=comparisons))
    return pd.DataFrame(rows).reindex(columns=list(GROUP_COLUMNS))


def _effect(
    influence: np.ndarray, members: np.ndarray, heterogeneity: Mapping[str, Any], *, comparisons: int
) -> dict[str, Any]:
    inside = arm_contrasts.mean_estimate(influence[members], comparisons=comparisons)
    row: dict[str, Any] = {
        "difference": inside.value,
        "difference_low": inside.low,
        "difference_high": inside.high,
        "difference_joint_low": inside.joint_low,
        "difference_joint_high": inside.joint_high,
        "is_distinguishable_from_none": inside.joint_low > 0 or inside.joint_high < 0,
    }
    is_different = False
    if (~members).sum() >= LEAST_IN_GROUP:
        outside = arm_contrasts.mean_estimate(influence[~members])
        apart = arm_contrasts.estimate_of(
            inside.value - outside.value,
            float(np.hypot(inside.error, outside.error)),
            comparisons=comparisons,
        )
        is_different = apart.corrected_p_value < SIGNIFICANCE
        row |= {
            "difference_to_others": apart.value,
            "difference_to_others_low": apart.low,
            "difference_to_others_high": apart.high,
            "corrected_p_value": apart.corrected_p_value,
            "is_different_from_others": is_different,
        }
    if is_different:
        more = "more" if row["difference_to_others"] > 0 else "less"
        verdict = f"Suits these customers {more} than the others."
    elif heterogeneity["has_heterogeneity"]:
        verdict = "Effects differ among customers, but this group can't be told from the others."
    else:
        verdict = "No sign that the effect differs among customers; take the average effect."
    return row | {"verdict": verdict}


def _heterogeneity(scores: ArmScores, contrast: np.ndarray, *, comparisons: int) -> dict[str, Any]:
    slope = arm_contrasts.heterogeneity_slope(scores, contrast, comparisons=comparisons)
    if slope is None:
        return {"has_heterogeneity": False}
    return {
        "heterogeneity_slope": slope.value,
        "heterogeneity_slope_low": slope.low,
        "heterogeneity_slope_high": slope.high,
        "heterogeneity_corrected_p_value": slope.corrected_p_value,
        "has_heterogeneity": slope.corrected_p_value < SIGNIFICANCE,
    }


def _segments(compared: pd.DataFrame) -> pd.Series:
    return compared[SEGMENT].astype(object).astype("category")


def _bands(numbers: pd.Series) -> pd.Series:
    """Cut numbers at the quartiles, as far as they differ, and name each band by what is in it."""
    values = numbers.astype(float)
    if values.notna().sum() == 0:
        return values.astype(object).astype("category")
    cuts = pd.qcut(values, BANDS, labels=False, duplicates="drop")
    ends = values.groupby(cuts).agg(["min", "max"])
    names = {band: f"{low:g} to {high:g}" for band, low, high in ends.itertuples()}
    return pd.Series(pd.Categorical(cuts.map(names), categories=list(names.values())), index=numbers.index)
