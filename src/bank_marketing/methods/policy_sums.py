"""What a policy would have earned by several estimators, from sums over parts of a log.

A log of any length takes the memory of its largest part. Rare outcomes with large weights make estimates
skewed, and those that are too high have the smallest standard errors: intervals allow for it, but those of
the self-normalised estimate and of differences of two policies, whose large weights are on both sides. The
direct method has none: what its model gets wrong isn't in the spread of its predictions.

References
----------
Dudik, M., Erhan, D., Langford, J. and Li, L. (2014). Doubly robust policy evaluation and optimization.
Statistical Science 29, 485-511.
Swaminathan, A. and Joachims, T. (2015). The self-normalized estimator for counterfactual learning. NIPS 28.
Wang, Y.-X., Agarwal, A. and Dudik, M. (2017). Optimal and adaptive off-policy evaluation in contextual
bandits. ICML 34 (switch).
Hall, P. (1992). On the removal of skewness by transformation. Journal of the Royal Statistical Society B 54,
221-228 (intervals).
Ionides, E. L. (2008). Truncated importance sampling. Journal of Computational and Graphical Statistics 17,
295-311 (weights clipped at the square root of the number of rows).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bank_marketing.methods.arm_contrasts import Estimate, estimate_of
from bank_marketing.methods.intervals import normal_quantile
from bank_marketing.methods.policy_value import Log, Support, as_chances

FloatArray = npt.NDArray[np.float64]

DOUBLY_ROBUST, INVERSE_PROPENSITY, SELF_NORMALISED = "doubly robust", "inverse propensity", "self-normalised"
CLIPPED, SWITCH, DIRECT = "clipped", "switch", "direct method"
ESTIMATORS = (DOUBLY_ROBUST, CLIPPED, SWITCH, SELF_NORMALISED, INVERSE_PROPENSITY, DIRECT)
# What each row contributes, of a policy and of what it is compared with.
_WEIGHT, _WEIGHTED, _DIRECT, _ROBUST, _CLIPPED, _SWITCH = range(6)
_MEANS = {
    DOUBLY_ROBUST: _ROBUST,
    CLIPPED: _CLIPPED,
    SWITCH: _SWITCH,
    INVERSE_PROPENSITY: _WEIGHTED,
    DIRECT: _DIRECT,
}
# Skewness times quantile at most: the transformation is vertical at 1, where its ends say nothing any more.
# At .8 its slope is 3.
MOST_BENT = 0.8


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
        self._rows = 0
        self._mean = np.zeros(12)
        self._scatter = np.zeros((12, 12))
        # Of both sides and their difference: means, and sums of squares and cubes around them.
        self._moments = np.zeros((3, 18))
        self._is_against_log = True
        self._agreement = 0.0
        self._differing = 0
        self._clipped = 0
        self._largest = 0.0
        self._weights = np.zeros(
            (2, 2)
        )  # Sum and sum of squares, of the policy and of what it is compared with.

    def add(self, log: Log, policy: npt.ArrayLike, against: npt.ArrayLike | None = None) -> None:
        """Take in some rows.

        Parameters
        ----------
        log : bank_marketing.methods.policy_value.Log
            Rows, each added once.
        policy, against : array_like of shape (rows,) or (rows, actions)
            As for `bank_marketing.methods.policy_value.policy_gain`; without `against`, what was done.
        """
        actions = log.prediction.shape[1]
        chances, done = as_chances(policy, actions), as_chances(log.action, actions)
        other = done if against is None else as_chances(against, actions)
        first = self._contributions(log, chances)
        self._is_against_log &= against is None
        if against is None:
            second = np.column_stack([np.ones(len(done)), *[log.reward] * 5])
        else:
            second = self._contributions(log, other)
        self._merge(np.column_stack([first, second]), np.column_stack([first, second, first - second]))
        weight = first[:, _WEIGHT]
        self._weights += [[each.sum(), (each**2).sum()] for each in (weight, second[:, _WEIGHT])]
        self._agreement += float((chances * done).sum())
        self._differing += int((np.abs(chances - other).max(axis=1) > 1e-9).sum())
        self._clipped += int((weight > self.largest_kept).sum())
        self._largest = max(self._largest, float(weight.max(initial=0.0)))

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
        value, slope = self._of_side(estimator, 0)
        return self._estimate(estimator, value, slope, place=0)

    def value_against(self, estimator: str) -> Estimate:
        """Return the same of what the policy is compared with."""
        value, slope = self._of_side(estimator, 6)
        return self._estimate(estimator, value, slope, place=6)

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
        (value, slope), (other, other_slope) = self._of_side(estimator, 0), self._of_side(estimator, 6)
        return self._estimate(
            estimator, value - other, slope - other_slope, place=12, comparisons=comparisons
        )

    def support(self) -> Support:
        """Return on how much of the log the figures rest."""
        effective = [total**2 / squares if squares else 0.0 for total, squares in self._weights]
        return Support(
            rows=self._rows,
            agreement_share=self._agreement / self._rows,
            differing_rows=self._differing,
            effective_rows=float(effective[0]),
            effective_rows_against=float(effective[1]),
            mean_weight=float(self._mean[_WEIGHT]),
            largest_weight=self._largest,
            mean_weight_against=float(self._mean[6 + _WEIGHT]),
        )

    def clipped_share(self) -> float:
        """Return the share of rows whose weight is above the largest that is kept."""
        return self._clipped / self._rows

    def _contributions(self, log: Log, chances: FloatArray) -> FloatArray:
        own = np.arange(len(log.action)), log.action
        weight = chances[own] / log.propensity
        direct = (chances * log.prediction).sum(axis=1)
        error = log.reward - log.prediction[own]
        kept = self.largest_kept
        return np.column_stack(
            [
                weight,
                weight * log.reward,
                direct,
                direct + weight * error,
                direct + np.minimum(weight, kept) * error,
                direct + np.where(weight > kept, 0, weight) * error,
            ]
        )

    def _merge(self, part: FloatArray, with_differences: FloatArray) -> None:
        """Add rows to means and to sums of powers around them (Chan and others, 1979; Pebay, 2008)."""
        before, here = self._rows, len(part)
        if not here:
            return
        rows = before + here
        mean = part.mean(axis=0)
        away, centred = mean - self._mean, part - mean
        self._scatter += centred.T @ centred + np.outer(away, away) * (before * here / rows)
        self._mean += away * (here / rows)
        mean, square, cube = self._moments
        centre = with_differences.mean(axis=0)
        away, centred = centre - mean, with_differences - centre
        own_square, own_cube = (centred**2).sum(axis=0), (centred**3).sum(axis=0)
        cube += own_cube + away**3 * (before * here * (before - here) / rows**2)
        cube += 3 * away * (before * own_square - here * square) / rows
        square += own_square + away**2 * (before * here / rows)
        mean += away * (here / rows)
        self._rows = rows

    def _of_side(self, estimator: str, first: int) -> tuple[float, FloatArray]:
        """Return a value and its slope by the means of all contributions."""
        slope = np.zeros(12)
        if estimator != SELF_NORMALISED:
            slope[first + _MEANS[estimator]] = 1
            return float(self._mean @ slope), slope
        weight, weighted = self._mean[first + _WEIGHT], self._mean[first + _WEIGHTED]
        if weight == 0:
            return float("nan"), slope
        slope[first + _WEIGHT], slope[first + _WEIGHTED] = -weighted / weight**2, 1 / weight
        return float(weighted / weight), slope

    def _estimate(
        self, estimator: str, value: float, slope: FloatArray, *, place: int, comparisons: int = 1
    ) -> Estimate:
        if estimator == DIRECT or self._rows < 2 or np.isnan(value):
            return Estimate(value, *[float("nan")] * 7)
        variance = max(float(slope @ self._scatter @ slope), 0.0) / (self._rows - 1) / self._rows
        estimate = estimate_of(value, float(np.sqrt(variance)), comparisons=comparisons)
        is_difference = place == 12 and not self._is_against_log
        if estimator == SELF_NORMALISED or is_difference or estimate.error == 0:
            return estimate
        _, square, cube = self._moments[:, place + _MEANS[estimator]]
        # Of the mean: that of the rows by the root of their number.
        skewness = float(cube / square**1.5)
        low, high = skewed_ends(estimate, skewness, normal_quantile())
        joint_low, joint_high = skewed_ends(estimate, skewness, normal_quantile(comparisons))
        return replace(estimate, low=low, high=high, joint_low=joint_low, joint_high=joint_high)


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
