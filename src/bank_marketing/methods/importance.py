"""Importance of features on held-out folds, and partial dependence, with intervals that know of the folds.

Folds share training rows, for which errors of plain fold means are too small: they call noise a driver too
often. Nadeau and Bengio's correction widens them (`intervals.fold_interval`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.model_selection import KFold

from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.intervals import CONFIDENCE, fold_interval
from bank_marketing.methods.metrics import log_losses
from bank_marketing.methods.power import smallest_detectable

FloatArray = npt.NDArray[np.float64]
Predict = Callable[[FloatArray], FloatArray]

FOLDS = 5
SHAPE: dict[str, Any] = {"max_iter": 60, "max_depth": 3, "min_samples_leaf": 40, "early_stopping": False}
CURVE_QUANTILES = (0.05, 0.15, 0.25, 0.35, 0.5, 0.65, 0.75, 0.85, 0.95)
CURVE_ROWS = 300
IMPORTANCE_COLUMNS = (
    "importance",
    "importance_low",
    "importance_high",
    "smallest_detectable_importance",
)


@dataclass(frozen=True)
class Importances:
    """What features are worth to a model, on rows that it hasn't seen.

    Parameters
    ----------
    skill : tuple of float
        Share of the loss of a constant that the model saves on held-out rows, with its 95 % interval: R2 for
        a number, McFadden's for a yes or no. 0 or below: nothing learned.
    table : pandas.DataFrame
        Columns feature, importance, importance_low, importance_high: how much skill is lost when the feature
        is shuffled. 95 % intervals for all features together. And smallest_detectable_importance: what would
        have been told from zero in 80 of 100 cases, with the spread over folds that was seen.
    curves : pandas.DataFrame
        Columns feature, position (from 1), level (text), number (nan for a level), predicted, predicted_low,
        predicted_high: the mean prediction if everybody had that value.
    """

    skill: tuple[float, float, float]
    table: pd.DataFrame
    curves: pd.DataFrame


def held_out_importances(
    features: pd.DataFrame, outcome: npt.ArrayLike, *, repeats: int, permutations: int, seed: int
) -> Importances:
    """Fit shallow boosting in repeated cross-validation and tell what each feature is worth held out.

    Parameters
    ----------
    features : pandas.DataFrame of shape (rows, features)
        Numbers as floats (nan for missing), levels as text.
    outcome : array_like of shape (rows,)
        0 and 1 for a yes or no (both occur at least `FOLDS` times), else any number.
    repeats : int
        Repeats of the 5-fold cross-validation.
    permutations : int
        How often each feature is shuffled in each held-out fold.
    seed : int
        Seed of folds, boosting and shuffles.

    Returns
    -------
    Importances
        Skill, importance of each feature, and partial dependence.

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45, 5-32.
    Friedman, J. H. (2001). Greedy function approximation: a gradient boosting machine. The Annals of
    Statistics 29, 1189-1232.
    Nadeau, C. and Bengio, Y. (2003). Inference for the generalization error. Machine Learning 52, 239-281.
    """
    y = np.asarray(outcome, dtype=float)
    is_yes_or_no = bool(np.isin(y, (0, 1)).all())
    names = [str(name) for name in features.columns]
    coded, levels = _coded(features)
    grid = [_grid(coded[:, column], levels.get(name)) for column, name in enumerate(names)]
    random = np.random.default_rng(seed)
    skills: list[float] = []
    falls: list[FloatArray] = []
    points: list[FloatArray] = []
    for repeat in range(repeats):
        fold = _folds(y, is_yes_or_no, seed + repeat)
        for number in range(FOLDS):
            test, train = fold == number, fold != number
            predict = _fitted(coded[train], y[train], is_yes_or_no, seed)
            rows = coded[test]
            of_constant = _losses(y[test], np.full(test.sum(), y[train].mean()), is_yes_or_no).mean()
            loss = _losses(y[test], predict(rows), is_yes_or_no).mean()
            skills.append(1 - loss / of_constant)
            shuffled = predict(_shuffled(rows, permutations, random)).reshape(
                len(names), permutations, len(rows)
            )
            losses = _losses(y[test], shuffled, is_yes_or_no).mean(axis=(1, 2))
            falls.append((losses - loss) / of_constant)
            some = rows[random.permutation(len(rows))[:CURVE_ROWS]]
            points.append(predict(_at_grid(some, grid)).reshape(-1, len(some)).mean(axis=1))
    overlap = 1 / (FOLDS - 1)
    table = [
        (name, *_importance(values, overlap, comparisons=len(names)))
        for name, values in zip(names, np.array(falls).T, strict=True)
    ]
    places = [
        (name, place, levels[name][int(value)] if name in levels else f"{value:g}", value)
        for name, values in zip(names, grid, strict=True)
        for place, value in enumerate(values, start=1)
    ]
    curves = [
        (name, place, level, np.nan if name in levels else value, *fold_interval(values, overlap))
        for (name, place, level, value), values in zip(places, np.array(points).T, strict=True)
    ]
    return Importances(
        fold_interval(skills, overlap),
        pd.DataFrame(table, columns=["feature", *IMPORTANCE_COLUMNS]),
        pd.DataFrame(
            curves,
            columns=[
                "feature",
                "position",
                "level",
                "number",
                "predicted",
                "predicted_low",
                "predicted_high",
            ],
        ),
    )


def _importance(values: FloatArray, overlap: float, *, comparisons: int) -> tuple[float, float, float, float]:
    """Return the mean over folds, its interval, and what would have been told from zero."""
    mean, low, high = fold_interval(values, overlap, comparisons=comparisons)
    degrees = len(values) - 1
    error = (high - mean) / float(stats.t.ppf(1 - (1 - CONFIDENCE) / (2 * comparisons), degrees))
    return mean, low, high, smallest_detectable(error, comparisons=comparisons, degrees=degrees)


def _coded(features: pd.DataFrame) -> tuple[FloatArray, dict[str, list[str]]]:
    """Replace the levels of text columns by their places in the alphabet; few cuts tell few levels apart."""
    coded, levels = [], {}
    for name, column in features.items():
        if column.dtype == object:
            category = column.fillna("(missing)").astype(str).astype("category")
            levels[str(name)] = list(category.cat.categories)
            coded.append(category.cat.codes.to_numpy(dtype=float))
        elif column.isna().all():
            # Boosting can't bin a number that is missing in every row; a constant tells it as little.
            coded.append(np.zeros(len(column)))
        else:
            coded.append(column.to_numpy(dtype=float))
    return np.column_stack(coded), levels


def _grid(column: FloatArray, levels: Sequence[str] | None) -> list[float]:
    if levels is not None:
        return [float(code) for code in range(len(levels))]
    return sorted({float(value) for value in np.nanquantile(column, CURVE_QUANTILES, method="nearest")})


def _folds(y: FloatArray, is_yes_or_no: bool, seed: int) -> npt.NDArray[np.int64]:
    if is_yes_or_no:
        return stratified_folds(y, FOLDS, seed=seed)
    fold = np.empty(len(y), dtype=np.int64)
    for number, (_, test) in enumerate(KFold(FOLDS, shuffle=True, random_state=seed).split(y)):
        fold[test] = number
    return fold


def _fitted(x: FloatArray, y: FloatArray, is_yes_or_no: bool, seed: int) -> Predict:
    if is_yes_or_no:
        classifier = HistGradientBoostingClassifier(**SHAPE, random_state=seed).fit(x, y)
        return lambda rows: np.asarray(classifier.predict_proba(rows)[:, 1])
    regressor = HistGradientBoostingRegressor(**SHAPE, random_state=seed).fit(x, y)
    return lambda rows: np.asarray(regressor.predict(rows))


def _losses(y: FloatArray, predicted: FloatArray, is_yes_or_no: bool) -> FloatArray:
    return log_losses(y.astype(np.int64), predicted) if is_yes_or_no else (y - predicted) ** 2


def _shuffled(rows: FloatArray, permutations: int, random: np.random.Generator) -> FloatArray:
    """Stack copies of the rows, in each of which one feature is shuffled; feature by feature."""
    copies = []
    for column in range(rows.shape[1]):
        for _ in range(permutations):
            copy = rows.copy()
            copy[:, column] = random.permutation(copy[:, column])
            copies.append(copy)
    return np.concatenate(copies)


def _at_grid(rows: FloatArray, grid: Sequence[Sequence[float]]) -> FloatArray:
    """Stack copies of the rows, in each of which everybody has one value of one feature."""
    copies = []
    for column, values in enumerate(grid):
        for value in values:
            copy = rows.copy()
            copy[:, column] = value
            copies.append(copy)
    return np.concatenate(copies)
