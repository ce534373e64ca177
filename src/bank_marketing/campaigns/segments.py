"""Segments of campaign customers: groups by k-means on what is known of everyone, their names unverified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.fitting import METRIC_COLUMNS, Fit
from bank_marketing.methods import clustering
from bank_marketing.methods.clustering import CANDIDATES, Clustering, Scale

MODEL_NAME = "campaign_segments"
# Starts of k-means, and resamples behind the stability.
DEPTHS = {"quick": {"restarts": 10, "resamples": 10}, "full": {"restarts": 20, "resamples": 30}}

# How a customer with much or with little of a trait is called. Gender is out: groups by it need no model.
TRAIT_WORDS = {
    "age": ("older", "younger"),
    "income_usd": ("high income", "low income"),
    "loyalty_points": ("many points", "few points"),
    "previous_purchases": ("many purchases", "few purchases"),
}
METHOD = "clusters"
LEAST_CUSTOMERS = 200
LEAST_TRAITS_IN_NAME = 2


def fit(features: pd.DataFrame, *, depth: str, seed: int) -> Fit:
    """Find groups of campaign customers and measure how real they look.

    Parameters
    ----------
    features : DataFrame
        Rows of `features_campaign_segments`, one a customer; a trait without any value is left out.
    depth : {'quick', 'full'}
        Starts of each k-means, and resamples behind the stability.
    seed : int
        Same seed, same groups.

    Returns
    -------
    Fit
        With the status 'too_little_data' below 200 customers or two traits.
    """
    known = {trait: words for trait, words in TRAIT_WORDS.items() if features[trait].notna().any()}
    if len(features) < LEAST_CUSTOMERS or len(known) < LEAST_TRAITS_IN_NAME:
        reason = (
            f"{len(features)} customers with {len(known)} traits;"
            f" segments need at least {LEAST_CUSTOMERS} with {LEAST_TRAITS_IN_NAME}."
        )
        return Fit(
            "too_little_data",
            params={"reason": reason},
            card=f"# Campaign segments\n\nNo segments: {reason}\n",
        )

    traits = features.sort_values("customer_id", ignore_index=True)[list(known)].astype(float)
    restarts, resamples = DEPTHS[depth]["restarts"], DEPTHS[depth]["resamples"]
    criteria = clustering.compare_group_numbers(traits, seed=seed, restarts=restarts)
    k = clustering.choose_group_number(criteria)
    groups = clustering.fit_clustering(traits, k, seed=seed, restarts=restarts)
    names = segment_names(groups.centres, list(known.values()))
    metrics = _metrics(traits, criteria, groups, seed=seed, restarts=restarts, resamples=resamples)
    return Fit(
        "fitted",
        params={
            "seed": seed,
            "k": k,
            "restarts": restarts,
            "traits": list(known),
            "segment_names": names,
        },
        metrics=metrics,
        card=_card(traits, groups, names, metrics),
        artefact={"clustering": asdict(groups), "segment_names": names},
    )


def score(features: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Assign customers to the segments of a stored fit; nothing is fitted.

    Parameters
    ----------
    features : DataFrame
        Rows of `features_campaign_segments`; a missing trait counts as the average of the fit.
    artefact : mapping of str to any
        What `fit` left for scoring; empty if there was too little data.

    Returns
    -------
    DataFrame
        customer_id, segment_id (1 is the largest in the fit), segment_name, membership_strength (0 on the
        border between two segments, 1 at the centre) and method. The segment is null if there was too little
        data.
    """
    scores = pd.DataFrame({"customer_id": features["customer_id"].to_numpy()})
    if not artefact:
        return scores.assign(
            segment_id=np.nan,
            segment_name=None,
            membership_strength=np.nan,
            method=METHOD,
        )
    stored = artefact["clustering"]
    number, strength = Clustering(Scale(**stored["scale"]), stored["centres"]).assign(features)
    return scores.assign(
        segment_id=number + 1,
        segment_name=np.array(artefact["segment_names"], dtype=object)[number],
        membership_strength=strength,
        method=METHOD,
    )


def segment_names(centres: np.ndarray, words: list[tuple[str, str]]) -> list[str]:
    """Name segments by the traits in which they differ most from the average customer.

    Two traits, or as many more as it takes to tell all segments apart; if all traits don't, a number does.

    Parameters
    ----------
    centres : ndarray of shape (k, n_traits)
        Standardised centres.
    words : list of (str, str), length n_traits
        What much and what little of each trait is called.

    Returns
    -------
    list of str, length k
        Different names, each with "unverified: " in front.
    """
    strongest = np.argsort(-np.abs(centres), axis=1, kind="stable")
    names: list[str] = []
    for length in range(LEAST_TRAITS_IN_NAME, len(words) + 1):
        names = [
            "unverified: "
            + ", ".join(words[trait][0 if centre[trait] > 0 else 1] for trait in sorted(order[:length]))
            for centre, order in zip(centres, strongest, strict=True)
        ]
        if len(set(names)) == len(names):
            return names
    return [f"{name} ({number})" for number, name in enumerate(names, start=1)]


def _metrics(
    traits: pd.DataFrame,
    criteria: pd.DataFrame,
    groups: Clustering,
    *,
    seed: int,
    restarts: int,
    resamples: int,
) -> pd.DataFrame:
    shuffled = clustering.permute_columns(traits, seed=seed)
    shuffled_groups = clustering.fit_clustering(shuffled, len(groups.centres), seed=seed, restarts=restarts)
    agreement = clustering.bootstrap_stability(
        traits, groups, seed=seed, restarts=restarts, resamples=resamples
    )
    figures = {
        "silhouette": criteria.loc[len(groups.centres), "silhouette"],
        "silhouette_shuffled_columns": clustering.silhouette(
            shuffled_groups.scale.apply(shuffled), shuffled_groups.assign(shuffled)[0], seed=seed
        ),
        "hopkins_statistic": clustering.hopkins_statistic(traits, seed=seed),
    }
    for name, column in criteria.items():
        figures |= {f"{name}_k_{k}": value for k, value in column.items()}
    rows = [("all", name, value, np.nan, np.nan, len(traits)) for name, value in figures.items()]
    low, high = np.quantile(agreement, [0.025, 0.975])
    rows.append(("all", "adjusted_rand_index", agreement.mean(), low, high, len(traits)))
    return pd.DataFrame(rows, columns=list(METRIC_COLUMNS))


def _card(traits: pd.DataFrame, groups: Clustering, names: list[str], metrics: pd.DataFrame) -> str:
    figure = metrics.set_index("metric")["value"]
    number, _ = groups.assign(traits)
    lines = [
        f"| {segment} | {name} | {(number == segment - 1).sum():,} | "
        + " | ".join(f"{mean:,.0f}" for mean in traits[number == segment - 1].mean())
        + " |"
        for segment, name in enumerate(names, start=1)
    ]
    return f"""# Campaign segments

**Unverified.** k-means finds groups in any data, and nobody has checked yet whether these are really there.
Use them to read the customers in parts, not as kinds of people.

**Data.** {len(traits):,} customers, by what is known of every customer: {", ".join(traits)}.
No outcome, no campaign, no gender.

**Method.** k-means on standardised traits. {len(groups.centres)} groups have the best mean rank over
silhouette, Calinski-Harabasz and BIC (Gaussian mixture), among {CANDIDATES[0]} to {CANDIDATES[-1]} groups.
A missing trait counts as the average. New customers go to the nearest centre; centres stay until the next
fit. Membership strength is 1 - (distance to the nearest centre) / (distance to the second nearest).

**Evidence.** Silhouette {figure["silhouette"]:.2f}, and {figure["silhouette_shuffled_columns"]:.2f} where
the same method groups data with shuffled columns: where the two are near each other, the groups only cut up
the ranges of the traits. Hopkins' statistic {figure["hopkins_statistic"]:.2f} (0.5 is uniform). Groups of
resampled customers agree with these by an adjusted Rand index of {figure["adjusted_rand_index"]:.2f} (1 is
the same, 0 is chance).

| segment_id | segment_name | customers | {" | ".join(f"mean {trait}" for trait in traits)} |
|---|---|---|{"---|" * traits.shape[1]}
{chr(10).join(lines)}
"""
