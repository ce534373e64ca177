"""Engagement: a score that can be recomputed by hand, and what drives it and conversion."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.campaigns.columns import ARMS, CUSTOMER_NUMBERS, ENGAGEMENT, GENDER, KEY, SPEND, TARGET
from bank_marketing.campaigns.engagement_score import engagement_score, learn_weights, mean_weights
from bank_marketing.fitting.fits import EFFECT_COLUMNS, METRIC_COLUMNS, Fit, Task
from bank_marketing.fitting.sealed_keys import comparable_keys
from bank_marketing.methods.depths import DEPTHS, IMPORTANCE_PERMUTATIONS
from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.importance import FOLDS, Importances, held_out_importances

LEAST_EVENTS = 20
NEW_CUSTOMER = 0
OUTCOMES = {
    "engagement": "what is known beforehand",
    "conversion": "what is known beforehand and engagement so far",
}

WEIGHT_COLUMNS = ("fold", "measure", "weight", "low", "high", "basis")
DRIVER_COLUMNS = (
    "outcome",
    "feature",
    "importance",
    "importance_low",
    "importance_high",
    "importance_rank",
    "is_distinguishable",
    "smallest_detectable_importance",
    "held_out_skill",
    "held_out_skill_low",
    "held_out_skill_high",
    "customers",
    "verdict",
)
CURVE_COLUMNS = (
    "outcome",
    "feature",
    "position",
    "level",
    "number",
    "predicted",
    "predicted_low",
    "predicted_high",
    "is_distinguishable",
    "customers",
    "verdict",
)
NO_FEATURE = "(none)"


def fit(frame: pd.DataFrame, *, depth: str, seed: int) -> Fit:
    """Learn the weights of the engagement score, and what drives engagement and conversion.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `features_conversion_in_campaign`, one per customer; rows without an outcome are left out.
    depth : {'quick', 'full'}
        Repeats of the cross-validation and permutations.
    seed : int
        Seed of folds, boosting and shuffles.

    Returns
    -------
    bank_marketing.fitting.fits.Fit
        With the tables `weights`, `drivers` and `curves` (`WEIGHT_COLUMNS`, `DRIVER_COLUMNS`,
        `CURVE_COLUMNS`), and as effects the mean weights; the artefact holds customer_id, fold (from 1) and
        the weights. With insufficient data weights are equal, and the other two say why they are empty.
    """
    known = frame[frame[TARGET].notna()].sort_values(KEY, ignore_index=True)
    converted = known[TARGET].to_numpy(dtype=np.int64)
    events = int(converted.sum())
    if min(events, len(known) - events) < LEAST_EVENTS:
        reason = (
            f"{events} of {len(known)} customers converted; drivers need at least {LEAST_EVENTS} who did and"
            f" {LEAST_EVENTS} who didn't"
        )
        weights = learn_weights(frame, np.zeros(len(frame))).assign(fold=NEW_CUSTOMER)
        nothing = _not_estimated(dict.fromkeys(OUTCOMES, reason))
        return Fit(
            "insufficient_data",
            params={"reason": reason},
            effects=_effects(weights),
            tables=_tables(weights, nothing, nothing),
            card=f"# Engagement\n\nEqual weights, no drivers: {reason}.\n",
            artefact=_artefact(known[KEY][:0], np.array([], dtype=np.int64), weights),
        )

    fold = stratified_folds(converted, FOLDS, seed=seed) + 1
    weights = pd.concat(
        [
            learn_weights(known[fold != number], converted[fold != number]).assign(fold=number)
            for number in range(1, FOLDS + 1)
        ],
        ignore_index=True,
    )
    weights = pd.concat([mean_weights(weights).assign(fold=NEW_CUSTOMER), weights], ignore_index=True)
    score = _scores(known, fold, weights)
    settings = {
        "repeats": DEPTHS[depth].importance_repeats,
        "permutations": DEPTHS[depth].importance_permutations,
    }
    has_score = np.isfinite(score)
    before = _features(known[has_score], [*CUSTOMER_NUMBERS, SPEND], [GENDER, *ARMS])
    during = _features(known, [*CUSTOMER_NUMBERS, SPEND, *ENGAGEMENT], [GENDER, *ARMS])
    reasons = {
        "engagement": _obstacle(before, score[has_score]),
        "conversion": _obstacle(during, converted),
    }
    found = {
        name: (held_out_importances(features, values, **settings, seed=seed), len(features))
        for name, features, values in (
            ("engagement", before, score[has_score]),
            ("conversion", during, converted),
        )
        if reasons[name] is None
    }
    not_found = _not_estimated({name: reason for name, reason in reasons.items() if reason})
    of_found = {name: _drivers(name, *result) for name, result in found.items()}
    marks = ["feature", "is_distinguishable", "verdict"]
    curves = [
        result.curves.assign(outcome=name, customers=rows).merge(
            of_found[name][marks], on="feature", validate="many_to_one"
        )
        for name, (result, rows) in found.items()
    ]
    drivers = _concatenated([*of_found.values(), not_found])
    metrics = [
        ("cross_validation", f"{name}_held_out_skill", *result.skill, rows)
        for name, (result, rows) in found.items()
    ]
    why_not = {} if found else {"reason": "; ".join(not_found["verdict"])}
    return Fit(
        "fitted" if found else "insufficient_data",
        params={"seed": seed, **settings, "folds": FOLDS} | why_not,
        metrics=pd.DataFrame(metrics, columns=list(METRIC_COLUMNS)),
        effects=_effects(weights),
        tables=_tables(weights, drivers, _concatenated([*curves, not_found])),
        card=_card(drivers),
        artefact=_artefact(known[KEY], fold, weights),
    )


def score(frame: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Score customers: those of the fit by weights learned on the other folds, others by the mean weights.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per customer with `KEY` and `ENGAGEMENT`; the outcome isn't looked at.
    artefact : mapping
        What `fit` left.

    Returns
    -------
    pandas.DataFrame
        customer_id, fold (0 for a customer whose outcome wasn't in the fit) and engagement_score (0 to 100;
        null where every measure is missing), in the order of the frame.
    """
    keys, seen_keys, folds = comparable_keys(artefact, frame[KEY])
    position = pd.Index(seen_keys).get_indexer(keys)
    fold = np.where(position < 0, NEW_CUSTOMER, np.append(folds, NEW_CUSTOMER)[position])
    return pd.DataFrame(
        {
            KEY: frame[KEY].to_numpy(),
            "fold": fold,
            "engagement_score": _scores(frame, fold, pd.DataFrame(artefact["weights"])),
        }
    )


def _artefact(keys: pd.Series, fold: np.ndarray, weights: pd.DataFrame) -> dict[str, Any]:
    plain = weights.astype(object).to_dict("list")
    return {"keys": keys.to_numpy(), "folds": fold, "weights": plain}


def _effects(weights: pd.DataFrame) -> pd.DataFrame:
    """Return the points that each measure earns at most for a new customer; without an interval."""
    mean = weights[weights["fold"] == NEW_CUSTOMER]
    points = {"feature": mean["measure"], "kind": "engagement_points", "value": mean["weight"].astype(float)}
    return pd.DataFrame(points).reindex(columns=list(EFFECT_COLUMNS))


def _tables(weights: pd.DataFrame, drivers: pd.DataFrame, curves: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {
        "weights": weights[list(WEIGHT_COLUMNS)],
        "drivers": drivers.reindex(columns=list(DRIVER_COLUMNS)),
        "curves": curves.reindex(columns=list(CURVE_COLUMNS)),
    }


def _scores(frame: pd.DataFrame, fold: np.ndarray, weights: pd.DataFrame) -> np.ndarray:
    score = np.full(len(frame), np.nan)
    for number, of_fold in weights.groupby("fold"):
        rows = fold == number
        if rows.any():
            score[rows] = engagement_score(frame[rows], of_fold)
    return score


def _features(known: pd.DataFrame, numeric: list[str], categorical: list[str]) -> pd.DataFrame:
    """Take out the features that have a value; numbers as floats, levels as text."""
    levels = known[categorical].astype(object)
    both = pd.concat([known[numeric].astype(float), levels], axis=1)
    return both[[name for name in both if both[name].notna().any()]]


def _obstacle(features: pd.DataFrame, values: np.ndarray) -> str | None:
    """Say why nothing can be told of an outcome: too few values, all (nearly) the same, or no feature."""
    varied = len(values) - np.unique(values, return_counts=True)[1].max(initial=0)
    if varied < LEAST_EVENTS:
        return (
            f"{len(values)} customers have a value, {varied} of them another than the most frequent; drivers"
            f" need at least {LEAST_EVENTS}"
        )
    return "no feature has a value" if features.empty else None


def _not_estimated(reasons: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "outcome": outcome,
                "feature": NO_FEATURE,
                "position": 1,
                "verdict": f"Not estimated: {reason}.",
            }
            for outcome, reason in reasons.items()
        ]
    )


def _concatenated(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def _drivers(outcome: str, result: Importances, rows: int) -> pd.DataFrame:
    """Mark what can be told from noise; without any skill on held-out rows, nothing can."""
    table = result.table.sort_values("importance", ascending=False, kind="stable", ignore_index=True)
    skill, low, high = result.skill
    # A model that predicts nothing uses nothing, whatever a shuffled column does to its errors.
    is_driver = (table["importance_low"] > 0) & (skill > 0)
    verdict = [
        "Driver: held-out predictions get worse without it."
        if is_told
        else f"Can't be told from noise ({rows:,} customers: an importance of {visible:.3g} would have been"
        f" seen)."
        for is_told, visible in zip(is_driver, table["smallest_detectable_importance"], strict=True)
    ]
    if skill <= 0:
        verdict = [
            f"Can't be told from noise ({rows:,} customers): {OUTCOMES[outcome]} predicts {outcome} no better"
            f" than its mean does; the skill is {max(high, 0):.3g} at most."
        ] * len(table)
    return table.assign(
        outcome=outcome,
        importance_rank=np.arange(1, len(table) + 1),
        is_distinguishable=is_driver,
        held_out_skill=skill,
        held_out_skill_low=low,
        held_out_skill_high=high,
        customers=rows,
        verdict=verdict,
    )


def _card(drivers: pd.DataFrame) -> str:
    lines = ["# Engagement", ""]
    for outcome, basis in OUTCOMES.items():
        of_outcome = drivers[drivers["outcome"] == outcome]
        first = of_outcome.iloc[0]
        if first["feature"] == NO_FEATURE:
            lines.append(f"- {outcome} from {basis}: {first['verdict']}")
            continue
        names = ", ".join(of_outcome.loc[of_outcome["is_distinguishable"], "feature"])
        lines.append(
            f"- {outcome} from {basis}: held-out skill {first['held_out_skill']:.3f}"
            f" ({first['held_out_skill_low']:.3f} to {first['held_out_skill_high']:.3f});"
            f" drivers: {names or 'none that could be told from noise'}."
        )
    return "\n".join(
        [
            *lines,
            "",
            "The score's weights follow how engagement goes with conversion; a customer's are learned on"
            " other customers. Drivers are what predictions rest on, not causes. Importances are of shallow"
            f" boosting on held-out folds, in each of which a feature is shuffled {IMPORTANCE_PERMUTATIONS}"
            " times; their intervals hold what chance that leaves, and allow for folds that share training"
            " rows.",
            "",
        ]
    )


TASK = Task("campaign_engagement", version=5, fit=fit, score=score)
