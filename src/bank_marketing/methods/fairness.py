"""Fairness: whether probabilities, and the choice that follows from them, treat groups of people alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.methods.intervals import (
    difference_interval,
    normal_quantile,
    ratio_interval,
    wilson_interval,
)

# Of fewer people a figure says little, and might say too much about one of them.
LEAST_ROWS = 30
UNKNOWN = "unknown"
NO_RULE = "none"
ANY_ACTION = "any"
COLUMNS = (
    "group_name",
    "group_value",
    "measure",
    "selection_rule",
    "n",
    "value",
    "value_low",
    "value_high",
    "rest_value",
    "difference",
    "difference_low",
    "difference_high",
    "is_distinguishable",
    "ratio",
    "ratio_low",
    "ratio_high",
)


@dataclass(frozen=True)
class _Part:
    """A figure of a part of the rows: their number, the mean, and the ends of its interval."""

    n: int
    mean: float
    low: float
    high: float


def fairness_by_group(
    outcome: npt.ArrayLike | None,
    probability: npt.ArrayLike | None,
    *,
    traits: Mapping[str, npt.ArrayLike],
    selections: Mapping[str, npt.ArrayLike],
) -> pd.DataFrame:
    """Compare each group of people with all others, in what the scores say and in what follows from them.

    Three measures, each a mean over rows: calibration (outcome less probability: above 0, the scores are too
    low for the group), selection rate (share that the rule selects) and true positive rate (share of those
    with the outcome that the rule selects). Scores can't be equal in all three where groups differ in their
    rates (Kleinberg and others 2017): which one matters is a choice of the bank.

    Parameters
    ----------
    outcome : array_like of shape (rows,) or None
        0 or 1; None where nobody knows it: then rates of selection are all there is.
    probability : array_like of shape (rows,) or None
        Probability of 1 by a model that hasn't seen the row; None without an outcome.
    traits : mapping of str to array_like of shape (rows,)
        The group of each row by trait, as text; missing ones are a group of their own, called 'unknown'.
    selections : mapping of str to array_like of shape (rows,)
        Whether a rule selects the row, by the rule's name.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`: group_name (the trait), group_value, measure ('calibration', 'selection_rate',
        'true_positive_rate'), selection_rule ('none' for calibration), n (rows of the group that the measure
        is about), value with its 95 % interval, rest_value (of all other rows), difference (value less
        rest_value) with an interval that holds for all differences of the table together,
        is_distinguishable (whether that interval leaves zero out), and, of rates, ratio (value by rest_value)
        with such an interval, too; null where the others have none. A group of fewer than 30 rows has no
        figures, one without others to compare with no difference.

    References
    ----------
    Hardt, M., Price, E. and Srebro, N. (2016). Equality of opportunity in supervised learning. Advances in
    Neural Information Processing Systems 29. Kleinberg, J., Mullainathan, S. and Raghavan, M. (2017).
    Inherent trade-offs in the fair determination of risk scores. ITCS. Newcombe, R. G. (1998). Interval
    estimation for the difference between independent proportions. Statistics in Medicine 17, 873-890.
    """
    measures: list[tuple[str, str, npt.NDArray[Any], npt.NDArray[np.bool_]]] = []
    events = None if outcome is None else np.asarray(outcome, dtype=float)
    if events is not None:
        gaps = events - np.asarray(probability, dtype=float)
        measures.append(("calibration", NO_RULE, gaps, np.ones(len(events), dtype=bool)))
    for rule, selected in selections.items():
        chosen = np.asarray(selected, dtype=float)
        measures.append(("selection_rate", rule, chosen, np.ones(len(chosen), dtype=bool)))
        if events is not None:
            measures.append(("true_positive_rate", rule, chosen, events == 1))
    groups = {
        trait: pd.Series(np.asarray(of_rows, dtype=object)).fillna(UNKNOWN)
        for trait, of_rows in traits.items()
    }
    comparisons = max(1, len(measures) * sum(of_rows.nunique() for of_rows in groups.values()))
    rows = []
    for trait, of_rows in groups.items():
        for name in sorted(of_rows.unique()):
            inside = (of_rows == name).to_numpy()
            for measure, rule, values, counts in measures:
                figures = _compare(values[counts & inside], values[counts & ~inside], measure, comparisons)
                rows.append((trait, name, measure, rule, *figures))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"n": "int64", "is_distinguishable": "boolean"})


def _compare(
    group: npt.NDArray[Any], rest: npt.NDArray[Any], measure: str, comparisons: int
) -> tuple[Any, ...]:
    if len(group) < LEAST_ROWS:
        return (len(group), *([np.nan] * 7), pd.NA, *([np.nan] * 3))
    alone = _part(group, measure, 1)
    if len(rest) < LEAST_ROWS:
        return (alone.n, alone.mean, alone.low, alone.high, *([np.nan] * 4), pd.NA, *([np.nan] * 3))
    one, other = _part(group, measure, comparisons), _part(rest, measure, comparisons)
    figures = (one.mean, one.low, one.high), (other.mean, other.low, other.high)
    difference, low, high = difference_interval(*figures)
    ratio = (np.nan, np.nan, np.nan) if measure == "calibration" else ratio_interval(*figures)
    return (
        *(alone.n, alone.mean, alone.low, alone.high, other.mean, difference, low, high),
        bool(low > 0 or high < 0),
        *ratio,
    )


def _part(values: npt.NDArray[Any], measure: str, comparisons: int) -> _Part:
    # In their own order, since a sum of floats depends on it in its last digits.
    values = np.sort(values)
    n, mean = len(values), float(values.mean())
    if measure == "calibration":
        half = normal_quantile(comparisons) * float(values.std(ddof=1)) / np.sqrt(n)
        return _Part(n, mean, mean - half, mean + half)
    low, high = wilson_interval(values.sum(), n, comparisons=comparisons)
    return _Part(n, mean, float(low), float(high))


def list_fairness(
    action: npt.ArrayLike, *, traits: Mapping[str, npt.ArrayLike], list_name: str
) -> pd.DataFrame:
    """Compare how often groups of people are on a list, with each action and with any.

    Parameters
    ----------
    action : array_like of shape (rows,)
        What the list names each of those with whom it could name; null for whoever isn't on it.
    traits : mapping of str to array_like of shape (rows,)
        As for `fairness_by_group`.
    list_name : str
        Name of the list.

    Returns
    -------
    pandas.DataFrame
        list_name and the columns of `fairness_by_group`, whose selection_rule is an action or 'any'. The
        intervals of the differences and ratios of 'any' hold together, and so do those of all actions. An
        empty list has rates of zero, and no ratio.
    """
    named = pd.Series(np.asarray(action, dtype=object))
    actions = {str(each): (named == each).fillna(False) for each in sorted(named.dropna().unique())}
    # Apart, so that many actions don't widen the intervals of being on the list at all.
    tables = [
        fairness_by_group(None, None, traits=traits, selections=rules)
        for rules in ({ANY_ACTION: named.notna()}, actions)
        if rules
    ]
    return pd.concat(tables, ignore_index=True).assign(list_name=list_name)
