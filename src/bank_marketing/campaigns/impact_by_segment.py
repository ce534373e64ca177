"""Campaign impact by group of customers: whom an arm suits more than others, if anybody.

A grouping is first tested for all arms together, then one test for each arm says whether its effect differs
in it at all: for bands of a number the trend over the bands, for names any difference among them. Only within
those that are found, groups are compared with the others. What isn't found is not absent: each row says what
could have been seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from bank_marketing.campaigns.columns import ARMS, CUSTOMER_NUMBERS, SPEND
from bank_marketing.methods import arm_contrasts
from bank_marketing.methods.arm_contrasts import ArmScores, Estimate
from bank_marketing.methods.group_tests import holm, joint_trend_p_value, trend
from bank_marketing.methods.power import (
    smallest_detectable,
    smallest_detectable_group,
    smallest_noncentrality,
)

SEGMENT = "segment_name"
BANDS = 4
LEAST_IN_GROUP = 30
SIGNIFICANCE = 0.05
# Rows influence contrasts unevenly, so that far out the normal distribution finds too much: p-values of
# groupings are raised by this, lest more than 5 of 100 builds find what isn't there (docs/studies).
CAUTION = 2.5

GROUP_COLUMNS = (
    "dimension",
    "arm",
    "group_name",
    "group_value",
    "group_rank",
    "customers",
    "customers_with_arm",
    "difference",
    "difference_low",
    "difference_high",
    "difference_joint_low",
    "difference_joint_high",
    "is_distinguishable",
    "difference_to_others",
    "difference_to_others_low",
    "difference_to_others_high",
    "grouping_p_value",
    "grouping_p_value_corrected",
    "is_grouping_distinguishable",
    "p_value_corrected",
    "is_distinguishable_from_others",
    "smallest_detectable_difference",
    "n",
    "heterogeneity_slope",
    "heterogeneity_slope_low",
    "heterogeneity_slope_high",
    "evidence",
    "verdict",
)


@dataclass(frozen=True)
class _Group:
    """A group of customers under one arm; `inside`, the effect in it, is None with too few to compare."""

    name: str
    rank: int
    members: np.ndarray
    with_arm: int
    inside: Estimate | None


@dataclass(frozen=True)
class _Grouping:
    """All groups of one grouping under one arm, and the influence of the rows on the arm's contrast."""

    name: str
    influence: np.ndarray
    groups: list[_Group]

    @property
    def estimated(self) -> list[_Group]:
        return [group for group in self.groups if group.inside is not None]

    @property
    def errors(self) -> list[float]:
        return [group.inside.error for group in self.groups if group.inside is not None]

    @property
    def is_tested(self) -> bool:
        """Whether it has enough customers: names at least two groups, bands all, or the trend has a hole."""
        enough = len(self.estimated) > 1
        return enough and (self.name == SEGMENT or len(self.estimated) == len(self.groups))

    def trend(self) -> tuple[float, float]:
        means = [group.inside.value for group in self.groups if group.inside is not None]
        return trend(means, self.errors, [group.rank for group in self.estimated])

    def p_value(self) -> float:
        """Test whether the effect differs: between any names, or by the trend over bands."""
        if not self.is_tested:
            return float("nan")
        if self.name == SEGMENT:
            parts = [self.influence[group.members] for group in self.estimated]
            return float(stats.f_oneway(*parts, equal_var=False).pvalue)
        return arm_contrasts.estimate_of(*self.trend()).p_value


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
        Each arm with its contrast against the rest, in the order of the scores.
    dimension : str
        What the arms are: campaign_type or campaign_channel.

    Returns
    -------
    pandas.DataFrame
        Columns `GROUP_COLUMNS`. Joint intervals hold over all arms and groups of the dimension (Bonferroni).
        p-values of arms and groupings are no smaller than that of all arms together in the grouping,
        corrected over the groupings of all dimensions (Holm), and are corrected over the arms (Holm); those
        of groups are no smaller than these, and corrected over the groups (Holm).
    """
    labels_of = {SEGMENT: _segments(compared)} | {
        name: _bands(compared[name]) for name in (*CUSTOMER_NUMBERS, SPEND)
    }
    comparisons = max(1, len(contrasts) * sum(len(labels.cat.categories) for labels in labels_of.values()))
    influences = {arm: scores.score @ contrast for arm, contrast in contrasts.items()}
    parts = {
        (arm, name): _Grouping(
            name, influence, _groups(labels, influence, scores.arm == number, comparisons=comparisons)
        )
        for number, (arm, influence) in enumerate(influences.items())
        for name, labels in labels_of.items()
    }
    together = [_p_value_of_all([parts[arm, name] for arm in contrasts]) for name in labels_of]
    spent = len(ARMS) * CAUTION
    corrected: dict[tuple[str, str], float] = {}
    for name, p in zip(labels_of, np.minimum(holm(together) * spent, 1), strict=True):
        of_arms = holm([parts[arm, name].p_value() for arm in contrasts])
        corrected |= {(arm, name): max(p, one) for arm, one in zip(contrasts, of_arms, strict=True)}
    tests = spent * max(1, int(np.isfinite(together).sum()))
    rows = [
        {"dimension": dimension, "arm": arm, "group_name": name, "evidence": "adjusted"}
        | _slope(scores, contrasts[arm])
        | of_group
        for (arm, name), part in parts.items()
        for of_group in _rows(part, corrected[arm, name], arms=len(contrasts), tests=tests)
    ]
    return pd.DataFrame(rows).reindex(columns=list(GROUP_COLUMNS))


def _groups(
    labels: pd.Series, influence: np.ndarray, with_arm: np.ndarray, *, comparisons: int
) -> list[_Group]:
    groups = []
    for rank, name in enumerate(labels.cat.categories, start=1):
        members = (labels == name).to_numpy()
        treated = int((members & with_arm).sum())
        is_estimated = min(treated, members.sum() - treated) >= LEAST_IN_GROUP
        inside = (
            arm_contrasts.mean_estimate(influence[members], comparisons=comparisons) if is_estimated else None
        )
        groups.append(_Group(str(name), rank, members, treated, inside))
    return groups


def _p_value_of_all(arms: list[_Grouping]) -> float:
    """Test whether the effect of any arm differs by the grouping; nan if no arm has enough customers."""
    tested = [arm for arm in arms if arm.is_tested]
    if not tested:
        return float("nan")
    if tested[0].name == SEGMENT:
        return min(1.0, len(tested) * min(arm.p_value() for arm in tested))
    # Contrasts against the rest add up to nothing over all arms: the last one follows from the others.
    influence = np.column_stack([arm.influence for arm in (tested[:-1] if tested == arms else tested)])
    groups = tested[0].groups
    return joint_trend_p_value(
        [influence[group.members].mean(axis=0) for group in groups],
        [np.atleast_2d(np.cov(influence[group.members].T)) / group.members.sum() for group in groups],
        [group.rank for group in groups],
    )


def _rows(part: _Grouping, corrected: float, *, arms: int, tests: float) -> list[dict[str, Any]]:
    """Return the rows of a grouping: its test, each group's effect, and its difference to the others."""
    apart = _apart(part)
    is_found = bool(corrected < SIGNIFICANCE)
    # No group is more certain than that its grouping differs at all.
    p_values = dict(
        zip(apart, np.maximum(holm([one.p_value for one in apart.values()]), corrected), strict=True)
    )
    visible = dict(zip(apart, _visible(part, apart, is_found, arms, tests), strict=True))
    p, known = part.p_value(), int(sum(group.members.sum() for group in part.groups))
    rows = []
    for group in part.groups:
        row: dict[str, Any] = {
            "group_value": group.name,
            "group_rank": group.rank,
            "customers": int(group.members.sum()),
            "customers_with_arm": group.with_arm,
            "n": known,
        }
        if group.inside is None:
            reason = f"fewer than {LEAST_IN_GROUP} customers to compare"
            rows.append(row | {"verdict": f"Not estimated: {reason}."})
            continue
        row |= _effect(group.inside)
        if part.is_tested:
            row |= {
                **_figures("difference_to_others", apart[group.name]),
                "grouping_p_value": p,
                "grouping_p_value_corrected": corrected,
                "is_grouping_distinguishable": is_found,
                "p_value_corrected": float(p_values[group.name]),
                "is_distinguishable_from_others": bool(p_values[group.name] < SIGNIFICANCE),
                "smallest_detectable_difference": float(visible[group.name]),
            }
        rows.append(row | {"verdict": _verdict(part.name, row)})
    return rows


def _apart(part: _Grouping) -> dict[str, Estimate]:
    """Compare each group with all others that have an estimate."""
    if not part.is_tested:
        return {}
    together = np.any([group.members for group in part.estimated], axis=0)
    found = {}
    for group in part.estimated:
        one, other = (
            arm_contrasts.mean_estimate(part.influence[rows])
            for rows in (group.members, together & ~group.members)
        )
        found[group.name] = arm_contrasts.estimate_of(
            one.value - other.value, float(np.hypot(one.error, other.error))
        )
    return found


def _visible(
    part: _Grouping, apart: Mapping[str, Estimate], is_found: bool, arms: int, tests: float
) -> list[float]:
    """Return what the test that decides could have seen: of the grouping, once it is found of the group."""
    if not part.is_tested:
        return []
    if is_found:
        return [smallest_detectable(one.error, comparisons=len(apart)) for one in apart.values()]
    if part.name == SEGMENT:
        return list(smallest_detectable_group(part.errors, comparisons=arms * tests))
    _, error = part.trend()
    return [float(np.sqrt(smallest_noncentrality(arms - 1, comparisons=tests))) * error] * len(apart)


def _effect(inside: Estimate) -> dict[str, Any]:
    return _figures("difference", inside) | {
        "difference_joint_low": inside.joint_low,
        "difference_joint_high": inside.joint_high,
        "is_distinguishable": inside.joint_low > 0 or inside.joint_high < 0,
    }


def _figures(name: str, estimate: Estimate) -> dict[str, float]:
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}


def _verdict(grouping: str, row: Mapping[str, Any]) -> str:
    if "grouping_p_value" not in row:
        return "Not compared: other groups have too few customers."
    points = f"{100 * row['smallest_detectable_difference']:.1f} points"
    if row["is_distinguishable_from_others"]:
        more = "more" if row["difference_to_others"] > 0 else "less"
        return f"Suits these customers {more} than the others."
    if row["is_grouping_distinguishable"]:
        return (
            f"The effect differs by {grouping}; whether in this group can't be told from chance"
            f" ({row['customers']:,} customers: {points} to the others would have been seen)."
        )
    between = "to the others" if grouping == SEGMENT else "from the first to the last band"
    return (
        f"Whether the effect differs by {grouping} can't be told from chance ({row['n']:,} customers:"
        f" {points} {between} would have been seen)."
    )


def _slope(scores: ArmScores, contrast: np.ndarray) -> dict[str, float]:
    slope = arm_contrasts.heterogeneity_slope(scores, contrast)
    return {} if slope is None else _figures("heterogeneity_slope", slope)


def _segments(compared: pd.DataFrame) -> pd.Series:
    return compared[SEGMENT].astype(object).astype("category")


def _bands(numbers: pd.Series) -> pd.Series:
    """Cut numbers at the quartiles, as far as they differ, and name each band by what is in it."""
    values = numbers.astype(float)
    if values.notna().sum() == 0:
        return values.astype(object).astype("category")
    cuts = pd.qcut(values, BANDS, labels=False, duplicates="drop")
    ends = values.groupby(cuts).agg(["min", "max"])
    # As many digits as it takes to tell the bands apart.
    for digits in (6, 9, 12, 17):
        names = {band: f"{low:.{digits}g} to {high:.{digits}g}" for band, low, high in ends.itertuples()}
        if len(set(names.values())) == len(names):
            break
    return pd.Series(pd.Categorical(cuts.map(names), categories=list(names.values())), index=numbers.index)
