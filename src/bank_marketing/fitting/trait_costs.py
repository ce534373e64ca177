"""Trait costs: what a model would lose without gender, age or country."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from bank_marketing.methods.calibration import apply_calibrator, fit_calibrator
from bank_marketing.methods.cross_fitting import CrossFit
from bank_marketing.methods.depths import Depth
from bank_marketing.methods.intervals import row_mean_interval
from bank_marketing.methods.metrics import log_losses
from bank_marketing.methods.propensity import (
    Candidates,
    FloatArray,
    IntArray,
    out_of_fold,
)

# What is known of a person that a bank may want to leave out: columns of features, by the trait's name.
PERSONAL = {"gender": ("gender",), "age": ("age_years",), "country": ("country",)}
ALL = "all"
TOP_SHARE = 0.1
COLUMNS = (
    "left_out",
    "made_of",
    "n",
    "log_loss",
    "log_loss_increase",
    "log_loss_increase_low",
    "log_loss_increase_high",
    "events_lost",
    "events_lost_low",
    "events_lost_high",
    "message",
)
NOT_COMPUTED = "not computed: refits without a trait are made at depth full (--vars 'depth: full')"
NOTHING_LEFT = "not computed: the model knows nothing else"
COMPUTED = "refitted by the model's own recipe on the same folds"

Without = Callable[[Sequence[str]], tuple[pd.DataFrame, Candidates]]
Refit = Callable[[Sequence[str]], FloatArray | None]


def trait_costs(
    refit: Refit, columns: Sequence[str], outcome: IntArray, probability: FloatArray, *, depth: Depth
) -> pd.DataFrame:
    """Tell what leaving out each personal trait, and all of them, would cost a model.

    Both see each row with the same training rows, so that differences are paired.

    Parameters
    ----------
    refit : callable
        Takes names of columns; returns the probabilities of the model refitted without them by its own recipe
        on the same folds, or None if it then knows nothing.
    columns : sequence of str
        Columns that the model knows; of `PERSONAL` those count.
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    probability : numpy.ndarray of shape (rows,)
        Of the model with all its features, by folds that haven't seen the row.
    depth : Depth
        Without `has_slow_candidates` nothing is refitted, and the figures are unknown.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`, a row for each trait and one for 'all': the log loss with the trait, by how much it
        grows without it, and how many fewer of a thousand customers are found to have a yes among the tenth
        with the highest probabilities; each with a 95 % interval over rows.
    """
    known = {trait: [c for c in names if c in columns] for trait, names in PERSONAL.items()}
    left_out = {trait: names for trait, names in known.items() if names}
    if len(left_out) > 1:
        left_out[ALL] = [name for names in left_out.values() for name in names]
    losses = log_losses(outcome, probability)
    rows = []
    for trait, names in left_out.items():
        head = (trait, ", ".join(names), len(outcome), float(np.sort(losses).mean()))
        other = refit(names) if depth.has_slow_candidates else None
        if other is None:
            message = NOTHING_LEFT if depth.has_slow_candidates else NOT_COMPUTED
            rows.append((*head, *([np.nan] * 6), message))
            continue
        found = (is_top(probability) - is_top(other)) * outcome * 1_000.0
        rows.append(
            (
                *head,
                *row_mean_interval(log_losses(outcome, other) - losses),
                *row_mean_interval(found),
                COMPUTED,
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"n": "int64"})


def classifier_trait_costs(
    without: Without, columns: Sequence[str], outcome: IntArray, crossed: CrossFit, *, depth: Depth
) -> pd.DataFrame:
    """Tell what each personal trait is worth to a classifier.

    With and without a trait it's refitted in the same way, so that one that it doesn't use costs nothing.

    Parameters
    ----------
    without : callable
        As for `refit_classifier`.
    columns, outcome, depth
        As for `trait_costs`.
    crossed : CrossFit
        Of the classifier with all columns.

    Returns
    -------
    pandas.DataFrame
        As `trait_costs` returns.
    """
    refit = refit_classifier(without, outcome, crossed)
    again = refit([]) if depth.has_slow_candidates else None
    probability = crossed.probability[:, 0] if again is None else again
    return trait_costs(refit, columns, outcome, probability, depth=depth)


def refit_classifier(without: Without, outcome: IntArray, crossed: CrossFit) -> Refit:
    """Return how a classifier is refitted without some columns, on the folds of its first repeat.

    Parameters
    ----------
    without : callable
        Takes names of columns; returns the features without them, rows as in `outcome`, and the candidates.
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.
    crossed : CrossFit
        Of the classifier: candidate and kind of calibration are those that each fold chose with all columns.

    Returns
    -------
    callable
        For `trait_costs`. A calibration is learned from what is said of the other folds by models that have
        seen all but one.
    """
    folds = crossed.fold[:, 0]

    def refit(names: Sequence[str]) -> FloatArray | None:
        rest, candidates = without(names)
        if rest.shape[1] == 0:
            return None
        chosen = {model["candidate"] for model in crossed.models}
        held_out = {name: out_of_fold(candidates[name], rest, outcome, folds) for name in chosen}
        probability = np.empty(len(outcome))
        for number, model in enumerate(crossed.models):
            others, test = folds != number, folds == number
            raw = held_out[model["candidate"]]
            calibrator = fit_calibrator(model["calibration"], raw[others], outcome[others])
            probability[test] = apply_calibrator(calibrator, raw[test])
        return probability

    return refit


def is_top(probability: FloatArray) -> FloatArray:
    """Tell how much of each row is in the tenth with the highest probabilities: equal ones share a place.

    Parameters
    ----------
    probability : numpy.ndarray of shape (rows,)
        Probabilities.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        From 0 to 1, a tenth of the rows in sum.
    """
    ranks = pd.Series(probability).rank(method="min", ascending=False)
    sizes = ranks.map(ranks.value_counts())
    places = TOP_SHARE * len(probability) - (ranks - 1)
    return np.asarray((places / sizes).clip(0, 1), dtype=float)
