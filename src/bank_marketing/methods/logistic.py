"""Logistic curve from a score of any scale to a probability, which never falls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression


@dataclass(frozen=True)
class LogisticCurve:
    """Probability of an event given a score: logistic in the score and its square.

    Parameters
    ----------
    intercept, slope, curvature : float
        Log-odds are intercept + slope x score + curvature x score^2.
    """

    intercept: float
    slope: float
    curvature: float

    def probability(self, scores: np.ndarray) -> np.ndarray:
        """Return probabilities; beyond its turning point the curve is held level, so that it never falls.

        Parameters
        ----------
        scores : ndarray of shape (n,)
            Scores.

        Returns
        -------
        ndarray of shape (n,)
            Probabilities.
        """
        held = scores
        if self.curvature < 0:
            held = np.minimum(scores, -self.slope / (2 * self.curvature))
        elif self.curvature > 0:
            held = np.maximum(scores, -self.slope / (2 * self.curvature))
        return np.asarray(1 / (1 + np.exp(-(self.intercept + self.slope * held + self.curvature * held**2))))


def fit_logistic_curve(scores: np.ndarray, events: np.ndarray) -> LogisticCurve:
    """Learn the probability of an event from scores that rows got from models which hadn't seen them.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Out-of-fold scores.
    events : ndarray of shape (n,)
        1 or True for an event; both kinds must occur.

    Returns
    -------
    LogisticCurve
        The curve, by maximum likelihood with a negligible ridge.
    """
    logistic = LogisticRegression(C=1e4, max_iter=1_000).fit(np.column_stack([scores, scores**2]), events)
    slope, curvature = logistic.coef_[0]
    return LogisticCurve(float(logistic.intercept_[0]), float(slope), float(curvature))
