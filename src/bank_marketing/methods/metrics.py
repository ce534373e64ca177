"""Metrics that say how good predicted probabilities of a yes or no are."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata
from sklearn.metrics import average_precision_score

from bank_marketing.methods.intervals import bounded_interval, wilson_interval

Outcome = npt.NDArray[np.int64]
Probability = npt.NDArray[np.float64]
Interval = tuple[float, float, float]
UNKNOWN: Interval = (float("nan"), float("nan"), float("nan"))


def roc_auc(outcome: Outcome, probability: Probability) -> float:
    """Return the area under the ROC curve.

    Parameters
    ----------
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    probability : numpy.ndarray of shape (rows,)
        Predicted probability of 1.

    Returns
    -------
    float
        Chance that a row with 1 is ranked above one with 0, ties counting half; nan with only one class.
        Computed from the ranks (Mann and Whitney), many times faster than from the curve.
    """
    if outcome.min() == outcome.max():
        return float("nan")
    positives = int(np.sum(outcome))
    rank_sum = rankdata(probability)[outcome == 1].sum()
    return float((rank_sum - positives * (positives + 1) / 2) / (positives * (len(outcome) - positives)))


def roc_auc_interval(outcome: Outcome, probability: Probability) -> Interval:
    """Return the area under the ROC curve with DeLong's interval.

    How far a row's share of the other class that it is ranked right against differs from row to row tells the
    error, so the width doesn't depend on chance. Found from ranks within and over the classes (Sun and Xu).

    Parameters
    ----------
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    probability : numpy.ndarray of shape (rows,)
        Predicted probability of 1; one a row, by models that haven't seen it.

    Returns
    -------
    value, low, high : float
        `roc_auc` and its 95 % interval. Where every event is ranked above (or below) all others the formula
        has no width: there it is Wilson's interval of as many trials as the rarer class has rows. nan with
        only one class, the ends also with a single row of one.

    References
    ----------
    DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L. (1988). Comparing the areas under two or more
    correlated receiver operating characteristic curves. Biometrics 44, 837-845.
    Sun, X. and Xu, W. (2014). Fast implementation of DeLong's algorithm. IEEE Signal Processing Letters 21,
    1389-1393.
    """
    value = roc_auc(outcome, probability)
    if np.isnan(value):
        return UNKNOWN
    ranks = rankdata(probability)
    variance, rows = 0.0, []
    for kind in (0, 1):
        of_kind = outcome == kind
        rows.append(int(of_kind.sum()))
        others = len(outcome) - rows[-1]
        ranked_right = (ranks[of_kind] - rankdata(probability[of_kind])) / others
        variance += ranked_right.var(ddof=1) / rows[-1] if rows[-1] > 1 else float("nan")
    if value in (0.0, 1.0):
        low, high = wilson_interval(value * min(rows), min(rows))
        return value, float(low), float(high)
    return bounded_interval(value, float(np.sqrt(variance)))


def average_precision_rarer_class(outcome: Outcome, probability: Probability) -> float:
    """Return the average precision of the class that fewer rows have.

    Of the common class it is high for any model; its rarer counterpart tells models apart.

    Parameters
    ----------
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    probability : numpy.ndarray of shape (rows,)
        Predicted probability of 1.

    Returns
    -------
    float
        Between the rarer class's share (no skill) and 1; nan if there is only one class.
    """
    if outcome.min() == outcome.max():
        return float("nan")
    return float(average_precision_score(*_of_rarer_class(outcome, probability)))


def average_precision_interval(
    outcome: Outcome, probability: Probability, *, resamples: int, random: np.random.Generator
) -> Interval:
    """Return the average precision of the rarer class with its interval by resampling rows.

    Rows of both classes are drawn together: with the number of events held fixed the interval misses that
    other files have another share of them. Which class is the rarer one is decided once.

    Parameters
    ----------
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    probability : numpy.ndarray of shape (rows,)
        Predicted probability of 1; one a row, by models that haven't seen it.
    resamples : int
        How many times the rows are drawn again.
    random : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    value, low, high : float
        `average_precision_rarer_class`, plus and minus 1.96 bootstrap standard errors; the same for any order
        of the rows. Where every row of the rarer class is ranked above all others resamples don't differ:
        there it is Wilson's interval of as many trials as that class has rows. nan with only one class.

    References
    ----------
    Efron, B. (1979). Bootstrap methods: another look at the jackknife. Annals of Statistics 7, 1-26.
    """
    value = average_precision_rarer_class(outcome, probability)
    if np.isnan(value):
        return UNKNOWN
    events, scores = _of_rarer_class(outcome, probability)
    if value == 1:
        low, high = wilson_interval(events.sum(), events.sum())
        return value, float(low), float(high)
    # From the highest score down; rows that are alike in both are exchangeable, so their order tells nothing.
    order = np.lexsort((events, -scores))
    events, scores, rows = events[order], scores[order], len(order)
    last_of_ties = np.flatnonzero(np.append(np.diff(scores) != 0, True))
    drawn = []
    for _ in range(resamples):
        times = np.bincount(random.integers(0, rows, rows), minlength=rows)
        found = np.cumsum(times * events)[last_of_ties]
        if found[-1]:
            precision = found / np.maximum(np.cumsum(times)[last_of_ties], 1)
            drawn.append(float(precision @ np.diff(found, prepend=0)) / found[-1])
    return bounded_interval(value, float(np.std(drawn, ddof=1)) if len(drawn) > 1 else float("nan"))


def _of_rarer_class(outcome: Outcome, probability: Probability) -> tuple[Outcome, Probability]:
    return (1 - outcome, 1 - probability) if np.mean(outcome) > 0.5 else (outcome, probability)


def log_losses(outcome: Outcome, probability: Probability) -> Probability:
    """Return the negative log-likelihood of each row in nats.

    Parameters
    ----------
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    probability : numpy.ndarray of shape (rows,)
        Predicted probability of 1.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        0 for certainty that was right; a certainty that was wrong counts 36 nats, not infinity.
    """
    of_what_happened = np.where(outcome == 1, probability, 1 - probability)
    return np.asarray(-np.log(np.maximum(of_what_happened, np.finfo(float).eps)))


def log_loss(outcome: Outcome, probability: Probability) -> float:
    """Return the mean of `log_losses`: 0 is the best.

    Parameters
    ----------
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    probability : numpy.ndarray of shape (rows,)
        Predicted probability of 1.

    Returns
    -------
    float
        Nats.
    """
    return float(log_losses(outcome, probability).mean())


def squared_errors(outcome: Outcome, probability: Probability) -> Probability:
    """Return the squared distance of probability and outcome of each row.

    Parameters
    ----------
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    probability : numpy.ndarray of shape (rows,)
        Predicted probability of 1.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        Between 0 and 1.
    """
    return np.asarray((probability - outcome) ** 2)


def brier_score(outcome: Outcome, probability: Probability) -> float:
    """Return the mean of `squared_errors`.

    Parameters
    ----------
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    probability : numpy.ndarray of shape (rows,)
        Predicted probability of 1.

    Returns
    -------
    float
        Between 0 and 1, 0 the best.
    """
    return float(squared_errors(outcome, probability).mean())


# What ranks rows against each other, and what each row has alone.
RANKING_METRICS = ("roc_auc", "average_precision_rarer_class")
ROW_METRICS: dict[str, Callable[[Outcome, Probability], Probability]] = {
    "log_loss": log_losses,
    "brier_score": squared_errors,
}


def ranking_intervals(
    outcome: Outcome, probability: Probability, *, resamples: int, random: np.random.Generator
) -> dict[str, Interval]:
    """Return the metrics of a ranking, `RANKING_METRICS`, each with its interval.

    Parameters
    ----------
    outcome, probability, resamples, random
        As for `average_precision_interval`.

    Returns
    -------
    dict of str to tuple of (value, low, high)
        By `roc_auc_interval` and `average_precision_interval`.
    """
    return {
        "roc_auc": roc_auc_interval(outcome, probability),
        "average_precision_rarer_class": average_precision_interval(
            outcome, probability, resamples=resamples, random=random
        ),
    }
