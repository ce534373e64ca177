"""A log of what was done, and whether it can tell what a policy would have earned (`policy_sums`).

A policy says which action a row gets, or with what chance. Its value is the mean reward if it had decided in
place of whoever did. A policy, and the model of the reward, must not have seen the rows that they are judged
on: choose and predict by folds.

References
----------
Zhan, R., Hadad, V., Hirshberg, D. A. and Athey, S. (2021). Off-policy evaluation via adaptive weighting with
data from contextual bandits. KDD 2021 (effective sample size and largest weight as signs of support).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

LEAST_DIFFERING = 100
LEAST_EFFECTIVE = 30
# A mean weight surely below it says that too many rows could hardly have got what the policy gives them, so
# that its value there is the model's word alone.
LEAST_MEAN_WEIGHT = 0.8
# Surely above it, propensities are too small: rows weren't drawn with them.
MOST_MEAN_WEIGHT = 1.25
# The same of probabilities that are logged, where it is known for each row and not told from weights.
MOST_UNSUPPORTED = 0.1
# The policy, and the other one of a difference, as reasons call them.
_SIDES = ("what was to be judged", "what that is compared with")
# With fewer the switch estimate leaves too much to the model for its interval to hold.
LEAST_EFFECTIVE_OF_SWITCH = 300


@dataclass(frozen=True)
class Log:
    """What was done, with what chance, what came of it, and what a model expects of each action.

    Parameters
    ----------
    action : numpy.ndarray of shape (rows,)
        From 0.
    propensity : numpy.ndarray of shape (rows,)
        Chance that the row had of getting this action: as logged, or by a model that hasn't seen the row.
    reward : numpy.ndarray of shape (rows,)
        What came of it.
    prediction : numpy.ndarray of shape (rows, actions)
        The reward that a model which hasn't seen the row expects of each action.
    variance : numpy.ndarray of shape (rows,), optional
        The square that the model expects of reward less prediction: of a yes or no, p (1 - p).
    subject : numpy.ndarray of shape (rows,), optional
        Whose row it is, a subject's one after the other; without it each row is one's own.
    supported : numpy.ndarray of bool, shape (rows, actions), optional
        Which actions the row could have got, where propensities are logged.
    has_no_contact : bool
        Whether the last action is to do nothing, which brings 0 for sure, whether or not any row got it.

    Raises
    ------
    ValueError
        If shapes differ, an action is none, a number isn't finite, a propensity isn't above 0 and at most 1,
        or a subject's rows lie apart.
    """

    action: IntArray
    propensity: FloatArray
    reward: FloatArray
    prediction: FloatArray
    variance: FloatArray | None = None
    subject: IntArray | None = None
    supported: BoolArray | None = None
    has_no_contact: bool = False

    def __post_init__(self) -> None:
        """Refuse what would give a figure without a meaning."""
        rows = {len(column) for column in self._columns().values() if column is not None}
        if len(rows) > 1:
            raise ValueError(f"The columns of the log have {sorted(rows)} rows, expected the same number.")
        actions = self.prediction.shape[1]
        bad = int((~np.isin(self.action, np.arange(actions))).sum())
        if bad:
            raise ValueError(f"{bad} actions are none of the {actions} that are predicted, counted from 0.")
        for name in ("reward", "prediction", "variance"):
            column = getattr(self, name)
            bad = 0 if column is None else int((~np.isfinite(column)).sum())
            if bad:
                raise ValueError(f"{bad} numbers of {name} aren't finite.")
        bad = int((~((self.propensity > 0) & (self.propensity <= 1))).sum())
        if bad:
            raise ValueError(f"{bad} propensities aren't above 0 and at most 1, so their rows tell nothing.")
        if self.subject is not None and len(np.unique(self.subject)) < len(self.starts()):
            raise ValueError("Rows of a subject lie apart, expected one after the other: sort the log.")

    def part(self, rows: slice) -> Log:
        """Return some of the rows."""
        columns = {name: column[rows] for name, column in self._columns().items() if column is not None}
        return replace(self, **columns)

    def starts(self) -> IntArray:
        """Return the first row of each subject."""
        if self.subject is None:
            return np.arange(len(self.action))
        return np.flatnonzero(np.diff(self.subject, prepend=self.subject[:1] - 1))

    def _columns(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "has_no_contact"}


@dataclass(frozen=True)
class Support:
    """How much of a log tells what a policy would earn, or two policies' difference.

    Parameters
    ----------
    subjects : int
        Of the log: customers, whose rows may be several decisions.
    agreement_share : float
        Share of rows that got what the policy would have given them (the mean chance of it).
    differing_subjects : int
        Subjects to whom the policy and what it is compared with give different actions.
    effective_subjects, effective_subjects_against : float
        How many equally weighted subjects each side rests on (Kish).
    mean_weight, largest_weight : float
        Of the rows by which the policy is judged. The mean is near 1 where propensities hold and each row
        could have got what the policy gives it.
    mean_weight_against : float
        The same of what it is compared with; 1 where that is the log itself.
    unsupported_share, unsupported_share_against : float
        What each side gives to actions that the row couldn't have got; nan where propensities aren't logged.
    """

    subjects: int
    agreement_share: float
    differing_subjects: int
    effective_subjects: float
    effective_subjects_against: float
    mean_weight: float
    largest_weight: float
    mean_weight_against: float
    unsupported_share: float = float("nan")
    unsupported_share_against: float = float("nan")


def as_chances(policy: npt.ArrayLike, actions: int) -> FloatArray:
    """Lay a policy out as the chance of each action.

    Parameters
    ----------
    policy : array_like of shape (rows,) or (rows, actions)
        The action of each row, or the chance of each.
    actions : int
        How many there are.

    Returns
    -------
    numpy.ndarray of shape (rows, actions)
        Adds up to 1 in each row.

    Raises
    ------
    ValueError
        If an action is none, chances are of another number of actions, or they don't add up to 1.
    """
    given = np.asarray(policy)
    if given.ndim == 1:
        wrong = int((~np.isin(given, np.arange(actions))).sum())
        if wrong:
            raise ValueError(f"{wrong} actions of the policy are none of {actions}, counted from 0.")
        return (given[:, None] == np.arange(actions)).astype(float)
    chances = given.astype(float)
    if chances.shape[1] != actions:
        raise ValueError(f"The policy has chances of {chances.shape[1]} actions, the log {actions}.")
    wrong = int((~((np.abs(chances.sum(axis=1) - 1) <= 1e-6) & (chances >= 0).all(axis=1))).sum())
    if wrong:
        raise ValueError(f"The chances of {wrong} rows aren't shares that add up to 1.")
    return chances


def why_refused(support: Support) -> str | None:
    """Say in one sentence why a log can't tell the difference, if it can't.

    Parameters
    ----------
    support : Support
        Of the difference.

    Returns
    -------
    str or None
        None if it can.
    """
    figures = (
        support.effective_subjects,
        support.effective_subjects_against,
        support.mean_weight,
        support.mean_weight_against,
        support.largest_weight,
    )
    if not np.isfinite(figures).all():
        return "weights are too large to add up: what was done had next to no chance"
    if not support.differing_subjects >= LEAST_DIFFERING:
        return (
            f"the two differ on {support.differing_subjects:,} of {support.subjects:,} logged customers,"
            f" fewer than {LEAST_DIFFERING}"
        )
    sides = (support.effective_subjects, support.effective_subjects_against)
    effective, side = min(zip(sides, _SIDES, strict=True), key=itemgetter(0))
    if not effective >= LEAST_EFFECTIVE:
        return (
            f"of {support.subjects:,} logged customers so few got {side} that it rests on"
            f" {effective:.0f} effective ones, fewer than {LEAST_EFFECTIVE}"
        )
    # nan where propensities are estimated, on both sides.
    sides = (support.unsupported_share, support.unsupported_share_against)
    unsupported, side = max(zip(sides, _SIDES, strict=True), key=itemgetter(0))
    if unsupported > MOST_UNSUPPORTED:
        return (
            f"{unsupported:.0%} of {side} goes to actions that the customer had no chance of"
            f" getting, more than {MOST_UNSUPPORTED:.0%}"
        )
    return _why_weights_are_off(support)


def _why_weights_are_off(support: Support) -> str | None:
    """Say why a mean weight is surely too far from 1, if one is."""
    sides = (
        (support.mean_weight, support.effective_subjects),
        (support.mean_weight_against, support.effective_subjects_against),
    )
    for side, (weight, effective) in zip(_SIDES, sides, strict=True):
        # Two standard errors: with so few effective rows it may be off by chance.
        off = 2 * np.sqrt(max(1 / effective - 1 / support.subjects, 0))
        if not weight * (1 + off) >= LEAST_MEAN_WEIGHT:
            return (
                f"too many of {support.subjects:,} logged customers could hardly have got {side}:"
                f" their mean weight is {weight:.2f}, below {LEAST_MEAN_WEIGHT}"
            )
        if not weight * (1 - off) <= MOST_MEAN_WEIGHT:
            return (
                f"{support.subjects:,} logged customers got {side} more often than their"
                f" probabilities say: their mean weight is {weight:.2f}, above {MOST_MEAN_WEIGHT}"
            )
    return None
