"""Retention: who has left, by the best classifier, and how long others stay, by the best survival model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.churn.retention_card import insufficient_data_card, retention_card
from bank_marketing.churn.retention_effects import driver_ratios, proportional_hazards
from bank_marketing.churn.retention_probability import probability_candidates, probability_depth
from bank_marketing.churn.retention_stability import resampled_models
from bank_marketing.churn.retention_survival import (
    PENALIZER,
    compare_survival_models,
    concordance_of_probability,
    survival_calibration,
    survival_candidates,
    survival_design,
)
from bank_marketing.churn.retention_terms import (
    CATEGORICAL,
    NUMERIC,
    TRAITS,
    ZERO_TENURE_YEARS,
    durations_in_years,
    known_countries,
    retention_numbers,
    retention_terms,
    without_columns,
)
from bank_marketing.errors import UserError
from bank_marketing.fitting.fits import ORDER_COLUMN, Fit, Task
from bank_marketing.fitting.recipe import fit_classifier, models_by_row, score_classifier
from bank_marketing.fitting.trait_costs import classifier_trait_costs
from bank_marketing.methods import drift
from bank_marketing.methods.depths import Depth
from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.leaks import LEAK_ROC_AUC, single_feature_roc_auc
from bank_marketing.methods.metrics import roc_auc
from bank_marketing.methods.survival import NothingToFitError, lifelines_cox, plain_cox
from bank_marketing.methods.survival_models import from_plain, to_plain

KEY = "customer_id"
TARGET = "has_exited"
DURATION = "tenure_years"
# With fewer customers of either kind the folds hold too few to learn some 20 hazard ratios from.
LEAST_OF_A_KIND = 50
YEARS_AHEAD = 10.0
SURVIVAL_CANDIDATES = ("cox", "two_stage")
SLOW_SURVIVAL_CANDIDATES = ("hazard_boosting", "weibull")
# What a tenure of zero may stand for as well.
OTHER_ZERO_YEARS = (0.25, 0.75)


def fit(features: pd.DataFrame, *, depth: str, seed: int) -> Fit:
    """Fit the retention models and measure them on customers that they hadn't seen.

    Parameters
    ----------
    features : DataFrame
        Rows of `features_retention`, one a customer. Those with a missing trait, tenure or outcome are left
        out.
    depth : {'quick', 'full'}
        Which candidates compete, repeats of the cross-validation and resamples.
    seed : int
        Draws folds and resamples, and seeds the trees.

    Returns
    -------
    Fit
        With the status 'insufficient_data' if fewer than 50 customers have left or fewer than 50 have stayed,
        or if the terms of all customers of some fold's training set are alike.

    Raises
    ------
    UserError
        If a column by itself tells the outcome as nothing does that is known beforehand.
    """
    is_complete = features[[*TRAITS, DURATION, TARGET]].notna().all(axis=1)
    known = features[is_complete].sort_values(KEY, ignore_index=True)
    events = known[TARGET].to_numpy(dtype=int)
    if min(events.sum(), len(events) - events.sum()) < LEAST_OF_A_KIND:
        return _insufficient_data(
            f"{events.sum()} of {len(events)} customers have left; a model needs {LEAST_OF_A_KIND} who have"
            f" left and {LEAST_OF_A_KIND} who have stayed."
        )
    alone = refuse_leaks(known, events, seed=seed)

    settings = probability_depth(depth)
    candidates = probability_candidates(seed)
    countries = known_countries(known)
    numbers = retention_numbers(known, countries)
    design, durations = survival_design(known, countries), durations_in_years(known)
    folds = stratified_folds(events, settings.folds, seed=seed)
    terms = list(retention_terms(known.head(0), countries))
    if not all((design.loc[folds != fold, terms].nunique() > 1).any() for fold in np.unique(folds)):
        return _insufficient_data(
            "customers hardly differ in country, gender, age, products, balance and activity: without one of"
            f" the {settings.folds} folds the rest are all alike."
        )
    fitted = fit_classifier(
        known,
        numbers,
        events,
        candidates,
        key=KEY,
        traits=(NUMERIC, CATEGORICAL),
        depth=settings,
        seed=seed,
    )
    costs = classifier_trait_costs(
        lambda names: (without_columns(numbers, names), candidates),
        TRAITS,
        events,
        fitted.crossed,
        depth=settings,
    )
    names = SURVIVAL_CANDIDATES + (SLOW_SURVIVAL_CANDIDATES if settings.has_slow_candidates else ())
    fitters = survival_candidates(known, countries, names=names, seed=seed, folds=settings.inner_folds)
    compared = compare_survival_models(fitters, design, durations, events, folds)
    survival = fitters[compared.winner](design, durations, events)
    resampled = resampled_models(
        fitters[compared.winner], design, durations, events, resamples=settings.list_resamples, seed=seed
    )
    fitter, frame = lifelines_cox(design[terms], durations, events, penalizer=PENALIZER)
    metrics = pd.concat(
        [
            part
            for part in (
                compared.metrics,
                concordance_of_probability(durations, fitted.probability, events),
                _zero_tenure_metrics(known, countries, design, events, folds, seed=seed, depth=settings),
                fitted.metrics,
            )
            if len(part)
        ],
        ignore_index=True,
    )
    by_year = survival_calibration(compared.survival, durations, events)
    params = fitted.params | {
        "folds": settings.folds,
        "survival_model": compared.winner,
        "survival_cells_outside": _cells_outside(by_year),
        "survival_cells": len(by_year),
        "proportional_hazards": proportional_hazards(fitter, frame),
        "roc_auc_of_single_features": alone,
        "countries": countries,
        "zero_tenure_years": ZERO_TENURE_YEARS,
        "zero_tenure_share": float((known[DURATION] == 0).mean()),
        "tenure_roc_auc": roc_auc(events, durations),
        "incomplete_customers": int((~is_complete).sum()),
    }
    return Fit(
        status="fitted",
        params=params,
        metrics=metrics,
        effects=driver_ratios(design[terms], plain_cox(fitter, design[terms]), events),
        calibration=pd.concat([fitted.calibration, by_year], ignore_index=True),
        lift=fitted.lift,
        tables={"trait_costs": costs},
        card=retention_card(events, metrics, by_year, params),
        artefact=fitted.artefact
        | {
            "countries": countries,
            "survival_model": to_plain(survival),
            "fold_survival_models": [to_plain(model) for model in compared.fold_models],
            "resampled_survival_models": resampled,
            "reference": drift.reference(features[[*TRAITS, DURATION]]),
        },
    )


def score(features: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Score churn customers by a stored fit.

    Parameters
    ----------
    features : DataFrame
        Rows of `features_retention`; `has_exited` may be null or absent where it isn't known.
    artefact : mapping of str to any
        What `fit` left for scoring; empty if there was insufficient data.

    Returns
    -------
    DataFrame
        customer_id, churn_probability, decile (1 is the highest risk), expected_remaining_years (within ten
        years; null for customers who have left) and is_out_of_fold (the customer was used in the fit, and the
        score is from models that hadn't seen them). All but the first are null if there was too little
        data or a trait of the customer is missing, expected_remaining_years also where the tenure is.
    """
    features = features.reset_index(drop=True)
    has_traits = features[TRAITS].notna().all(axis=1)
    some = features[has_traits]
    countries = artefact.get("countries", [])
    scores = score_classifier(some[KEY], retention_numbers(some, countries), artefact).reindex(features.index)
    remaining = np.full(len(features), np.nan)
    models = models_by_row(artefact, features[KEY], kind="survival_") if artefact else []
    for plain, of_model, _ in models:
        rows = of_model & has_traits.to_numpy()
        if rows.any():
            remaining[rows] = from_plain(plain).expected_time_ahead(
                survival_design(features[rows], countries), durations_in_years(features[rows]), YEARS_AHEAD
            )
    if TARGET in features:
        remaining[features[TARGET].fillna(False).to_numpy(dtype=bool)] = np.nan
    return pd.DataFrame(
        {
            KEY: features[KEY],
            "churn_probability": scores["probability"],
            "decile": scores["decile"],
            "expected_remaining_years": remaining,
            "is_out_of_fold": scores["is_out_of_fold"],
        }
    )


def refuse_leaks(known: pd.DataFrame, events: np.ndarray, *, seed: int) -> dict[str, float]:
    """Refuse features of which one tells the outcome by itself, such as `Complain` in this file.

    Parameters
    ----------
    known : DataFrame
        Rows of `features_retention` with a known outcome.
    events : ndarray of shape (n,)
        1 for a customer who has left.
    seed : int
        Draws the folds.

    Returns
    -------
    dict of str to float
        Held-out ROC-AUC by feature, the highest first.

    Raises
    ------
    UserError
        If one reaches 0.95.
    """
    # The duration is no feature: for those who have left it ends with the exit.
    looked_at = [name for name in known if name not in (KEY, TARGET, DURATION, ORDER_COLUMN)]
    alone = single_feature_roc_auc(known, events, features=looked_at, seed=seed)
    leaks = alone[alone >= LEAK_ROC_AUC]
    if len(leaks):
        said = ", ".join(f"{name} (held-out ROC-AUC {value:.3f})" for name, value in leaks.items())
        raise UserError(
            f"features_retention: {said} tells by itself who has left; what is known beforehand stays below"
            f" {LEAK_ROC_AUC}. It was recorded with the exit or after it: take it out of"
            " models/churn/features/features_retention.sql."
        )
    return {str(name): float(value) for name, value in alone.items()}


def _zero_tenure_metrics(
    known: pd.DataFrame,
    countries: list[str],
    design: pd.DataFrame,
    events: np.ndarray,
    folds: np.ndarray,
    *,
    seed: int,
    depth: Depth,
) -> pd.DataFrame:
    """Tell what the figures become if a tenure of zero stands for another part of a year.

    By the Weibull model: the others see only the order of durations, which stays the same.
    """
    if not depth.has_slow_candidates or not (known[DURATION] == 0).any():
        return pd.DataFrame()
    fitters = survival_candidates(known, countries, names=["weibull"], seed=seed)
    parts = []
    for zero_years in OTHER_ZERO_YEARS:
        durations = durations_in_years(known, zero_years=zero_years)
        try:
            metrics = compare_survival_models(fitters, design, durations, events, folds).metrics
        except NothingToFitError:
            return pd.DataFrame()
        of_model = metrics[metrics["metric"].str.endswith("_of_weibull")]
        parts.append(of_model.assign(metric=of_model["metric"] + f"_zero_tenure_as_{zero_years}_years"))
    return pd.concat(parts, ignore_index=True)


def _cells_outside(by_year: pd.DataFrame) -> list[str]:
    """Name the groups and years whose predicted share lies outside the interval of the observed one."""
    outside = by_year[
        (by_year["predicted"] < by_year["observed_low"]) | (by_year["predicted"] > by_year["observed_high"])
    ]
    return [f"{row.split.removeprefix('survival_')}, risk group {row.bin}" for row in outside.itertuples()]


def _insufficient_data(reason: str) -> Fit:
    return Fit(status="insufficient_data", params={"reason": reason}, card=insufficient_data_card(reason))


TASK = Task("retention", version=7, fit=fit, score=score)
