"""Stability of the list of offers: who would be on it with what by preferences of resampled clients."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.methods.list_stability import list_stability
from bank_marketing.transactions.preferences import score_everybody

NO_MODEL = "not computed: every client is a cold start, so no model decides"
CHANCES = ("chance", "chance_without_age")


def with_resampled_chances(
    scores: pd.DataFrame, features: pd.DataFrame, customers: pd.DataFrame, artefact: Mapping[str, Any]
) -> pd.DataFrame:
    """Lay beside the chances those by each model of resampled clients.

    Parameters
    ----------
    scores : pandas.DataFrame
        What `preferences.score_everybody` makes of the rest.
    features, customers, artefact
        As it takes them.

    Returns
    -------
    pandas.DataFrame
        With resampled_chance and resampled_chance_without_age: lists, one element a model; empty where there
        is none.
    """
    others = [
        score_everybody(features, customers, {**artefact, **resample}, seed=resample["seed"])
        for resample in artefact.get("resampled_models", [])
    ]
    lists = {}
    for name in CHANCES:
        drawn = np.array([other[name] for other in others], dtype=float).reshape(len(others), len(scores))
        lists[f"resampled_{name}"] = pd.Series(drawn.T.tolist(), index=scores.index, dtype=object)
    return scores.assign(**lists)


def offer_list_stability(chosen: pd.DataFrame, choices: pd.DataFrame) -> dict[str, Any]:
    """Tell which share of the listed stays, and keeps its best product, by models of resampled clients.

    Parameters
    ----------
    chosen : pandas.DataFrame
        What `choose_offers` returns. Who was held out stays out.
    choices : pandas.DataFrame
        Rows of `int_offer_resampled_choices`.

    Returns
    -------
    dict
        As `list_stability`.
    """
    listed = chosen.loc[~chosen["is_held_out"], "client_id"]
    best = choices[choices["client_id"].isin(listed)].set_index("client_id")
    refits = sorted(set(choices["resample"]) - {0})
    stability = list_stability(
        best.loc[best["resample"] == 0, "product"],
        [best.loc[best["resample"] == number, "product"] for number in refits],
    )
    if len(listed) and not refits and chosen["is_cold_start"].all():
        return {**stability, "stability_message": NO_MODEL}
    return stability
