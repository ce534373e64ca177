"""Figures that say how good predicted probabilities of a yes or no are."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata
from sklearn.metrics import average_precision_score

from bank_marketing.methods.calibration import expected_calibration_error

Outcome = npt.NDArray[np.int64]
Probability = npt.NDArray[np.float64]


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
    if np.mean(outcome) > 0.5:
        outcome, probability = 1 - outcome, 1 - probability
    return float(average_precision_score(outcome, probability))


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


Metric = Callable[[Outcome, Probability], float]

# In a cross-validation: what ranks the rows of a fold, what each row has alone, what bins all rows at once.
FOLD_METRICS: dict[str, Metric] = {
    "roc_auc": roc_auc,
    "average_precision_rarer_class": average_precision_rarer_class,
}
ROW_METRICS: dict[str, Callable[[Outcome, Probability], Probability]] = {
    "log_loss": log_losses,
    "brier_score": squared_errors,
}
POOLED_METRICS: dict[str, Metric] = {"expected_calibration_error": expected_calibration_error}
# All of them as one number of all rows.
METRICS: dict[str, Metric] = (
    FOLD_METRICS | {"log_loss": log_loss, "brier_score": brier_score} | POOLED_METRICS
)
