"""A classifier of numbers, of which levels are laid out as columns: a pipeline without a pipeline's cost."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, clone

FloatArray = npt.NDArray[np.float64]


class EncodedClassifier(ClassifierMixin, BaseEstimator):
    """Classifier of numbers and levels, by one that wants numbers alone.

    Gives what scikit-learn's pipeline of imputer, scaler and one-hot encoder does. That one looks levels up
    and checks tables so often that it takes longer than the classifier.

    Parameters
    ----------
    classifier : classifier
        Unfitted.
    numeric, categorical : list of str
        Columns by kind.
    is_scaled : bool
        Whether a missing number becomes the median, and numbers get mean 0 and deviation 1.

    Attributes
    ----------
    classifier_ : classifier
        Fitted on `design`.
    levels_ : dict of str to list of str
        Levels of the training rows, in order; another one is none of them.
    centre_, scale_, median_ : numpy.ndarray of shape (numeric columns,)
        Mean, deviation and median of each number, where they are scaled.
    classes_ : numpy.ndarray
        0 and 1.
    """

    def __init__(
        self, classifier: ClassifierMixin, numeric: list[str], categorical: list[str], *, is_scaled: bool
    ) -> None:
        self.classifier = classifier
        self.numeric = numeric
        self.categorical = categorical
        self.is_scaled = is_scaled

    def fit(self, features: pd.DataFrame, outcome: npt.ArrayLike) -> EncodedClassifier:
        """Learn what numbers and levels there are, and fit the classifier.

        Parameters
        ----------
        features : pandas.DataFrame of shape (rows, features)
            Numbers with nan for missing, and text levels.
        outcome : array_like of shape (rows,)
            0 or 1.

        Returns
        -------
        EncodedClassifier
            The classifier itself.
        """
        self.classes_ = np.array([0, 1])
        self.levels_ = {name: sorted(features[name].unique()) for name in self.categorical}
        if self.is_scaled:
            numbers = features[self.numeric].to_numpy(dtype=float)
            is_known = ~np.isnan(numbers).all(axis=0)
            self.median_ = np.zeros(len(self.numeric))
            self.median_[is_known] = np.nanmedian(numbers[:, is_known], axis=0)
            filled = np.where(np.isnan(numbers), self.median_, numbers)
            deviation = filled.std(axis=0)
            self.centre_, self.scale_ = filled.mean(axis=0), np.where(deviation > 0, deviation, 1.0)
        self.classifier_ = clone(self.classifier).fit(self.design(features), outcome)
        return self

    def design(self, features: pd.DataFrame) -> FloatArray:
        """Return what the classifier sees.

        Parameters
        ----------
        features : pandas.DataFrame of shape (rows, features)
            As for `fit`.

        Returns
        -------
        numpy.ndarray of shape (rows, columns)
            Numbers, then a column of 0 and 1 for each level.
        """
        numbers = features[self.numeric].to_numpy(dtype=float)
        if self.is_scaled:
            numbers = (np.where(np.isnan(numbers), self.median_, numbers) - self.centre_) / self.scale_
        parts = [numbers]
        for name, levels in self.levels_.items():
            place = pd.Index(levels, dtype=object).get_indexer(features[name].to_numpy())
            parts.append((place[:, None] == np.arange(len(levels))).astype(float))
        return np.concatenate(parts, axis=1)

    @property
    def names(self) -> list[tuple[str, str | None]]:
        """Return the feature of each column of `design`, and its level."""
        levels = [(name, level) for name, levels in self.levels_.items() for level in levels]
        return [*((name, None) for name in self.numeric), *levels]

    def predict_proba(self, features: pd.DataFrame) -> FloatArray:
        """Return probabilities.

        Parameters
        ----------
        features : pandas.DataFrame of shape (rows, features)
            As for `fit`.

        Returns
        -------
        numpy.ndarray of shape (rows, 2)
            Probability of 0 and of 1.
        """
        return np.asarray(self.classifier_.predict_proba(self.design(features)))
