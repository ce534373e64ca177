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
# Starts of k-means; and draws (shuffles, probes, resamples) behind the figures that rest on chance.
DEPTHS = {"quick": {"restarts": 5, "draws": 8}, "full": {"restarts": 20, "draws": 30}}

# How a customer with much or with little of a trait is called. Gender is out: groups by it need no model.
TRAIT_WORDS = {
    "age": ("older", "younger"),
    "income_usd": ("high income", "low income"),
    "loyalty_points": ("many points", "few points"),
    "previous_purchases": ("many purchases", "few purchases"),
}
METHOD = "clusters"
LEAST_CUSTOMERS = 200
LEAST_DIFFERENT = 50
LEAST_TRAITS_IN_NAME = 2
MOST_TRAITS_IN_NAME = 4
# A trait this near the strongest one of its segment says as much of it, and is named too.
NEAR_STRONGEST = 0.8


def fit(features: pd.DataFrame, *, depth: str, seed: int) -> Fit:
    """Find groups of campaign customers and measure how real they look.

    Parameters
    ----------
    features : DataFrame
        Rows of `features_campaign_segments`, one a customer; a trait without any value is left out.
    depth : {'quick', 'full'}
        Starts of each k-means, and draws behind the figures that rest on chance.
    seed : int
        Same seed, same groups.

    Returns
    -------
    Fit
        With the status 'too_little_data' below 200 customers, two traits, or 50 customers that differ.
    """
    known = {trait: words for trait, words in TRAIT_WORDS.items() if features[trait].notna().any()}
    traits = features.sort_values("customer_id", ignore_index=True)[list(known)].astype(float)
    different = len(traits.drop_duplicates())
    if len(traits) < LEAST_CUSTOMERS or len(known) < LEAST_TRAITS_IN_NAME or different < LEAST_DIFFERENT:
        reason = (
            f"{len(traits)} customers with {len(known)} traits, of whom {different} differ in them;"
            f" segments need at least {LEAST_CUSTOMERS} with {LEAST_TRAITS_IN_NAME},"
            f" and {LEAST_DIFFERENT} that differ."
        )
        return Fit(
            "too_little_data",
            params={"reason": reason},
            card=f"# Campaign segments\n\nNo segments: {reason}\n",
        )

    restarts, draws = DEPTHS[depth]["restarts"], DEPTHS[depth]["draws"]
    criteria = clustering.compare_group_numbers(traits, seed=seed, restarts=restarts)
    k = clustering.choose_group_number(criteria)
    groups = clustering.fit_clustering(traits, k, seed=seed, restarts=restarts)
    names = segment_names(groups.centres, list(known.values()))
    metrics = _metrics(traits, criteria, groups, seed=seed, restarts=restarts, draws=draws)
    return Fit(
        "fitted",
        params={
            "seed": seed,
            "k": k,
            "restarts": restarts,
            "draws": draws,
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

    Each name holds the two strongest traits and, up to four, whatever is within 20 % of the strongest one;
    where two segments share a name, as many more as it takes to tell them apart. If all traits don't, a
    number does.

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
    strength = np.abs(centres)
    strongest = np.argsort(-strength, axis=1, kind="stable")
    near = (strength >= NEAR_STRONGEST * strength.max(axis=1, keepdims=True)).sum(axis=1)
    lengths = np.clip(near, LEAST_TRAITS_IN_NAME, MOST_TRAITS_IN_NAME)
    while True:
        names = pd.Series(
            [
                "unverified: "
                + ", ".join(words[trait][0 if centre[trait] > 0 else 1] for trait in sorted(order[:length]))
                for centre, order, length in zip(centres, strongest, lengths, strict=True)
            ]
        )
        can_be_longer = names.duplicated(keep=False).to_numpy() & (lengths < len(words))
        if not can_be_longer.any():
            break
        lengths = lengths + can_be_longer
    if names.is_unique:
        return names.tolist()
    return [f"{name} ({number})" for number, name in enumerate(names, start=1)]


def _metrics(
    traits: pd.DataFrame, criteria: pd.DataFrame, groups: Clustering, *, seed: int, restarts: int, draws: int
) -> pd.DataFrame:
    n, k = len(traits), len(groups.centres)
    in_silhouette = min(n, clustering.SILHOUETTE_ROWS)
    silhouettes = criteria[["silhouette", "silhouette_low", "silhouette_high"]]
    shuffled = clustering.silhouette_of_shuffled_columns(traits, k, seed=seed, restarts=restarts, draws=draws)
    hopkins = clustering.hopkins_statistic(traits, seed=seed, draws=draws)
    agreement = clustering.bootstrap_stability(traits, groups, seed=seed, restarts=restarts, draws=draws)
    rows = [
        ("silhouette", *silhouettes.loc[k], in_silhouette),
        ("silhouette_shuffled_columns", *clustering.draw_interval(shuffled), in_silhouette),
        ("hopkins_statistic", *clustering.draw_interval(hopkins), clustering.hopkins_probes(n)),
        ("adjusted_rand_index", *clustering.draw_interval(agreement), n),
    ]
    for number, figures in criteria.iterrows():
        rows += [
            (f"silhouette_k_{number}", *silhouettes.loc[number], in_silhouette),
            # They grow with the number of rows: no interval of theirs would say anything of other customers.
            (f"calinski_harabasz_k_{number}", figures["calinski_harabasz"], np.nan, np.nan, n),
            (f"bic_k_{number}", figures["bic"], np.nan, np.nan, n),
        ]
    metrics = pd.DataFrame([("all", *row) for row in rows], columns=list(METRIC_COLUMNS))
    # None of the figures that have an interval can be above 1.
    return metrics.assign(value_high=metrics["value_high"].clip(upper=1.0))


def _card(traits: pd.DataFrame, groups: Clustering, names: list[str], metrics: pd.DataFrame) -> str:
    figure = metrics.set_index("metric")[["value", "value_low", "value_high"]]
    silhouette, shuffled = figure.loc["silhouette"], figure.loc["silhouette_shuffled_columns"]
    hopkins, agreement = figure.loc["hopkins_statistic"], figure.loc["adjusted_rand_index"]
    if silhouette["value_low"] > shuffled["value_high"]:
        verdict = "It is higher: the traits are tied together in these data."
    else:
        verdict = (
            "**It is not higher** (the intervals overlap): traits that have nothing to do with each other"
            " part customers as well, so k-means only cuts up the ranges of the traits."
        )
    k, largest = len(groups.centres), CANDIDATES[-1]
    at_the_edge = (
        f" **{k} is the largest number allowed**, so more might rank higher." if k == largest else ""
    )
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

**Method.** k-means on standardised traits. {k} groups have the best mean rank over silhouette,
Calinski-Harabasz and BIC (Gaussian mixture), among {CANDIDATES[0]} to {largest} groups.{at_the_edge} A
missing trait counts as the average. New customers go to the nearest centre; centres stay until the next fit.
Membership strength is 1 - (distance to the nearest centre) / (distance to the second nearest).

**Evidence.** Silhouette {_text(silhouette, 3)}; the same method on data with shuffled columns gives
{_text(shuffled, 3)}. {verdict} Hopkins' statistic {_text(hopkins, 2)} (0.5 is uniform). Groups of resampled
customers agree with these by an adjusted Rand index of {_text(agreement, 2)} (1 is the same, 0 is chance). In
brackets stand 95 % intervals of the means: of the silhouette over customers, of the others over random
shuffles, probes and resamples of these customers.

A name holds all traits that are nearly as strong in the segment as its strongest, up to
{MOST_TRAITS_IN_NAME}.

| segment_id | segment_name | customers | {" | ".join(f"mean {trait}" for trait in traits)} |
|---|---|---|{"---|" * traits.shape[1]}
{chr(10).join(lines)}
"""


def _text(figure: pd.Series, digits: int) -> str:
    value, low, high = (f"{figure[name]:.{digits}f}" for name in ("value", "value_low", "value_high"))
    return f"{value} ({low} to {high})"
