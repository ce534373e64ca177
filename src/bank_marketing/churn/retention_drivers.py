"""What moves a churn customer's risk, in words: all for the bank, less for who talks to the customer."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.churn.retention import KEY
from bank_marketing.churn.retention_terms import TRAITS, retention_numbers
from bank_marketing.errors import UserError
from bank_marketing.fitting.recipe import models_by_row
from bank_marketing.methods.drivers import (
    COUNT,
    Effects,
    counted,
    drivers_in_words,
    effects_in_words,
    effects_on_scores,
    values_in_words,
)
from bank_marketing.methods.propensity import additive_scores, predict_propensity
from bank_marketing.variables import stated_list

WORDS = {
    "country": lambda value: f"country {value}",
    "gender": lambda value: f"gender {value}",
    "age_years": lambda value: f"age {value:.0f} years",
    "products": lambda value: counted(value, "product", "products"),
    "balance": lambda value: f"balance {value:,.0f}" if abs(value) >= 0.5 else counted(value, "", "balance"),
    "is_active": lambda value: "active" if value else "not active",
}
# What a conversation may be about.
TOPICS = {
    "products": lambda value: "what a second product could do" if value == 1 else "whether all products suit",
    "is_active": lambda value: "what the account is used for" if value else "using the account again",
    "balance": lambda value: "keeping money on the account" if value == 0 else "what to do with the balance",
}
TOPIC_COUNT = 2
# Traits as the var not_to_say names them, where that isn't the column's name.
PLAIN_NAMES = {"age_years": "age", "is_active": "activity"}
NO_REASON = "nothing that may be said"
NO_TOPIC = "how satisfied the customer is"


def drivers(features: pd.DataFrame, artefact: Mapping[str, Any], *, not_to_say: Any) -> pd.DataFrame:
    """Say what moves each customer's churn probability most, and what of it may be said to the customer.

    Parameters
    ----------
    features : DataFrame
        Rows of `features_retention`.
    artefact : mapping of str to any
        What `retention.fit` left for scoring; empty if there was insufficient data.
    not_to_say : any
        The var: traits that reason and talk_about don't name, of country, gender, age, products, balance and
        activity.

    Returns
    -------
    DataFrame
        driver_1 to driver_3; reason (what raises the probability and may be said, or `NO_REASON`) and
        talk_about (topics, those that raise it first). One row per customer in the same order; all null where
        `retention.score` gives no score.

    Raises
    ------
    UserError
        If not_to_say is no list, or names something else.
    """
    unsaid = _traits_not_to_say(stated_list(not_to_say, "not_to_say"))
    may_be_named = np.array([name not in unsaid for name in TRAITS])
    traits = features[TRAITS].reset_index(drop=True)
    effects = Effects.none(traits)
    has_score = traits.notna().all(axis=1).to_numpy() & bool(artefact)
    models = models_by_row(artefact, features[KEY]) if artefact else []
    for model, of_model, _ in models:
        rows = of_model & has_score

        def probability(changed: pd.DataFrame, model: Mapping[str, Any] = model) -> np.ndarray:
            return predict_propensity(model, retention_numbers(changed, artefact["countries"]))

        def log_odds(changed: pd.DataFrame, model: Mapping[str, Any] = model) -> np.ndarray:
            return additive_scores(model, retention_numbers(changed, artefact["countries"]))

        typical = artefact["population"]["typical"]
        effects.put(rows, effects_on_scores(probability, log_odds, traits[rows], typical))
    said = drivers_in_words(traits, effects, WORDS)
    said["reason"] = _reasons(traits, effects, may_be_named)
    said["talk_about"] = _topics(traits, effects, may_be_named)
    said.loc[~has_score, ["reason", "talk_about"]] = None
    return said.astype("string")


def _traits_not_to_say(not_to_say: Sequence[str]) -> set[str]:
    """Return the traits that a list names, by their column or by their plain name."""
    known = {PLAIN_NAMES.get(name, name): name for name in TRAITS}
    unknown = [name for name in not_to_say if name not in known and name not in TRAITS]
    if unknown:
        raise UserError(
            f"var not_to_say: found {', '.join(map(repr, unknown))}, expected some of {', '.join(known)}."
        )
    return {known.get(name, name) for name in not_to_say}


def _reasons(traits: pd.DataFrame, effects: Effects, may_be_named: np.ndarray) -> np.ndarray:
    raising = effects.rising(may_be_named)
    phrases = effects_in_words(traits, raising, WORDS, raising.strongest())
    reasons = phrases[:, 0]
    for place in range(1, COUNT):
        joint = np.where(phrases[:, place] == "", "", "; ").astype(object)
        reasons = reasons + joint + phrases[:, place]
    return np.where(reasons == "", NO_REASON, reasons)


def _topics(traits: pd.DataFrame, effects: Effects, may_be_named: np.ndarray) -> np.ndarray:
    names = [name for name in TOPICS if may_be_named[TRAITS.index(name)]]
    if not names:
        return np.full(len(traits), NO_TOPIC, dtype=object)
    topics = np.column_stack([values_in_words(traits[name], TOPICS[name]) for name in names])
    alone = effects.alone[:, [TRAITS.index(name) for name in names]]
    order = np.argsort(-alone, axis=1, kind="stable")[:, :TOPIC_COUNT]
    first, *others = np.take_along_axis(topics, order, axis=1).T
    for topic in others:
        first = first + "; " + topic
    return first
