"""Probability of having left: the classifiers that compete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sklearn.base import ClassifierMixin
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bank_marketing.methods.depths import DEPTHS, Depth

# Forests are slow to fit, so candidate and calibration are chosen in three folds within each training set.
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


def probability_candidates(
    depth: str, seed: int
) -> tuple[dict[str, ClassifierMixin], Mapping[str, Sequence[str]]]:
    """Return the classifiers that compete, and which means of theirs do.

    Parameters
    ----------
    depth : {'quick', 'full'}
        Logistic regression and boosting on binned values; with slow candidates boosting on all values,
        extremely randomised trees and their mean in its place.
    seed : int
        Seed of the trees.

    Returns
    -------
    candidates : dict of str to classifier
        Unfitted; for what `retention_numbers` returns.
    averages : mapping of str to sequence of str
        Names of the candidates behind each mean.

    References
    ----------
    Geurts, P., Ernst, D. and Wehenkel, L. (2006). Extremely randomized trees. Machine Learning 63, 3-42.
    """
    logistic = make_pipeline(StandardScaler(), LogisticRegression())
    if not DEPTHS[depth].has_slow_candidates:
        binned = HistGradientBoostingClassifier(
            max_iter=100,
            learning_rate=0.07,
            max_depth=3,
            min_samples_leaf=30,
            l2_regularization=1.0,
            early_stopping=False,
            random_state=seed,
        )
        return {"logistic_regression": logistic, "histogram_boosting": binned}, {}
    boosting = GradientBoostingClassifier(
        n_estimators=120,
        learning_rate=0.08,
        max_depth=3,
        min_samples_leaf=30,
        subsample=0.7,
        random_state=seed,
    )
    # Small trees: the artefact holds the models of all folds.
    forest = ExtraTreesClassifier(
        n_estimators=60, max_leaf_nodes=150, min_samples_leaf=5, max_features=None, random_state=seed
    )
    return (
        {
            "logistic_regression": logistic,
            "gradient_boosting": boosting,
            "extra_trees": forest,
        },
        {"mean_of_boosting_and_trees": ("gradient_boosting", "extra_trees")},
    )
