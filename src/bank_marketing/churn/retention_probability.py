"""Probability of having left: the classifiers that compete."""

from __future__ import annotations

from dataclasses import replace

from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bank_marketing.methods.depths import DEPTHS, Depth

# The survival model that rests on a classifier is fitted often, and with more folds as good.
INNER_FOLDS = 3


def probability_depth(depth: str) -> Depth:
    """Return how much is computed.

    Parameters
    ----------
    depth : {'quick', 'full'}
        As `DEPTHS` has them.

    Returns
    -------
    Depth
        With the inner folds of these candidates.
    """
    return replace(DEPTHS[depth], inner_folds=min(DEPTHS[depth].inner_folds, INNER_FOLDS))


def few_steps_boosting(seed: int) -> HistGradientBoostingClassifier:
    """Return boosting on binned values in few steps, but long ones.

    In cross-validation it is as good as twice as many steps with exact cuts, and as a mean with a forest.
    """
    return HistGradientBoostingClassifier(
        max_iter=60,
        learning_rate=0.2,
        max_leaf_nodes=5,
        min_samples_leaf=15,
        max_bins=32,
        early_stopping=False,
        random_state=seed,
    )


def probability_candidates(seed: int) -> dict[str, ClassifierMixin]:
    """Return the classifiers that compete, unfitted, for what `retention_numbers` returns.

    Parameters
    ----------
    seed : int
        Seed of the trees.

    Returns
    -------
    dict of str to classifier
        Logistic regression and boosting on binned values, by name.
    """
    return {
        "logistic_regression": make_pipeline(StandardScaler(), LogisticRegression()),
        "histogram_boosting": few_steps_boosting(seed),
    }
