"""Contrasts of arms that nobody randomised: augmented inverse-propensity weighting with cross-fitting.

An arm is what a customer got, for example one of four campaign types. The average outcome if everybody had
got an arm is estimated from those who got it, weighted so that they look like everybody, and corrected by
what a model of the outcome expects. The estimate is right if either the model of who gets what or the model
of the outcome is, and all that made an arm likely and the outcome, too, is among the features.

References
----------
Robins, J. M., Rotnitzky, A. and Zhao, L. P. (1994). Estimation of regression coefficients when some
regressors are not always observed. Journal of the American Statistical Association 89, 846-866.
Chernozhukov, V. et al. (2018). Double/debiased machine learning for treatment and structural parameters. The
Econometrics Journal 21, C1-C68.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats
from sklearn.linear_model import LogisticRegression, Ridge

from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.intervals import normal_quantile

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# A propensity below it counts as it: one row may not stand for more than a hundred.
LEAST_PROPENSITY = 0.01
FOLDS = 5


@dataclass(frozen=True)
class ArmScores:
    """What cross-fitting leaves of each row, under each arm.

    Parameters
    ----------
    arm : numpy.ndarray of shape (rows,)
        The arm that the row got, from 0.
    score : numpy.ndarray of shape (rows, arms)
        Its mean over rows is the average outcome if all rows had got the arm.
    prediction : numpy.ndarray of shape (rows, arms)
        The outcome that a model which hasn't seen the row expects under the arm.
    propensity : numpy.ndarray of shape (rows, arms)
        Chance of getting the arm by a model that hasn't seen the row, at least `LEAST_PROPENSITY`.
    fold : numpy.ndarray of shape (rows,)
        The fold that left the row out in the last repeat.
    raised : numpy.ndarray of shape (rows, arms)
        Whether the propensity was below `LEAST_PROPENSITY` and was raised to it, in any repeat.
    """

    arm: IntArray
    score: FloatArray
    prediction: FloatArray
    propensity: FloatArray
    fold: IntArray
    raised: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval, alone and together with others.

    Parameters
    ----------
    value, error : float
        The estimate and its standard error.
    low, high : float
        95 % interval of this figure alone.
    joint_low, joint_high : float
        Interval that holds the truth together with those of all other comparisons in 95 % (Bonferroni).
    p_value, p_value_corrected : float
        Of no effect, alone and times the number of comparisons.
    """

    value: float
    error: float
    low: float
    high: float
    joint_low: float
    joint_high: float
    p_value: float
    p_value_corrected: float


def cross_fit_arms(
    design: npt.ArrayLike, arm: IntArray, outcome: npt.ArrayLike, *, repeats: int = 1, seed: int
) -> ArmScores:
    """Estimate the score of each row under each arm by models that haven't seen the row.

    Propensities are a multinomial logistic regression (boosted ones overfit: their weights grow without
    making groups any more alike). The outcome is a regression for each arm: logistic for a yes or no, else
    linear.

    Parameters
    ----------
    design : array_like of shape (rows, columns)
        Standardised features, for example from `design_matrix`: all that may drive both arm and outcome,
        nothing that the arm drives.
    arm : numpy.ndarray of shape (rows,)
        From 0; each arm at least `FOLDS` times.
    outcome : array_like of shape (rows,)
        Any number; 0 and 1 for a yes or no.
    repeats : int
        Divisions into folds; scores are averaged over them.
    seed : int
        Seed of the folds.

    Returns
    -------
    ArmScores
        Scores, predictions and propensities.
    """
    x, y = np.asarray(design, dtype=float), np.asarray(outcome, dtype=float)
    arms = int(arm.max()) + 1
    shape = (len(y), arms)
    score, predictions, propensities = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    raised = np.zeros(shape, dtype=bool)
    got = arm[:, None] == np.arange(arms)
    fold = np.zeros(len(y), dtype=np.int64)
    for repeat in range(repeats):
        fold = stratified_folds(arm, FOLDS, seed=seed + repeat)
        propensity, prediction = np.empty(shape), np.empty(shape)
        for number in range(FOLDS):
            test, train = fold == number, fold != number
            propensity[test] = (
                LogisticRegression(max_iter=1_000).fit(x[train], arm[train]).predict_proba(x[test])
            )
            for one in range(arms):
                rows = train & got[:, one]
                prediction[test, one] = _predict_outcome(x[rows], y[rows], x[test])
        raised |= propensity < LEAST_PROPENSITY
        propensity = np.maximum(propensity, LEAST_PROPENSITY)
        score += (prediction + got * (y[:, None] - prediction) / propensity) / repeats
        predictions += prediction / repeats
        propensities += propensity / repeats
    return ArmScores(arm, score, predictions, propensities, fold, raised)


def pair_contrast(arms: int, one: int, other: int) -> FloatArray:
    """Return the weights of the contrast of an arm with another.

    Parameters
    ----------
    arms : int
        Number of arms.
    one, other : int
        The two.

    Returns
    -------
    numpy.ndarray of shape (arms,)
        1 and -1.
    """
    weights = np.zeros(arms)
    weights[one], weights[other] = 1, -1
    return weights


def rest_contrast(arm: IntArray, one: int) -> FloatArray:
    """Return the weights of the contrast of an arm with all others, these mixed as they occur.

    Parameters
    ----------
    arm : numpy.ndarray of shape (rows,)
        The arms as they occur.
    one : int
        The arm.

    Returns
    -------
    numpy.ndarray of shape (arms,)
        1 for the arm, the negative shares of the others among themselves.
    """
    counts = np.bincount(arm).astype(float)
    counts[one] = 0
    weights: FloatArray = -counts / counts.sum()
    weights[one] = 1
    return weights


def mean_estimate(influence: FloatArray, *, comparisons: int = 1) -> Estimate:
    """Return the mean of what rows contribute, with intervals from its spread (the influence function).

    Parameters
    ----------
    influence : numpy.ndarray of shape (rows,)
        For example ``scores.score @ pair_contrast(...)``.
    comparisons : int
        How many estimates are read together.

    Returns
    -------
    Estimate
        The mean. Fewer than two rows have nan for all but the value.
    """
    value = float(influence.mean())
    if len(influence) < 2:
        return Estimate(value, *[float("nan")] * 7)
    error = float(influence.std(ddof=1) / np.sqrt(len(influence)))
    return estimate_of(value, error, comparisons=comparisons)


def estimate_of(value: float, error: float, *, comparisons: int = 1) -> Estimate:
    """Return the intervals and p-values of an estimate that is normal around the truth.

    Parameters
    ----------
    value, error : float
        Estimate and standard error.
    comparisons : int
        How many estimates are read together.

    Returns
    -------
    Estimate
        With 95 % intervals. With an error of 0, the p-value is 1 for no difference at all, else 0.
    """
    half, joint = normal_quantile() * error, normal_quantile(comparisons) * error
    p = float(2 * stats.norm.sf(abs(value) / error)) if error > 0 else float(value == 0)
    return Estimate(
        value, error, value - half, value + half, value - joint, value + joint, p, min(1.0, p * comparisons)
    )


def weights_of_sides(scores: ArmScores, contrast: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the weights that make those with an arm, and those they are compared with, look like everybody.

    Parameters
    ----------
    scores : ArmScores
        Propensities and arms.
    contrast : numpy.ndarray of shape (arms,)
        Weights of the contrast.

    Returns
    -------
    one, other : numpy.ndarray of shape (rows,)
        0 for rows that aren't on the side.
    """
    inverse = 1 / scores.propensity[np.arange(len(scores.arm)), scores.arm]
    share = contrast[scores.arm]
    return np.where(share > 0, share * inverse, 0), np.where(share < 0, -share * inverse, 0)


def effective_rows(weights: FloatArray) -> float:
    """Return how many equally weighted rows tell as much as these.

    Parameters
    ----------
    weights : numpy.ndarray of shape (rows,)
        Not negative.

    Returns
    -------
    float
        (sum of weights)^2 / sum of squared weights.

    References
    ----------
    Kish, L. (1965). Survey sampling. Wiley.
    """
    return float(weights.sum() ** 2 / (weights**2).sum())


def standardised_differences(design: npt.ArrayLike, one: FloatArray, other: FloatArray) -> FloatArray:
    """Return by how many standard deviations two weighted groups differ, for each feature.

    Parameters
    ----------
    design : array_like of shape (rows, columns)
        Features.
    one, other : numpy.ndarray of shape (rows,)
        Weights of the rows in either group, 0 outside of it.

    Returns
    -------
    numpy.ndarray of shape (columns,)
        Difference of means by the unweighted deviation within the groups (root mean square of both); 0 where
        neither varies.

    References
    ----------
    Austin, P. C. (2009). Balance diagnostics for comparing the distribution of baseline covariates between
    treatment groups in propensity-score matched samples. Statistics in Medicine 28, 3083-3107.
    """
    x = np.asarray(design, dtype=float)
    difference = np.average(x, axis=0, weights=one) - np.average(x, axis=0, weights=other)
    spread = np.sqrt((x[one > 0].var(axis=0) + x[other > 0].var(axis=0)) / 2)
    return np.divide(difference, spread, out=np.zeros_like(difference), where=spread > 0)


def e_value(risk_ratio: float) -> float:
    """Return how strong an unknown common cause must be to make a risk ratio out of nothing.

    Parameters
    ----------
    risk_ratio : float
        Ratio of two risks, above 0.

    Returns
    -------
    float
        The risk ratio that the cause must have with the arm and with the outcome, both; 1 for no ratio.

    References
    ----------
    VanderWeele, T. J. and Ding, P. (2017). Sensitivity analysis in observational research: introducing the
    E-value. Annals of Internal Medicine 167, 268-274.
    """
    above = max(risk_ratio, 1 / risk_ratio)
    return float(above + np.sqrt(above * (above - 1)))


def e_values(scores: ArmScores, contrast: FloatArray) -> tuple[float, float]:
    """Return the E-value of a contrast, and of the end of its 95 % interval that is next to no difference.

    Parameters
    ----------
    scores : ArmScores
        Of an outcome that is a yes or no.
    contrast : numpy.ndarray of shape (arms,)
        Weights of the contrast.

    Returns
    -------
    of_estimate, of_interval : float
        The second is 1 if the interval of the risk ratio (delta method) holds 1; nan, both, if a risk isn't
        above 0.
    """
    one = scores.score @ np.maximum(contrast, 0)
    other = scores.score @ np.maximum(-contrast, 0)
    risks = one.mean(), other.mean()
    if min(risks) <= 0:
        return float("nan"), float("nan")
    log_ratio = mean_estimate(np.log(risks[0] / risks[1]) + one / risks[0] - other / risks[1])
    nearest = max(log_ratio.low, -log_ratio.high, 0)
    return e_value(float(np.exp(log_ratio.value))), e_value(float(np.exp(nearest)))


def heterogeneity_slope(scores: ArmScores, contrast: FloatArray, *, comparisons: int = 1) -> Estimate | None:
    """Test whether customers for whom models expect a larger effect really have one (best linear predictor).

    The rows' scores of the contrast are regressed on the effect that models which haven't seen the row
    expect, less its mean in the fold. A slope of 1 says that expected differences are real, 0 that there are
    none to be found.

    Parameters
    ----------
    scores : ArmScores
        Scores and predictions.
    contrast : numpy.ndarray of shape (arms,)
        Weights of the contrast.
    comparisons : int
        How many slopes are read together.

    Returns
    -------
    Estimate or None
        The slope with errors that allow for unequal spread; p-values are of one side, since only a slope
        above 0 is heterogeneity. None if the models expect the same effect for all.

    References
    ----------
    Chernozhukov, V., Demirer, M., Duflo, E. and Fernandez-Val, I. (2018). Generic machine learning inference
    on heterogeneous treatment effects in randomized experiments. NBER Working Paper 24678.
    """
    expected = scores.prediction @ contrast
    for number in range(FOLDS):
        expected[scores.fold == number] -= expected[scores.fold == number].mean()
    spread = float((expected**2).sum())
    if spread <= 1e-12 * len(expected):
        return None
    effect = scores.score @ contrast
    centred = effect - effect.mean()
    slope = float(expected @ centred / spread)
    residual = centred - slope * expected
    error = float(np.sqrt(((expected * residual) ** 2).sum()) / spread)
    two_sided = estimate_of(slope, error, comparisons=comparisons)
    p = float(stats.norm.sf(slope / error)) if error > 0 else float(slope <= 0)
    return Estimate(
        two_sided.value,
        two_sided.error,
        two_sided.low,
        two_sided.high,
        two_sided.joint_low,
        two_sided.joint_high,
        p,
        min(1.0, p * comparisons),
    )


def effect_on_treated(
    design: npt.ArrayLike, treated: IntArray, outcome: npt.ArrayLike, *, repeats: int = 1, seed: int
) -> tuple[Estimate, float]:
    """Estimate what those who got one of two arms gained by it.

    Unlike the average effect on all it needs comparable untreated rows for the treated alone, so it holds up
    where the untreated are mostly of another kind.

    Parameters
    ----------
    design : array_like of shape (rows, columns)
        Standardised features.
    treated : numpy.ndarray of shape (rows,)
        0 or 1.
    outcome : array_like of shape (rows,)
        Any number.
    repeats : int
        Divisions into folds; the contributions of rows are averaged over them.
    seed : int
        Seed of the folds.

    Returns
    -------
    effect : Estimate
        In the unit of the outcome.
    effective_controls : float
        How many untreated rows the comparison rests on (`effective_rows`).

    References
    ----------
    Mercatanti, A. and Li, F. (2014). Do debit cards increase household spending? Evidence from a
    semiparametric causal analysis of a survey. The Annals of Applied Statistics 8, 2485-2508.
    """
    x, y = np.asarray(design, dtype=float), np.asarray(outcome, dtype=float)
    contribution, weights = np.zeros(len(y)), np.zeros(len(y))
    is_treated = treated == 1
    for repeat in range(repeats):
        fold = stratified_folds(treated, FOLDS, seed=seed + repeat)
        odds, untreated = np.empty(len(y)), np.empty(len(y))
        for number in range(FOLDS):
            test, train = fold == number, fold != number
            propensity = (
                LogisticRegression(max_iter=1_000).fit(x[train], treated[train]).predict_proba(x[test])[:, 1]
            )
            odds[test] = propensity / np.maximum(1 - propensity, LEAST_PROPENSITY)
            controls = train & ~is_treated
            untreated[test] = _predict_outcome(x[controls], y[controls], x[test])
        # Controls are scaled to the number of the treated: weights that add up are steadier than raw odds.
        weight = np.where(is_treated, 0, odds)
        weight *= is_treated.sum() / weight.sum()
        contribution += (is_treated - weight) * (y - untreated) / treated.mean() / repeats
        weights += weight / repeats
    value = float(contribution.mean())
    influence = contribution - is_treated / treated.mean() * value
    error = float(influence.std(ddof=1) / np.sqrt(len(y)))
    return estimate_of(value, error), effective_rows(weights[~is_treated])


def _predict_outcome(x: FloatArray, y: FloatArray, new: FloatArray) -> FloatArray:
    """Predict a yes or no by a logistic regression, any other number by a linear one."""
    if len(y) == 0 or (y == y[0]).all():
        return np.full(len(new), y[0] if len(y) else 0.0)
    if np.isin(y, (0, 1)).all():
        logistic: FloatArray = LogisticRegression(max_iter=1_000).fit(x, y).predict_proba(new)[:, 1]
        return logistic
    linear: FloatArray = Ridge(alpha=1.0).fit(x, y).predict(new)
    return linear
