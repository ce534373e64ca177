"""What a policy would have earned by several estimators, from sums over parts of a log.

A log of any length takes the memory of its largest part. The doubly robust value is right if either the
model of the reward or the propensities are: the model tells what each action would have brought, and rows
that happened to get what the policy would have given them correct it, weighted by how rare that was.

Few rows have large weights, and few of those miss what the model expects. A log with fewer of them than most
has a value that is too high (or too low) and a spread that is too small: intervals by the spread seen are too
narrow just there, and no resampling of the same rows mends it. So the standard error is the larger of that by
the spread seen and that by the spread which the model expects (of a yes or no p (1 - p), times what it is off
by over all rows of the log). The third moment by that error tells how far an interval leans to one side, but
for the self-normalised estimate and for differences of two policies, whose large weights are on both sides.
The direct method has no interval: what its model gets wrong isn't in the spread of its predictions.

References
----------
Dudik, M., Erhan, D., Langford, J. and Li, L. (2014). Doubly robust policy evaluation and optimization.
Statistical Science 29, 485-511.
Swaminathan, A. and Joachims, T. (2015). The self-normalized estimator for counterfactual learning. NIPS 28.
Wang, Y.-X., Agarwal, A. and Dudik, M. (2017). Optimal and adaptive off-policy evaluation in contextual
bandits. ICML 34 (switch).
Angrist, J. D. and Pischke, J.-S. (2009). Mostly harmless econometrics. Princeton University Press, section
8.1 (the larger of the error by a model and the robust one, where the latter rests on few rows).
Hall, P. (1992). On the removal of skewness by transformation. Journal of the Royal Statistical Society B 54,
221-228 (intervals).
Ionides, E. L. (2008). Truncated importance sampling. Journal of Computational and Graphical Statistics 17,
295-311 (weights clipped at the square root of the number of rows).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bank_marketing.methods.arm_contrasts import Estimate, estimate_of
from bank_marketing.methods.intervals import normal_quantile
from bank_marketing.methods.policy_value import Log, Support, as_chances
from bank_marketing.methods.subject_moments import SubjectMoments

FloatArray = npt.NDArray[np.float64]

DOUBLY_ROBUST, INVERSE_PROPENSITY, SELF_NORMALISED = "doubly robust", "inverse propensity", "self-normalised"
CLIPPED, SWITCH, DIRECT = "clipped", "switch", "direct method"
ESTIMATORS = (DOUBLY_ROBUST, CLIPPED, SWITCH, SELF_NORMALISED, INVERSE_PROPENSITY, DIRECT)
# What each row contributes.
_WEIGHT, _WEIGHTED, _DIRECT, _ROBUST, _CLIPPED, _SWITCH = range(6)
_MEANS = {
    DOUBLY_ROBUST: _ROBUST,
    CLIPPED: _CLIPPED,
    SWITCH: _SWITCH,
    INVERSE_PROPENSITY: _WEIGHTED,
    DIRECT: _DIRECT,
}
# Where contributions stand to the policy, to what it is compared with, and to their difference.
_POLICY, _AGAINST, _GAIN, _COLUMNS = 0, 6, 12, 18
# Skewness times quantile at most: the transformation is vertical at 1, where its ends say nothing any more.
# At .8 its slope is 3.
MOST_BENT = 0.8
# Rows of a part, which bounds the memory.
PART = 100_000


def policy_sums(log: Log, policy: npt.ArrayLike, against: npt.ArrayLike | None = None) -> PolicySums:
    """Add up what a log tells of a policy, and of its gain over another.

    Rows that both treat alike tell nothing and add nothing: the interval of a difference can be much narrower
    than those of the two values.

    Parameters
    ----------
    log : bank_marketing.methods.policy_value.Log
        What was done.
    policy, against : array_like of shape (rows,) or (rows, actions)
        The action of each row, or the chance of each; not chosen by the rows' own rewards. Without `against`
        the policy is compared with what was done.

    Returns
    -------
    PolicySums
        Of all rows.

    Raises
    ------
    ValueError
        If a policy has another number of rows than the log, or isn't one (`as_chances`).
    """
    rows, policy = len(log.action), np.asarray(policy)
    other = None if against is None else np.asarray(against)
    _refuse_other_rows(log, policy, other)
    starts, sums = np.append(log.starts(), rows), PolicySums(rows)
    for start, end in pairwise(np.unique([*starts[np.searchsorted(starts, range(0, rows, PART))], rows])):
        part = slice(start, end)
        sums.add(log.part(part), policy[part], None if other is None else other[part])
    return sums


class PolicySums:
    """Sums from which the value of a policy and its gain follow.

    Parameters
    ----------
    rows : int
        Of the whole log: its square root is the weight from which on weights are clipped, or the switch
        estimator trusts the model.
    """

    def __init__(self, rows: int) -> None:
        self.largest_kept = float(np.sqrt(rows))
        self._seen = SubjectMoments(_COLUMNS)
        # What the model expects; what rewards that miss it add; and the squares of misses, seen and expected.
        self._expected = SubjectMoments(_COLUMNS)
        self._missed = np.zeros((_COLUMNS, _COLUMNS))
        self._squares = np.zeros(2)
        self._is_against_log = True
        self._agreement = 0.0
        self._differing = 0
        self._clipped = 0
        # Given to actions without support, by the policy and by what it is compared with.
        self._unsupported = np.zeros(2)
        self._largest = 0.0
        # Sum and sum of squares of subjects' weights, of the policy and of what it is compared with.
        self._weights = np.zeros((2, 2))

    def add(self, log: Log, policy: npt.ArrayLike, against: npt.ArrayLike | None = None) -> None:
        """Take in some rows.

        Parameters
        ----------
        log : bank_marketing.methods.policy_value.Log
            All rows of some subjects, each added once.
        policy, against : array_like of shape (rows,) or (rows, actions)
            As for `policy_sums`.

        Raises
        ------
        ValueError
            As by `policy_sums`.
        """
        _refuse_other_rows(log, policy, against)
        if not len(log.action):
            return
        actions = log.prediction.shape[1]
        chances, done = as_chances(policy, actions), as_chances(log.action, actions)
        other = done if against is None else as_chances(against, actions)
        self._is_against_log &= against is None
        expected = log.prediction[np.arange(len(done)), log.action]
        sides = [
            self._contributions(log, chances, expected),
            _of_log(expected) if against is None else self._contributions(log, other, expected),
        ]
        fixed, by_miss = (np.hstack([one, two, one - two]) for one, two in zip(*sides, strict=True))
        starts, missed = log.starts(), log.reward - expected
        self._seen.add(fixed + by_miss * missed[:, None], starts)
        if log.variance is not None:
            self._expected.add(fixed, starts)
            self._missed += by_miss.T @ (by_miss * log.variance[:, None])
            self._squares += (missed**2).sum(), log.variance.sum()
        weights = fixed[:, [_POLICY + _WEIGHT, _AGAINST + _WEIGHT]]
        of_subject = np.add.reduceat(weights, starts)
        self._weights += np.stack([of_subject.sum(axis=0), (of_subject**2).sum(axis=0)], axis=1)
        self._agreement += float((chances * done).sum())
        differs = np.abs(chances - other).max(axis=1) > 1e-9
        self._differing += int(np.logical_or.reduceat(differs, starts).sum())
        self._clipped += int((sides[0][1][:, _WEIGHTED] > self.largest_kept).sum())
        lost = np.nan if log.supported is None else ~log.supported
        self._unsupported += [float((each * lost).sum()) for each in (chances, other)]
        self._largest = max(self._largest, float(weights[:, 0].max()))

    def value(self, estimator: str) -> Estimate:
        """Return what the policy would have earned a row.

        Parameters
        ----------
        estimator : str
            One of `ESTIMATORS`.

        Returns
        -------
        bank_marketing.methods.arm_contrasts.Estimate
            With its 95 % interval; nan for all but the value by the direct method.
        """
        return self._estimate(estimator, _POLICY)

    def value_against(self, estimator: str) -> Estimate:
        """Return the same of what the policy is compared with."""
        return self._estimate(estimator, _AGAINST)

    def gain(self, estimator: str, *, comparisons: int = 1) -> Estimate:
        """Return by how much the policy would have earned more, a row.

        Parameters
        ----------
        estimator : str
            One of `ESTIMATORS`.
        comparisons : int
            How many gains are read together.

        Returns
        -------
        bank_marketing.methods.arm_contrasts.Estimate
            As of `value`.
        """
        return self._estimate(estimator, _GAIN, comparisons=comparisons)

    def support(self) -> Support:
        """Return on how much of the log the figures rest."""
        effective = [total**2 / squares if squares else 0.0 for total, squares in self._weights]
        mean, lost = self._seen.mean(), self._unsupported / self._seen.rows
        return Support(
            subjects=self._seen.subjects,
            agreement_share=self._agreement / self._seen.rows,
            differing_subjects=self._differing,
            effective_subjects=float(effective[0]),
            effective_subjects_against=float(effective[1]),
            mean_weight=float(mean[_POLICY + _WEIGHT]),
            largest_weight=self._largest,
            mean_weight_against=float(mean[_AGAINST + _WEIGHT]),
            unsupported_share=float(lost[0]),
            unsupported_share_against=float(lost[1]),
        )

    def clipped_share(self) -> float:
        """Return the share of rows whose weight is above the largest that is kept."""
        return self._clipped / self._seen.rows

    def _contributions(
        self, log: Log, chances: FloatArray, expected: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return what rows contribute if rewards are as expected, and how much a unit more than that adds."""
        weight = chances[np.arange(len(chances)), log.action] / log.propensity
        direct, none = (chances * log.prediction).sum(axis=1), np.zeros(len(weight))
        kept = weight <= self.largest_kept
        # To do nothing brings 0 for sure and needs no row that got it.
        sure = chances[:, -1] if log.has_no_contact else none
        return (
            np.column_stack([weight + sure, weight * expected, direct, direct, direct, direct]),
            np.column_stack(
                [none, weight, none, weight, np.minimum(weight, self.largest_kept), weight * kept]
            ),
        )

    def _mean(self, estimator: str, place: int) -> tuple[float, FloatArray]:
        """Return a value and its slope by the means of all contributions."""
        mean, slope = self._seen.mean(), np.zeros(_COLUMNS)
        if estimator != SELF_NORMALISED:
            slope[place + _MEANS[estimator]] = 1
            return float(mean @ slope), slope
        if place == _GAIN:
            (value, by_value), (other, by_other) = (self._mean(estimator, at) for at in (_POLICY, _AGAINST))
            return value - other, by_value - by_other
        weight, weighted = mean[place + _WEIGHT], mean[place + _WEIGHTED]
        if weight == 0:
            return float("nan"), slope
        slope[place + _WEIGHT], slope[place + _WEIGHTED] = -weighted / weight**2, 1 / weight
        return float(weighted / weight), slope

    def _error(self, slope: FloatArray) -> float:
        """Return the larger of the standard errors of a mean, by what was seen and by what was expected."""
        rows, subjects = self._seen.rows, self._seen.subjects
        scatter = [0.0, float(slope @ self._seen.scatter() @ slope)]
        # What part of the log lacks can't be told from what the model expects of the rest.
        if self._expected.rows == rows and self._squares[1] > 0:
            off_by = self._squares[0] / self._squares[1]
            expected = self._expected.scatter() + off_by * self._missed
            scatter.append(float(slope @ expected @ slope))
        return float(np.sqrt(max(scatter) * subjects / (subjects - 1)) / rows)

    def _estimate(self, estimator: str, place: int, *, comparisons: int = 1) -> Estimate:
        value, slope = self._mean(estimator, place)
        if estimator == DIRECT or self._seen.subjects < 2 or np.isnan(value):
            return Estimate(value, *[float("nan")] * 7)
        estimate = estimate_of(value, self._error(slope), comparisons=comparisons)
        is_difference = place == _GAIN and not self._is_against_log
        if estimator == SELF_NORMALISED or is_difference or estimate.error == 0:
            return estimate
        cube = self._seen.cubes()[place + _MEANS[estimator]]
        skewness = float(cube / (self._seen.rows * estimate.error) ** 3)
        low, high = skewed_ends(estimate, skewness, normal_quantile())
        joint_low, joint_high = skewed_ends(estimate, skewness, normal_quantile(comparisons))
        return replace(estimate, low=low, high=high, joint_low=joint_low, joint_high=joint_high)


def _refuse_other_rows(log: Log, *policies: npt.ArrayLike | None) -> None:
    for policy in policies:
        if policy is not None and len(np.asarray(policy)) != len(log.action):
            raise ValueError(f"The policy has {len(np.asarray(policy))} rows, the log {len(log.action)}.")


def _of_log(expected: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the contributions of what was done."""
    one = np.ones(len(expected))
    return np.column_stack([one, *[expected] * 5]), np.column_stack([0 * one, *[one] * 5])


def skewed_ends(estimate: Estimate, skewness: float, quantile: float) -> tuple[float, float]:
    """Return the interval of a mean whose distribution is skewed, by Hall's cubic transformation.

    The skewness counts as at most `MOST_BENT` by the quantile, so an end that is further out is so in
    proportion to its quantile.

    Parameters
    ----------
    estimate : bank_marketing.methods.arm_contrasts.Estimate
        The mean and its standard error.
    skewness : float
        Of the mean.
    quantile : float
        Of the normal distribution, such as 1.96.

    Returns
    -------
    low, high : float
        Wider on the side of the tail.
    """
    most = MOST_BENT / quantile
    skewness = min(max(skewness, -most), most)
    if abs(skewness) < 1e-6:
        half = quantile * estimate.error
        return estimate.value - half, estimate.value + half
    ends = np.cbrt(1 + skewness * (np.array([quantile, -quantile]) - skewness / 6)) - 1
    low, high = estimate.value - estimate.error * 3 / skewness * ends
    return float(low), float(high)
