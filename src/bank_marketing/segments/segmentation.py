"""Segments of a population: by natural clusters if it has any, else by rules. One method for all populations.

A population says which columns tell its customers apart, in which words, and which rules serve where there
are no clusters. Everything else is the same for all, and stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from bank_marketing.fitting.fits import METRIC_COLUMNS, Fit
from bank_marketing.methods import cluster_verdict, drift, rules
from bank_marketing.methods.clustering import Clustering
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.rules import Rule, RuleSet
from bank_marketing.segments.card import write_card
from bank_marketing.segments.diagnostics import Diagnostics, add_cluster_evidence
from bank_marketing.segments.names import carry_names, derive_names

LEAST_CUSTOMERS, LEAST_DIFFERENT, LEAST_TRAITS = 200, 50, 2
NO_ACTIVITY = "no activity"
# Where rules decide, and a trait that they need isn't known of the customer.
NOT_KNOWN = "too little known"
EVERYBODY: RuleSet = (Rule(rules.ALL_CUSTOMERS, {}),)
# Whoever was away for less than a month has not begun to leave: in shorter data recency parts nobody.
RECENCY, LEAST_RECENCY_DAYS = "recency_days", 30

Transform = Literal["none", "log", "root"]


@dataclass(frozen=True)
class Trait:
    """A feature by which clusters are sought.

    Parameters
    ----------
    high, low : str
        How a customer with much and with little of it is called.
    transform : {'none', 'log', 'root'}
        What makes it less skewed: log(1 + x), for amounts and counts; the square root, for shares, whose
        noise then is the same for large and small ones. Values below zero count as zero.
    """

    high: str
    low: str
    transform: Transform = "none"


@dataclass(frozen=True)
class Population:
    """What the customers of one population are told apart by.

    Parameters
    ----------
    title : str
        Heading of the model card.
    key : str
        Column that names the customer.
    traits : mapping of str to Trait
        Columns by which clusters are sought.
    rules : tuple of Rule
        Segments where there are no clusters; the last must hold for everybody.
    quantiles : mapping of str to float
        Columns that the rules look at, with the share of customers up to the cut.
    about : str
        What a reader of the card must know of the data, in Markdown; the card itself names the traits, since
        a file may lack some.
    evidence : str, optional
        Column that counts what the traits rest on; customers with none of it have no activity.
    least_evidence : int
        What the typical customer (the median of those with any) needs of it; with less there is too little
        data, and clusters are learned from customers with as much only.
    other_rules : tuple of tuple of Rule
        Segments instead of `rules` where not all of their traits part the customers: the first set counts all
        of whose traits do. With none, the customers are one segment.
    """

    title: str
    key: str
    traits: Mapping[str, Trait]
    rules: RuleSet
    quantiles: Mapping[str, float]
    about: str
    evidence: str | None = None
    least_evidence: int = 1
    other_rules: tuple[RuleSet, ...] = ()

    def is_active(self, features: pd.DataFrame) -> np.ndarray:
        """Return which customers have any activity, as a boolean ndarray of shape (n,)."""
        if self.evidence is None:
            return np.ones(len(features), dtype=bool)
        return np.asarray(features[self.evidence].to_numpy(dtype=float, na_value=0) > 0)

    def choose_rules(self, active: pd.DataFrame) -> tuple[RuleSet, dict[str, float]]:
        """Return the rules whose traits part the customers, and the quantiles that they look at."""
        usable = rules.parting_traits(active, self.quantiles)
        if RECENCY in usable and rules.learn_cuts(active, self.quantiles)[RECENCY] < LEAST_RECENCY_DAYS:
            usable.remove(RECENCY)
        chosen = next(
            (each for each in (self.rules, *self.other_rules) if rules.traits_of(each) <= usable), EVERYBODY
        )
        looked_at = rules.traits_of(chosen)
        return chosen, {trait: share for trait, share in self.quantiles.items() if trait in looked_at}

    def prepare(self, features: pd.DataFrame) -> pd.DataFrame:
        """Return the traits as numbers, transformed, in a DataFrame of shape (n, n_traits)."""
        columns = {}
        for name, trait in self.traits.items():
            values = features[name].to_numpy(dtype=float, na_value=np.nan)
            if trait.transform == "log":
                values = np.log1p(np.maximum(values, 0))
            elif trait.transform == "root":
                values = np.sqrt(np.maximum(values, 0))
            columns[name] = values
        return pd.DataFrame(columns, index=features.index)


def fit(
    features: pd.DataFrame,
    population: Population,
    *,
    depth: str,
    seed: int,
    earlier: Mapping[str, Any] | None = None,
) -> Fit:
    """Tell whether a population has natural clusters, and make segments by them or by rules.

    Parameters
    ----------
    features : DataFrame
        One row a customer.
    population : Population
        What tells its customers apart.
    depth : {'quick', 'full'}
        Starts of each k-means, and draws behind the figures that rest on chance.
    seed : int
        Same seed, same segments.
    earlier : mapping of str to any, optional
        Artefact of the version before: its segments' names and ids are carried over.

    Returns
    -------
    Fit
        Its params hold the verdict, its table `diagnostics` what that rests on. The status is
        'insufficient_data' only if there is no customer at all.
    """
    customers = features.sort_values(population.key, ignore_index=True)
    if customers.empty:
        reason = "There is no customer."
        card = f"# {population.title}\n\nNo segments: {reason}\n"
        return Fit("insufficient_data", params={"reason": reason}, card=card)
    active = customers[population.is_active(customers)]
    settings = {"seed": seed, "restarts": DEPTHS[depth].restarts, "draws": DEPTHS[depth].draws}
    diagnostics = Diagnostics()
    traits, has_enough = _traits_to_learn_from(active, population, diagnostics)
    verdict, found = "insufficient_data", None
    if has_enough:
        judgement = cluster_verdict.judge(traits, **settings)
        add_cluster_evidence(diagnostics, traits, judgement, **settings)
        verdict = "natural_clusters" if judgement.is_clustered else "no_natural_clusters"
        found = judgement.groups if judgement.is_clustered else None
    earlier = earlier or {}
    artefact: dict[str, Any] = {"verdict": verdict}
    if found is not None:
        learned_from = customers.loc[traits.index, population.key].to_numpy()
        names = _cluster_names(found, traits, learned_from, population, earlier)
        artefact |= {"method": "clusters", "clustering": asdict(found), "learned_from": learned_from}
        watched = list(traits)
    else:
        chosen, quantiles = population.choose_rules(active)
        cuts = rules.learn_cuts(active, quantiles)
        of_rule = rules.apply_rules(active, chosen, cuts)
        chosen = rules.join_small_segments(chosen, [int(np.sum(of_rule == n)) for n in range(len(chosen))])
        names = [rule.name for rule in chosen]
        artefact |= {"method": "rules", "rules": [asdict(rule) for rule in chosen], "cuts": cuts}
        watched = list(dict.fromkeys([*population.traits, *population.quantiles]))
        if quantiles:
            diagnostics.add_draws(
                "rule_stability",
                rules.rule_stability(active, chosen, quantiles, seed=seed, draws=settings["draws"]),
                n=len(active),
                message="Share of customers who keep their segment when cuts are learned from a resample.",
            )
    ids = dict(earlier.get("ids", {}))
    for name in [*names, NO_ACTIVITY, NOT_KNOWN]:
        ids.setdefault(name, max(ids.values(), default=0) + 1)
    artefact |= {"names": names, "ids": ids, "reference": drift.reference(_watched(active, watched))}
    assigned = score(customers, population, artefact)
    artefact["segment_reference"] = drift.reference(assigned[["segment_id"]].astype("string"))
    params = {
        **settings,
        "verdict": verdict,
        "method": artefact["method"],
        "segment_names": list(dict.fromkeys(names)),
        "drift_since_earlier": _drift_since(earlier, active),
    }
    return Fit(
        "fitted",
        params=params,
        metrics=diagnostics.metrics(METRIC_COLUMNS),
        tables={"diagnostics": diagnostics.table().assign(verdict=verdict)},
        card=write_card(
            population.title,
            f"{population.about}\n\n{_traits_in_words(active, population, artefact)}",
            artefact,
            assigned,
            diagnostics.records(),
        ),
        artefact=artefact,
    )


def score(features: pd.DataFrame, population: Population, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Assign customers to the segments of a stored fit; nothing is learned from them.

    Parameters
    ----------
    features : DataFrame
        One row a customer. Among clusters a missing trait counts as the average of the fit; by rules, whoever
        misses one that decides is in the segment `NOT_KNOWN`.
    population : Population
        What tells its customers apart.
    artefact : mapping of str to any
        What `fit` left for scoring; empty if there was no customer.

    Returns
    -------
    DataFrame
        The key, segment_id, segment_name, membership_strength (0 on the border between two clusters, 1 where
        no other comes into question; null by rules) and method ('clusters' or 'rules'). Customers without
        activity are a segment by rule. Without an artefact the segment is null.
    """
    scores = pd.DataFrame({population.key: features[population.key].to_numpy()})
    if not artefact:
        return scores.assign(segment_id=np.nan, segment_name=None, membership_strength=np.nan, method="rules")
    is_active = population.is_active(features)
    active = features[is_active]
    name = np.full(len(features), NO_ACTIVITY, dtype=object)
    strength = np.full(len(features), np.nan)
    method = np.full(len(features), "rules", dtype=object)
    names = np.array(artefact["names"], dtype=object)
    if artefact["method"] == "clusters":
        number, of_active = Clustering.load(artefact["clustering"]).assign(population.prepare(active))
        strength[is_active], method[is_active] = of_active, "clusters"
    else:
        stored = [Rule(**rule) for rule in artefact["rules"]]
        number = rules.apply_rules(active, stored, artefact["cuts"])
    name[is_active] = np.where(number < 0, NOT_KNOWN, names[number])
    return scores.assign(
        # An artefact of an earlier release has no number for `NOT_KNOWN`.
        segment_id=[artefact["ids"].get(each) for each in name],
        segment_name=name,
        membership_strength=strength,
        method=method,
    )


def needs_refit(features: pd.DataFrame, population: Population, artefact: Mapping[str, Any]) -> bool:
    """Tell whether a population has drifted so far from the stored fit that it needs another.

    Parameters
    ----------
    features : DataFrame
        One row a customer, all that there are now.
    population : Population
        What tells its customers apart.
    artefact : mapping of str to any
        What `fit` left.

    Returns
    -------
    bool
        True if a watched feature drifts by `methods.drift`, or there was no customer at the fit. Features are
        watched that clusters look at; with rules also those that rules look at, since clusters may have come.
    """
    if not artefact:
        return len(features) > 0
    active = features[population.is_active(features)]
    return drift.needs_refit(
        drift.compare(artefact["reference"], _watched(active, list(artefact["reference"])))
    )


def _traits_to_learn_from(
    active: pd.DataFrame, population: Population, diagnostics: Diagnostics
) -> tuple[pd.DataFrame, bool]:
    """Return the transformed traits that clusters are sought in, and whether there is enough to seek."""
    learned, passed = active, []
    if population.evidence is not None:
        counts = active[population.evidence].to_numpy(dtype=float)
        typical = float(np.median(counts)) if len(counts) else 0.0
        learned = active[counts >= population.least_evidence]
        passed.append(
            diagnostics.add_need(
                f"typical_{population.evidence}",
                typical,
                population.least_evidence,
                n=len(active),
                message=f"Median number of {population.evidence} of customers who have any.",
            )
        )
    traits = population.prepare(learned)
    traits = cluster_verdict.without_binary(traits)
    n = len(traits)
    # Without any trait nobody differs, while pandas finds no row twice.
    different = len(traits.drop_duplicates()) if traits.shape[1] else min(n, 1)
    for metric, value, least, message in (
        ("customers", n, LEAST_CUSTOMERS, "Customers with enough data to learn from."),
        (
            "different_customers",
            different,
            LEAST_DIFFERENT,
            "Different combinations of traits among them.",
        ),
        ("traits", traits.shape[1], LEAST_TRAITS, "Traits with three values or more."),
    ):
        passed.append(diagnostics.add_need(metric, value, least, n=n, message=message))
    return traits, all(passed)


def _traits_in_words(active: pd.DataFrame, population: Population, artefact: Mapping[str, Any]) -> str:
    """Name the traits that segments rest on, and those that nobody has, for the card."""
    cuts = artefact.get("cuts", {})
    looked_at = dict.fromkeys(
        [*population.traits, *({} if "clustering" in artefact else population.quantiles)]
    )
    known = [trait for trait in looked_at if active[trait].notna().any()]
    absent = [trait for trait in looked_at if trait not in known]
    sentences = [f"**Traits.** Known: {', '.join(known) or 'none'}."]
    if absent:
        sentences.append(f"Known of no customer, so that nothing rests on them: {', '.join(absent)}.")
    if cuts:
        parts = ", ".join(f"{trait} ({population.quantiles[trait]:.0%} lie up to the cut)" for trait in cuts)
        sentences.append(f"Rules part customers by {parts}.")
    elif "clustering" not in artefact:
        sentences.append(
            f"No trait parts {rules.LEAST_TO_CUT} customers or more, so they are one segment and nobody is"
            " called high or low in anything."
        )
    return " ".join(sentences)


def _cluster_names(
    groups: Clustering,
    traits: pd.DataFrame,
    learned_from: np.ndarray,
    population: Population,
    earlier: Mapping[str, Any],
) -> list[str]:
    words = [(population.traits[name].high, population.traits[name].low) for name in groups.scale.features]
    names = derive_names(groups.centres, words)
    if earlier.get("method") != "clusters":
        return names
    before = Clustering.load(earlier["clustering"])
    if not set(before.scale.features) <= set(traits):
        return names
    # New customers have no say: a crowd of them is in some earlier segment without being one with it.
    known = traits[np.isin(learned_from, earlier.get("learned_from", learned_from))]
    return carry_names(names, groups.assign(known)[0], earlier["names"], before.assign(known)[0])


def _watched(active: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return features as plain numbers, so that drift doesn't depend on how a database hands them out."""
    return pd.DataFrame({name: active[name].to_numpy(dtype=float, na_value=np.nan) for name in columns})


def _drift_since(earlier: Mapping[str, Any], active: pd.DataFrame) -> str | None:
    known = earlier.get("reference")
    if known is None or not set(known) <= set(active):
        return None
    return drift.explain(drift.compare(known, _watched(active, list(known))))
