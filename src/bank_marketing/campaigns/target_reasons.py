"""Why a customer gets this campaign, in words that may be said to them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.campaigns.columns import CUSTOMER_NUMBERS, KEY
from bank_marketing.campaigns.conversion_drivers import WORDS
from bank_marketing.campaigns.targets import ACTION
from bank_marketing.methods.drivers import LEAST_EFFECT
from bank_marketing.variables import stated_list

PLAIN_NAMES = {
    "age_years": "age",
    "income_usd": "income",
    "loyalty_points": "loyalty",
    "previous_purchases": "purchases",
}
NO_REASON = "nothing that may be said"
MOST_SAID = 2


def with_reasons(
    chosen: pd.DataFrame,
    features: pd.DataFrame,
    chances: Callable[[pd.DataFrame], pd.DataFrame],
    *,
    not_to_say: Any,
) -> pd.DataFrame:
    """Say which of a customer's traits raise the chance of the chosen campaign.

    A trait raises it if the chance were at least half a point lower with the median of all customers in its
    place, all else as it is.

    Parameters
    ----------
    chosen : pandas.DataFrame
        Choices: customer_id and `ACTION`.
    features : pandas.DataFrame
        Rows of `features_conversion_before_contact`.
    chances : callable
        From such rows to customer_id, `ACTION` and conversion_probability of every campaign.
    not_to_say : any
        The var: traits that no reason names, by column or plain name.

    Returns
    -------
    pandas.DataFrame
        The same with reason: the two that raise it most, or `NO_REASON`.
    """
    unsaid = set(stated_list(not_to_say, "not_to_say"))
    traits = [
        name
        for name in CUSTOMER_NUMBERS
        if features[name].notna().any() and not {name, PLAIN_NAMES[name]} & unsaid
    ]
    rows = features.set_index(KEY).loc[chosen[KEY]].reset_index()
    if chosen.empty or not traits:
        return chosen.assign(reason=pd.array([NO_REASON] * len(chosen), dtype="string"))
    before = chances(rows)
    # Whatever the traits, the campaigns of each customer come in the same order.
    place = _place_of_choice(chosen, before)
    effects = np.column_stack(
        [
            _at(before, place) - _at(chances(rows.assign(**{name: features[name].median()})), place)
            for name in traits
        ]
    )
    effects[rows[traits].isna().to_numpy()] = 0.0
    order = np.argsort(-effects, axis=1, kind="stable")[:, :MOST_SAID]
    values = [rows[name].tolist() for name in traits]
    reasons = [
        "; ".join(
            f"{WORDS[traits[place]](values[place][row])}"
            for place in order[row]
            if effects[row, place] >= LEAST_EFFECT
        )
        for row in range(len(rows))
    ]
    return chosen.assign(reason=pd.array([reason or NO_REASON for reason in reasons], dtype="string"))


def _at(chances: pd.DataFrame, place: np.ndarray) -> np.ndarray:
    chance = chances["conversion_probability"].to_numpy(dtype=float)[place]
    return np.where(place < 0, np.nan, chance)


def _place_of_choice(chosen: pd.DataFrame, chances: pd.DataFrame) -> np.ndarray:
    keys = [KEY, *ACTION]
    words = dict.fromkeys(ACTION, "string")
    of_chances = pd.MultiIndex.from_frame(chances[keys].astype(words))
    return of_chances.get_indexer(pd.MultiIndex.from_frame(chosen[keys].astype(words)))
