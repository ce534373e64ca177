"""What a policy would have earned, from a log of what was done: doubly robust values and their differences.

A policy says which action a row gets, or with what chance. Its value is the mean reward if it had decided in
place of whoever did. A model of the reward tells what each action would have brought, and rows that happened
to get what the policy would have given them correct the model, weighted by how rare that was. The value is
right if either the model or the propensities are. A policy, and the model, must not have seen the rows that
they are judged on: choose and predict by folds.

References
----------
Dudik, M., Erhan, D., Langford, J. and Li, L. (2014). Doubly robust policy evaluation and optimization.
Statistical Science 29, 485-511.
Zhan, R., Hadad, V., Hirshberg, D. A. and Athey, S. (2021). Off-policy evaluation via adaptive weighting with
data from contextual bandits. KDD 2021 (effective sample size and largest weight as signs of support).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bank_marketing.methods.arm_contrasts import Estimate, effective_rows, mean_estimate

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

LEAST_DIFFERING = 100
LEAST_EFFECTIVE = 30
# A mean weight surely below it says that too many rows could hardly have got what the policy gives them, so
# that its value there is the model's word alone.
LEAST_MEAN_WEIGHT = 0.8
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

    Raises
    ------
    ValueError
        If shapes differ or a propensity isn't above 0 and at most 1.
    """

    action: IntArray
    propensity: FloatArray
    reward: FloatArray
    prediction: FloatArray

    def __post_init__(self) -> None:
        """Refuse what would give a figure without a meaning."""
        rows = {len(self.action), len(self.propensity), len(self.reward), len(self.prediction)}
        if len(rows) > 1:
            raise ValueError(f"The columns of the log have {sorted(rows)} rows, expected the same number.")
        bad = int((~((self.propensity > 0) & (self.propensity <= 1))).sum())
        if bad:
            raise ValueError(f"{bad} propensities aren't above 0 and at most 1, so their rows tell nothing.")

    def part(self, rows: slice) -> Log:
        """Return some of the rows."""
        return Log(self.action[rows], self.propensity[rows], self.reward[rows], self.prediction[rows])


@dataclass(frozen=True)
class Support:
    """How much of a log tells what a policy would earn, or two policies' difference.

    Parameters
    ----------
    rows : int
        Rows of the log.
    agreement_share : float
        Share of rows that got what the policy would have given them (the mean chance of it).
    differing_rows : int
        Rows to which the policy and what it is compared with give different actions.
    effective_rows, effective_rows_against : float
        How many equally weighted rows each side rests on (Kish); all rows where the log itself is a side.
    mean_weight, largest_weight : float
        Of the rows by which the policy is judged. The mean is near 1 where propensities hold and each row
        could have got what the policy gives it.
    mean_weight_against : float
        The same of what it is compared with; 1 where that is the log itself.
    """

    rows: int
    agreement_share: float
    differing_rows: int
    effective_rows: float
    effective_rows_against: float
    mean_weight: float
    largest_weight: float
    mean_weight_against: float


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
        If chances don't add up to 1.
    """
    given = np.asarray(policy)
    if given.ndim == 1:
        return (given[:, None] == np.arange(actions)).astype(float)
    chances = given.astype(float)
    wrong = int((np.abs(chances.sum(axis=1) - 1) > 1e-6).sum() + (chances < 0).any(axis=1).sum())
    if wrong:
        raise ValueError(f"The chances of {wrong} rows aren't shares that add up to 1.")
    return chances


def policy_scores(log: Log, policy: npt.ArrayLike) -> FloatArray:
    """Return what each row contributes to the value of a policy.

    Parameters
    ----------
    log : Log
        What was done.
    policy : array_like of shape (rows,) or (rows, actions)
        As for `as_chances`; not chosen by the rows' own rewards.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        Its mean is the doubly robust value, so scores of parts of a log may be summed.
    """
    chances = as_chances(policy, log.prediction.shape[1])
    own = np.arange(len(log.action)), log.action
    expected = (chances * log.prediction).sum(axis=1)
    scores: FloatArray = expected + _weights(log, chances) * (log.reward - log.prediction[own])
    return scores


def policy_value(log: Log, policy: npt.ArrayLike) -> Estimate:
    """Return the mean reward that a policy would have had.

    Parameters
    ----------
    log, policy
        As for `policy_scores`.

    Returns
    -------
    bank_marketing.methods.arm_contrasts.Estimate
        With its 95 % interval.
    """
    return mean_estimate(policy_scores(log, policy))


def policy_gain(log: Log, policy: npt.ArrayLike, against: npt.ArrayLike | None = None) -> Estimate:
    """Return by how much a policy would have earned more than another, a row.

    Rows that both treat alike tell nothing and add nothing: the interval of a difference can be much narrower
    than those of the two values.

    Parameters
    ----------
    log, policy
        As for `policy_scores`.
    against : array_like, optional
        The other policy; without it, what was done.

    Returns
    -------
    bank_marketing.methods.arm_contrasts.Estimate
        With its 95 % interval.
    """
    other = log.reward if against is None else policy_scores(log, against)
    return mean_estimate(policy_scores(log, policy) - other)


def policy_support(log: Log, policy: npt.ArrayLike, against: npt.ArrayLike | None = None) -> Support:
    """Return on how much of the log a value or a difference rests.

    Parameters
    ----------
    log, policy, against
        As for `policy_gain`.

    Returns
    -------
    Support
        For `why_refused`, and to be shown.
    """
    actions = log.prediction.shape[1]
    chances = as_chances(policy, actions)
    done = as_chances(log.action, actions)
    other = done if against is None else as_chances(against, actions)
    weights = _weights(log, chances)
    weights_against = np.ones(len(weights)) if against is None else _weights(log, other)
    return Support(
        rows=len(weights),
        agreement_share=float((chances * done).sum(axis=1).mean()),
        differing_rows=int((np.abs(chances - other).max(axis=1) > 1e-9).sum()),
        effective_rows=_effective(weights),
        effective_rows_against=_effective(weights_against),
        mean_weight=float(weights.mean()),
        largest_weight=float(weights.max()),
        mean_weight_against=float(weights_against.mean()),
    )


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
    if support.differing_rows < LEAST_DIFFERING:
        return (
            f"the two differ on {support.differing_rows:,} of {support.rows:,} logged customers,"
            f" fewer than {LEAST_DIFFERING}"
        )
    effective = min(support.effective_rows, support.effective_rows_against)
    if effective < LEAST_EFFECTIVE:
        return (
            f"of {support.rows:,} logged customers so few got what was to be judged that it rests on"
            f" {effective:.0f} effective ones, fewer than {LEAST_EFFECTIVE}"
        )
    sides = (
        (support.mean_weight, support.effective_rows),
        (support.mean_weight_against, support.effective_rows_against),
    )
    for weight, rows in sides:
        # Two standard errors above the mean: with so few effective rows it may be low by chance.
        if weight * (1 + 2 * np.sqrt(max(1 / rows - 1 / support.rows, 0))) < LEAST_MEAN_WEIGHT:
            return (
                f"too many of {support.rows:,} logged customers could hardly have got what was to be judged:"
                f" their mean weight is {weight:.2f}, below {LEAST_MEAN_WEIGHT}"
            )
    return None


def _weights(log: Log, chances: FloatArray) -> FloatArray:
    weights: FloatArray = chances[np.arange(len(log.action)), log.action] / log.propensity
    return weights


def _effective(weights: FloatArray) -> float:
    return effective_rows(weights) if weights.any() else 0.0
