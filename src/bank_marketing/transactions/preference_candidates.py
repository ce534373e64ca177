"""Candidates for what a client takes up next: each tells the chance that a group new to them is used.

The order is from the simplest on: the first that isn't told from the best is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from bank_marketing.methods.intervals import FloatArray
from bank_marketing.transactions.preference_pairs import Pairs

Model = dict[str, Any]
# What a purchase counts after a month, as part of what it counted before.
DECAY = 0.9
# A group with fewer beginnings than this teaches a regression nothing.
LEAST_BEGINNINGS = 5
RISE_PENALTY = 0.03


@dataclass(frozen=True)
class Candidate:
    """A way to tell what is taken up next.

    Attributes
    ----------
    fit : callable
        From pairs with outcomes and a seed to what `chance` needs, in plain values or scikit-learn models.
    chance : callable
        From a model and pairs to a chance for each pair (rows, groups), meant where the pair is new.
    """

    fit: Callable[[Pairs, int], Model]
    chance: Callable[[Model, Pairs], FloatArray]


def _fit_popularity(pairs: Pairs, _seed: int) -> Model:
    begun = (pairs.is_new & pairs.is_used).sum(axis=0)
    return {"rate": (begun + 0.5) / (pairs.is_new.sum(axis=0) + 1)}


def _tell_popularity(model: Model, pairs: Pairs) -> FloatArray:
    return np.tile(model["rate"], (len(pairs), 1))


def _decayed_count(pairs: Pairs) -> FloatArray:
    return np.asarray(np.log1p(pairs["purchases_ever"] * DECAY ** pairs["months_since_purchase"]))


def _fit_frequency(pairs: Pairs, _seed: int) -> Model:
    new = pairs.is_new
    return fit_logistic(_decayed_count(pairs)[new][:, None], pairs.is_used[new])


def _tell_frequency(model: Model, pairs: Pairs) -> FloatArray:
    return tell_logistic(model, _decayed_count(pairs)[..., None])


def _directions(pairs: Pairs) -> FloatArray:
    counts = np.log1p(pairs["purchases_12_months"])
    lengths = np.linalg.norm(counts, axis=1, keepdims=True)
    return np.divide(counts, lengths, out=np.zeros_like(counts), where=lengths > 0)


def _neighbour_terms(pairs: Pairs, rate: FloatArray, similarity: FloatArray) -> FloatArray:
    popular = np.broadcast_to(np.log(rate / (1 - rate)), pairs.is_new.shape)
    return np.stack([popular, _directions(pairs) @ similarity], axis=2)


def _fit_neighbours(pairs: Pairs, seed: int) -> Model:
    rate = _fit_popularity(pairs, seed)["rate"]
    directions = _directions(pairs)
    together = directions.T @ directions
    lengths = np.sqrt(np.maximum(np.diag(together), 1e-12))
    similarity = together / np.outer(lengths, lengths)
    np.fill_diagonal(similarity, 0.0)
    new = pairs.is_new
    terms = _neighbour_terms(pairs, rate, similarity)[new]
    return {"rate": rate, "similarity": similarity, "weights": fit_logistic(terms, pairs.is_used[new])}


def _tell_neighbours(model: Model, pairs: Pairs) -> FloatArray:
    return tell_logistic(model["weights"], _neighbour_terms(pairs, model["rate"], model["similarity"]))


def _fit_rises(pairs: Pairs, seed: int) -> Model:
    rate, rises = _fit_popularity(pairs, seed)["rate"], pairs.rises
    models: list[Model | None] = []
    for group in range(len(pairs.groups)):
        new = pairs.is_new[:, group]
        begun = pairs.is_used[new, group]
        can_learn = min(begun.sum(), (~begun).sum()) >= LEAST_BEGINNINGS
        models.append(fit_logistic(rises[new], begun, penalty=RISE_PENALTY) if can_learn else None)
    return {"rate": rate, "models": models}


def _tell_rises(model: Model, pairs: Pairs) -> FloatArray:
    rises = pairs.rises
    columns = [
        np.full(len(pairs), rate) if of_group is None else tell_logistic(of_group, rises)
        for rate, of_group in zip(model["rate"], model["models"], strict=True)
    ]
    return np.column_stack(columns) if columns else np.empty((len(pairs), 0))


def _boosting_terms(pairs: Pairs, rate: FloatArray) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Return what boosting sees of the pairs that are new, and which these are."""
    new = pairs.is_new
    row, group = np.nonzero(new)
    of_pair = [
        np.eye(len(pairs.groups))[group],
        np.log(rate / (1 - rate))[group],
        pairs["purchases_ever"][row, group],
        pairs["months_since_purchase"][row, group],
        pairs["all_purchases_3_months"][row, group],
        pairs["all_purchases_12_months"][row, group],
    ]
    of_client = [pairs.rises[row], _filled(pairs.traits)[row]]
    return np.column_stack([*of_pair, *of_client]), new


def _filled(traits: FloatArray) -> FloatArray:
    # A column that is missing throughout stops HistGradientBoosting of scikit-learn 1.9.
    return np.where(np.isnan(traits), -1.0, traits)


def _fit_boosting(pairs: Pairs, seed: int) -> Model:
    rate = _fit_popularity(pairs, seed)["rate"]
    terms, new = _boosting_terms(pairs, rate)
    trees = HistGradientBoostingClassifier(
        max_iter=60,
        learning_rate=0.08,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        l2_regularization=5,
        early_stopping=False,
        random_state=seed,
    )
    return {"rate": rate, "trees": trees.fit(terms, pairs.is_used[new])}


def _tell_boosting(model: Model, pairs: Pairs) -> FloatArray:
    terms, new = _boosting_terms(pairs, model["rate"])
    chance = np.full(new.shape, np.nan)
    if len(terms):
        chance[new] = model["trees"].predict_proba(terms)[:, 1]
    return chance


CANDIDATES = {
    "popularity": Candidate(_fit_popularity, _tell_popularity),
    "own_frequency": Candidate(_fit_frequency, _tell_frequency),
    "neighbours": Candidate(_fit_neighbours, _tell_neighbours),
    "rises": Candidate(_fit_rises, _tell_rises),
    "boosting": Candidate(_fit_boosting, _tell_boosting),
}


def fit_habits(pairs: Pairs, *, like: Model | None = None) -> Model:
    """Fit, for groups a client uses already, the chances to use them again and to spend more there.

    Parameters
    ----------
    pairs : Pairs
        With outcomes.
    like : dict, optional
        What other pairs left, from which the fit begins, so that it takes fewer steps.

    Returns
    -------
    dict
        Weights of two logistic regressions, `again` and `more`, and rates by group.
    """
    old = ~pairs.is_new
    rates = {
        name: (happened.sum(axis=0) + 0.5) / (old.sum(axis=0) + 1)
        for name, happened in {"again": pairs.is_used & old, "more": pairs.has_grown}.items()
    }
    models = {
        name: fit_logistic(
            _habit_terms(pairs, rates[name])[old], happened[old], like=like[name] if like else None
        )
        for name, happened in {"again": pairs.is_used, "more": pairs.has_grown}.items()
    }
    return {"rates": rates, **models}


def tell_habits(model: Model, pairs: Pairs) -> tuple[FloatArray, FloatArray]:
    """Return the chances to use a group again and to spend more there, meant where it isn't new.

    Parameters
    ----------
    model : dict
        What `fit_habits` left.
    pairs : Pairs
        Clients.

    Returns
    -------
    again, more : numpy.ndarray of shape (rows, groups)
    """
    again, more = (
        tell_logistic(model[name], _habit_terms(pairs, model["rates"][name])) for name in ("again", "more")
    )
    return again, more


def _habit_terms(pairs: Pairs, rate: FloatArray) -> FloatArray:
    quarter = pairs["purchases_usd_12_months"] / 4
    return np.stack(
        [
            np.broadcast_to(np.log(rate / (1 - rate)), quarter.shape),
            *(np.log1p(pairs[f"purchases_{name}"]) for name in ("1_month", "3_months", "12_months")),
            np.log1p(pairs["all_purchases_3_months"]),
            np.minimum(pairs["months_since_purchase"], 12),
            np.log((pairs["purchases_usd_3_months"] + 1) / (quarter + 1)),
            np.log(np.maximum(pairs["purchases_usd_3_months"], quarter) + 1),
        ],
        axis=2,
    )


def fit_logistic(
    terms: FloatArray, outcome: npt.NDArray[np.bool_], *, penalty: float = 1.0, like: Model | None = None
) -> Model:
    """Fit a logistic regression on standardised terms, and return its plain weights.

    Parameters
    ----------
    terms : numpy.ndarray of shape (rows, terms)
    outcome : numpy.ndarray of bool, shape (rows,)
        If it is the same in all rows, the chance is all there is.
    penalty : float
        Inverse strength of the quadratic penalty.
    like : dict, optional
        A fit to begin from, which only saves steps.

    Returns
    -------
    dict
        mean, scale, weights (of shape (terms,)) and intercept.
    """
    mean, scale = terms.mean(axis=0), terms.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    share = (outcome.sum() + 0.5) / (len(outcome) + 1)
    weights, intercept = (
        np.zeros(terms.shape[1]),
        float(np.log(share / (1 - share))),
    )
    if outcome.any() and not outcome.all():
        fitted = LogisticRegression(C=penalty, solver="newton-cholesky", warm_start=True)
        if like:
            slopes = like["weights"] / like["scale"]
            fitted.coef_ = (slopes * scale)[None]
            fitted.intercept_ = np.array([like["intercept"] + slopes @ (mean - like["mean"])])
        fitted.fit((terms - mean) / scale, outcome)
        weights, intercept = fitted.coef_[0], float(fitted.intercept_[0])
    return {"mean": mean, "scale": scale, "weights": weights, "intercept": intercept}


def tell_logistic(model: Model, terms: FloatArray) -> FloatArray:
    """Return the chances by a logistic regression of `fit_logistic`.

    Parameters
    ----------
    model : dict
        Its weights.
    terms : numpy.ndarray of shape (..., terms)

    Returns
    -------
    numpy.ndarray of shape (...)
    """
    standardised = (terms - model["mean"]) / model["scale"]
    return np.asarray(1 / (1 + np.exp(-(standardised @ model["weights"] + model["intercept"]))))
