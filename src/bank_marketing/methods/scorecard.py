"""Points scorecard: one cut per feature, a point for each that is passed, the share of events by points."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.isotonic import IsotonicRegression

FloatArray = npt.NDArray[np.float64]

# A cut leaves at least this share of the rows on either side.
LEAST_SHARE = 0.05


class PointsScorecard(ClassifierMixin, BaseEstimator):
    """Classifier that a reader can recompute with pencil and paper.

    Each feature is cut once, where the chi-square statistic of event against side is largest; levels are put
    in order of their rates first. A feature earns a point on the side with more events, but only if its cut
    is more than the best of many looks at noise. The probability is the share of events among the training
    rows with as many points, made to rise with the points.

    Parameters
    ----------
    level : float
        Chance that some feature of pure noise earns points, over all features together.

    Attributes
    ----------
    cuts_ : list of dict
        One per feature that earns a point: feature, chi_square, and either above or below (the number that a
        value must be above or at most) or levels (the levels that earn the point).
    probability_ : numpy.ndarray of shape (points + 1,)
        Probability of 1 by number of points, from no point on.
    rows_ : numpy.ndarray of shape (points + 1,)
        Training rows by number of points.
    classes_ : numpy.ndarray
        0 and 1.

    References
    ----------
    Miller, R. and Siegmund, D. (1982). Maximally selected chi square statistics. Biometrics 38, 1011-1016.
    """

    def __init__(self, level: float = 0.05) -> None:
        self.level = level

    def fit(self, features: pd.DataFrame, outcome: npt.ArrayLike) -> PointsScorecard:
        """Learn cuts and probabilities.

        Parameters
        ----------
        features : pandas.DataFrame of shape (rows, features)
            Numbers with nan for missing, and text levels.
        outcome : array_like of shape (rows,)
            0 or 1.

        Returns
        -------
        PointsScorecard
            The classifier itself.
        """
        events = np.asarray(outcome, dtype=float)
        self.classes_ = np.array([0, 1])
        cuts = [_best_cut(str(name), column, events) for name, column in features.items()]
        self.cuts_ = [
            cut for cut in cuts if cut is not None and cut.pop("chance") * features.shape[1] < self.level
        ]
        points = self.points(features)
        possible = np.arange(len(self.cuts_) + 1)
        self.rows_ = np.bincount(points, minlength=len(possible))
        half_an_event = 0.5 / len(events)
        rising = IsotonicRegression(y_min=half_an_event, y_max=1 - half_an_event, out_of_bounds="clip")
        self.probability_ = rising.fit(points, events).predict(possible)
        return self

    def points(self, features: pd.DataFrame) -> npt.NDArray[np.int64]:
        """Return the points of each row.

        Parameters
        ----------
        features : pandas.DataFrame of shape (rows, features)
            As for `fit`. A missing value and a level that wasn't there at the fit earn no point.

        Returns
        -------
        numpy.ndarray of shape (rows,)
            Points.
        """
        points = np.zeros(len(features), dtype=np.int64)
        for cut in self.cuts_:
            points += earns_point(features[cut["feature"]], cut)
        return points

    def predict_proba(self, features: pd.DataFrame) -> FloatArray:
        """Return probabilities.

        Parameters
        ----------
        features : pandas.DataFrame of shape (rows, features)
            As for `points`.

        Returns
        -------
        numpy.ndarray of shape (rows, 2)
            Probability of 0 and of 1.
        """
        probability = self.probability_[self.points(features)]
        return np.column_stack([1 - probability, probability])


def earns_point(values: pd.Series, cut: dict[str, Any]) -> npt.NDArray[np.bool_]:
    """Tell which values earn the point of a cut.

    Parameters
    ----------
    values : pandas.Series of shape (rows,)
        The feature.
    cut : dict
        One of `PointsScorecard.cuts_`.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        Whether; False for a missing value.
    """
    if "levels" in cut:
        return values.isin(list(cut["levels"])).to_numpy()
    numbers = values.to_numpy(dtype=float)
    return np.asarray(numbers > cut["above"] if "above" in cut else numbers <= cut["below"])


def in_words(cut: dict[str, Any]) -> str:
    """Return what a value must be to earn the point of a cut.

    Parameters
    ----------
    cut : dict
        One of `PointsScorecard.cuts_`.

    Returns
    -------
    str
        For example 'ad_spend_usd above 4989' or 'campaign_type is Conversion'.
    """
    if "levels" in cut:
        return f"{cut['feature']} is {' or '.join(cut['levels'])}"
    if "above" in cut:
        return f"{cut['feature']} above {cut['above']:.10g}"
    return f"{cut['feature']} at most {cut['below']:.10g}"


def _best_cut(name: str, values: pd.Series, events: FloatArray) -> dict[str, Any] | None:
    """Return the cut with the largest chi-square and the chance that noise has a larger one."""
    known = values.notna().to_numpy()
    kinds, position = np.unique(values.to_numpy()[known], return_inverse=True)
    if len(kinds) < 2:
        return None
    rows, ones = np.bincount(position), np.bincount(position, events[known])
    is_text = values.dtype == object
    if is_text:
        order = np.argsort(ones / rows, kind="stable")
        kinds, rows, ones = kinds[order], rows[order], ones[order]
    total, rate = rows.sum(), ones.sum() / rows.sum()
    if rate in (0, 1):
        return None
    below = np.cumsum(rows)[:-1]
    excess = np.cumsum(ones)[:-1] - rate * below
    chi_square = excess**2 * total / (rate * (1 - rate) * below * (total - below))
    is_wide = np.minimum(below, total - below) >= LEAST_SHARE * total
    if not is_wide.any():
        return None
    best = int(np.argmax(np.where(is_wide, chi_square, -1)))
    found = float(chi_square[best])
    cut: dict[str, Any] = {"feature": name, "chi_square": found}
    if is_text:
        # The best of all ways to part levels in two is at most the statistic of all levels apart.
        return cut | {
            "levels": sorted(str(level) for level in kinds[best + 1 :]),
            "chance": float(stats.chi2.sf(found, len(kinds) - 1)),
        }
    side = "above" if excess[best] < 0 else "below"
    return cut | {
        side: _roundest(float(kinds[best]), float(kinds[best + 1])),
        "chance": min(_chance_of_best(found), float(stats.chi2.sf(found, 1)) * int(is_wide.sum())),
    }


def _roundest(low: float, high: float) -> float:
    """Return the number with the fewest digits that is at least `low` and below `high`."""
    for digits in range(-12, 16):
        number = round(np.ceil(low * 10.0**digits) / 10.0**digits, max(digits, 0))
        if low <= number < high:
            # Adding 0 turns -0 into 0.
            return float(number) + 0.0
    return low


def _chance_of_best(chi_square: float) -> float:
    """Return how often the best cut of noise has a larger statistic (Miller and Siegmund 1982)."""
    root = np.sqrt(chi_square)
    if root < 1:
        return 1.0
    density = stats.norm.pdf(root)
    odds = np.log((1 - LEAST_SHARE) ** 2 / LEAST_SHARE**2)
    return float(min(1.0, 4 * density / root + density * (root - 1 / root) * odds))
