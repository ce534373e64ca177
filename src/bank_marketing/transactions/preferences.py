"""Preferences: in which spending groups a client begins, or spends more, within the next three months."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.fitting.fits import Fit, Task
from bank_marketing.methods.bands import named_bands
from bank_marketing.methods.calibration import reliability_curve
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.intervals import FloatArray
from bank_marketing.transactions.preference_candidates import CANDIDATES, fit_habits, tell_habits
from bank_marketing.transactions.preference_card import insufficient_data_card, preference_card
from bank_marketing.transactions.preference_evaluation import (
    EVALUATION_COLUMNS,
    MOST_ORIGINS,
    Rolled,
    evaluate,
    origins_to_judge,
    roll,
)
from bank_marketing.transactions.preference_pairs import HORIZON_MONTHS, Pairs, make_pairs
from bank_marketing.transactions.preference_resamples import resampled_models

SPLIT = "rolling_origin"
# All draws together take a tenth of a second, and with a hundred a width is a tenth off by chance.
LEAST_RESAMPLES = 500
# With fewer beginnings to judge by, no candidate is told from another.
LEAST_BEGINNINGS = 30
AGE_BANDS = {0: "under 30", 30: "30 to 44", 45: "45 to 59", 60: "60 or older"}
INCOME_BANDS = {
    0: "under 25,000 USD",
    25_000: "25,000 to 49,999 USD",
    50_000: "50,000 to 74,999 USD",
    75_000: "75,000 USD or more",
}
# How many clients' worth everybody's share weighs in that of a band.
PRIOR_CLIENTS = 20
SCORES = {
    "client_id": "int64",
    "spending_group": "string",
    "is_new": "boolean",
    "chance": "float64",
    "chance_without_age": "float64",
    "income_band": "string",
    "is_cold_start": "bool",
}


def fit(history: pd.DataFrame, *, depth: str, seed: int) -> Fit:
    """Judge the candidates on rolling origins, and fit the one that is kept on all that is known.

    Parameters
    ----------
    history : pandas.DataFrame
        Rows of `int_preference_history`: client, spending group and cut-off with features and outcomes.
    depth : {'quick', 'full'}
        Resamples behind the intervals, and whether the one that is kept is refitted on resampled clients.
    seed : int
        Seeds trees and resamples.

    Returns
    -------
    Fit
        Its table `candidates` has columns `EVALUATION_COLUMNS`. With the status 'insufficient_data' if no
        cut-off has three months before it whose outcome was known there, or too few begin something new.
    """
    pairs = make_pairs(history)
    origins = origins_to_judge(pairs, MOST_ORIGINS)
    reason = _too_little(pairs, origins)
    if reason:
        row = pd.DataFrame([{"candidate": "cold_start", "target": "new_groups", "metric": "ndcg_at_3"}])
        figures = row.reindex(columns=list(EVALUATION_COLUMNS)).assign(n=0, is_kept=True, message=reason)
        card = insufficient_data_card(reason)
        return _fit("insufficient_data", figures, params={"reason": reason}, card=card)
    rolled = roll(pairs, origins, seed=seed)
    figures = evaluate(rolled, resamples=max(DEPTHS[depth].resamples, LEAST_RESAMPLES), seed=seed)
    kept = str(figures.loc[figures["is_kept"], "candidate"].iloc[0])
    of_kept = figures[figures["is_kept"]].assign(
        split=SPLIT, metric=lambda kept: kept["metric"] + "_of_" + kept["target"]
    )
    params = {
        "seed": seed,
        "candidate": kept,
        "origins": rolled.origins,
        "clients": len(np.unique(pairs.client_id)),
        "horizon_months": HORIZON_MONTHS,
    }
    habits = fit_habits(pairs)
    return _fit(
        "fitted",
        figures,
        params=params,
        metrics=of_kept[["split", "metric", "value", "value_low", "value_high", "n"]],
        calibration=_curve(rolled, kept),
        card=preference_card(figures, params),
        artefact={
            "groups": list(pairs.groups),
            "candidate": kept,
            "model": CANDIDATES[kept].fit(pairs, seed),
            "habits": habits,
            "resampled_models": resampled_models(
                pairs, kept, like=habits, resamples=DEPTHS[depth].list_resamples, seed=seed
            ),
        },
    )


def score(features: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Tell the chance of new or grown spending of clients with a history.

    Parameters
    ----------
    features : pandas.DataFrame
        Rows of `features_preferences` at one cut-off.
    artefact : mapping of str to any
        What `fit` left; empty if there was insufficient data.

    Returns
    -------
    pandas.DataFrame
        client_id, spending_group, is_new and chance: that a group not used in the twelve months before is
        used within three months, or that spending in any other grows by a quarter. No row without artefact.
    """
    if not artefact or features.empty:
        return pd.DataFrame({name: pd.Series(dtype=SCORES[name]) for name in list(SCORES)[:4]})
    pairs = make_pairs(features, artefact["groups"])
    begins = CANDIDATES[artefact["candidate"]].chance(artefact["model"], pairs)
    _, more = tell_habits(artefact["habits"], pairs)
    chance = np.where(pairs.is_new, begins, more)
    return pd.DataFrame(
        {
            "client_id": np.repeat(pairs.client_id, len(pairs.groups)),
            "spending_group": np.tile(np.array(pairs.groups, dtype=object), len(pairs)),
            "is_new": pairs.is_new.ravel(),
            "chance": chance.ravel(),
        }
    )


def score_everybody(
    features: pd.DataFrame, customers: pd.DataFrame, artefact: Mapping[str, Any], *, seed: int | None = None
) -> pd.DataFrame:
    """Tell the chances of all clients: by their history, or else by what is popular among their like.

    Parameters
    ----------
    features : pandas.DataFrame
        Rows of `features_preferences` at the newest cut-off.
    customers : pandas.DataFrame
        client_id, age_years and yearly_income_usd of every client.
    artefact : mapping of str to any
        What `fit` left; empty if there was insufficient data: then everybody is a cold start.
    seed : int, optional
        Draws the clients anew whose bands tell of cold starts; without it they are as they are.

    Returns
    -------
    pandas.DataFrame
        Columns `SCORES`, one row a client and spending group. The chance of a cold start is the share of
        clients in their age and income band who used the group in the last three months (of few, drawn
        towards everybody's); chance_without_age is that of their income band, for products that age mustn't
        decide about. Of others the two are the same: no candidate sees the age.
    """
    known = score(features, artefact)
    known = known.assign(chance_without_age=known["chance"], income_band="", is_cold_start=False)
    cold = popularity_by_band(
        features, customers[~customers["client_id"].isin(known["client_id"])], seed=seed
    )
    both = pd.concat([part[list(SCORES)].astype(SCORES) for part in (known, cold)], ignore_index=True)
    return both.sort_values(["client_id", "spending_group"], ignore_index=True)


def popularity_by_band(
    features: pd.DataFrame, clients: pd.DataFrame, *, seed: int | None = None
) -> pd.DataFrame:
    """Return how popular each group is among the like of clients of whom nothing else is known.

    Parameters
    ----------
    features : pandas.DataFrame
        Rows of `features_preferences` at the newest cut-off; of other clients.
    clients : pandas.DataFrame
        client_id, age_years and yearly_income_usd.
    seed : int, optional
        As for `score_everybody`.

    Returns
    -------
    pandas.DataFrame
        Columns `SCORES`.
    """
    used = features.assign(is_used=features["purchases_3_months"] > 0).pivot_table(
        index="client_id", columns="spending_group", values="is_used", aggfunc="max", observed=True
    )
    if used.empty or clients.empty:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in SCORES.items()})
    if seed is not None:
        used = used.sample(frac=1, replace=True, random_state=seed)
    traits = features.drop_duplicates("client_id").set_index("client_id").loc[used.index]
    both, incomes = _bands(traits), _bands(traits, by_age=False)
    wanted, wanted_incomes = _bands(clients), _bands(clients, by_age=False)
    matrix = used.to_numpy(dtype=float)
    groups = used.columns.to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "client_id": np.repeat(clients["client_id"].to_numpy(), len(groups)),
            "spending_group": np.tile(groups, len(clients)),
            "is_new": True,
            "chance": _shares_of(both, matrix, wanted).ravel(),
            "chance_without_age": _shares_of(incomes, matrix, wanted_incomes).ravel(),
            "income_band": np.repeat(wanted_incomes.to_numpy(dtype=object), len(groups)),
            "is_cold_start": True,
        }
    ).astype(SCORES)


def _bands(clients: pd.DataFrame, *, by_age: bool = True) -> pd.Series:
    income = named_bands(clients["yearly_income_usd"].astype(float), INCOME_BANDS).fillna("unknown")
    if not by_age:
        return income
    return named_bands(clients["age_years"].astype(float), AGE_BANDS).fillna("unknown") + ", " + income


def _shares_of(bands: pd.Series, used: FloatArray, wanted: pd.Series) -> FloatArray:
    """Return the share of each band's clients who use each group, drawn towards everybody's share."""
    everybody = used.mean(axis=0)
    shares = {
        band: (used[(bands == band).to_numpy()].sum(axis=0) + PRIOR_CLIENTS * everybody)
        / ((bands == band).sum() + PRIOR_CLIENTS)
        for band in wanted.unique()
    }
    return np.array([shares[band] for band in wanted])


def _too_little(pairs: Pairs, origins: npt.NDArray[np.datetime64]) -> str | None:
    if not len(origins):
        return (
            f"Too little history: to judge at a cut-off, it takes twelve months before another one that lies"
            f" {HORIZON_MONTHS} months earlier, and {HORIZON_MONTHS} months after it. The cold start serves."
        )
    begun = pairs.is_new & pairs.is_used
    judged = int(begun[np.isin(pairs.cut_off, origins)].sum())
    learned = int(begun[pairs.cut_off <= pairs.before(origins[0]).cut_off.max()].sum())
    if min(judged, learned) < LEAST_BEGINNINGS:
        return (
            f"Too little history: {learned} beginnings of a new group to learn from and {judged} to judge by,"
            f" expected {LEAST_BEGINNINGS} of each. The cold start serves."
        )
    return None


def _curve(rolled: Rolled, kept: str) -> pd.DataFrame:
    new = rolled.pairs.is_new
    curve = reliability_curve(rolled.pairs.is_used[new].astype(int), rolled.chances[kept][new])
    return curve.assign(split=SPLIT)


def _fit(status: Any, figures: pd.DataFrame, **parts: Any) -> Fit:
    return Fit(status, tables={"candidates": figures}, **parts)


TASK = Task("preferences", version=5, fit=fit, score=score)
