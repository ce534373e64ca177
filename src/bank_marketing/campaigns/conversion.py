"""Conversion before contact: the chance that a customer converts, from what is known beforehand."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bank_marketing.campaigns.conversion_card import before_contact_card, too_little_data_card
from bank_marketing.fitting import ORDER_COLUMN, Fit
from bank_marketing.methods.calibration import reliability_curve
from bank_marketing.methods.cross_fitting import (
    DEPTHS,
    cross_fit,
    cross_validation_metrics,
    forward_metrics,
    scoring_models,
)
from bank_marketing.methods.deciles import assign_deciles, decile_cuts, lift_by_decile
from bank_marketing.methods.effects import permutation_importance, standardised_log_odds
from bank_marketing.methods.propensity import (
    default_candidates,
    fit_propensity,
    predict_propensity,
    prepare_features,
    reason_for_too_little_data,
)
from bank_marketing.methods.typical import describe_population

MODEL_NAME = "conversion_before_contact"
MOMENT = "before_contact"
KEY = "customer_id"
TARGET = "has_converted"
NUMERIC = ("age", "income_usd", "loyalty_points", "previous_purchases", "ad_spend_usd")
CATEGORICAL = ("gender", "campaign_channel", "campaign_type")


def fit(frame: pd.DataFrame, *, depth: str, seed: int) -> Fit:
    """Fit the chance of conversion, with out-of-fold figures.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per customer: `KEY`, `TARGET` (rows without an outcome are left out), `ORDER_COLUMN` (for the
        forward split alone), `NUMERIC` and `CATEGORICAL`; a feature without any value is left out.
    depth : {'quick', 'full'}
        How many folds and resamples.
    seed : int
        Seed of folds, resamples and boosting.

    Returns
    -------
    bank_marketing.fitting.Fit
        The artefact holds the final model, the models of the folds, each customer's fold, the cuts of the
        deciles and what the typical customer is.
    """
    # Sorted by key, since the folds must not depend on the order in which a query returns rows.
    known = frame[frame[TARGET].notna()].sort_values(KEY, ignore_index=True)
    outcome = known[TARGET].to_numpy(dtype=np.int64)
    reason = reason_for_too_little_data(outcome)
    if reason:
        return Fit("too_little_data", params={"reason": reason}, card=too_little_data_card(reason))

    numeric, categorical = (
        [name for name in kind if known[name].notna().any()] for kind in (NUMERIC, CATEGORICAL)
    )
    features = prepare_features(known, numeric, categorical)
    candidates = default_candidates(numeric, categorical, seed)
    settings = DEPTHS[depth]
    crossed = cross_fit(features, outcome, candidates, depth=settings, seed=seed)
    final = fit_propensity(features, outcome, candidates, inner_folds=settings.inner_folds, seed=seed)
    forward, last_outcome, last_probability = forward_metrics(
        features, outcome, known[ORDER_COLUMN], candidates, depth=settings, seed=seed
    )
    scores = crossed.probability[:, 0]
    cuts = decile_cuts(scores)
    crossed_metrics = cross_validation_metrics(outcome, crossed, depth=settings, seed=seed)
    metrics = pd.concat([part for part in (crossed_metrics, forward) if len(part)], ignore_index=True)
    effects = [
        permutation_importance(features, outcome, crossed, depth=settings, seed=seed),
        standardised_log_odds(final, features),
    ]
    judged = {"cross_validation": (outcome, scores), "forward": (last_outcome, last_probability)}
    calibration = pd.concat(
        [reliability_curve(*part).assign(split=split) for split, part in judged.items() if len(part[0])],
        ignore_index=True,
    )
    params = {
        "candidate": final["candidate"],
        "calibration": final["calibration"],
        "log_loss_by_candidate": final["log_loss"],
        "chosen_in_folds": [f"{model['candidate']}, {model['calibration']}" for model in crossed.models],
        "features": [*numeric, *categorical],
        "without_values": [name for name in (*NUMERIC, *CATEGORICAL) if name not in features],
        "seed": seed,
    }
    return Fit(
        "fitted",
        params=params,
        metrics=metrics,
        effects=pd.concat([table for table in effects if len(table)], ignore_index=True),
        calibration=calibration,
        lift=lift_by_decile(outcome, scores, cuts),
        card=before_contact_card(outcome, metrics, effects[0], calibration, params),
        artefact={
            "final_model": final,
            "fold_models": crossed.models,
            "customer_id": known[KEY].to_numpy(),
            "fold": crossed.fold[:, 0],
            "decile_cuts": cuts,
            "population": describe_population(known, numeric, categorical),
        },
    )


def score(frame: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Score customers: those of the fit by the model that hasn't seen them, others by the final one.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per customer with `KEY`, `NUMERIC` and `CATEGORICAL`; the outcome isn't looked at.
    artefact : mapping
        What `fit` left; empty after a fit with too little data.

    Returns
    -------
    pandas.DataFrame
        One row per customer, in the order of the frame: customer_id, moment, conversion_probability, decile,
        is_out_of_fold. All but the first two are null without a model.
    """
    scored = pd.DataFrame({KEY: frame[KEY].to_numpy(), "moment": MOMENT})
    probability = np.full(len(frame), np.nan)
    decile = pd.array([pd.NA] * len(frame), dtype="Int64")
    is_out_of_fold = pd.array([pd.NA] * len(frame), dtype="boolean")
    if artefact:
        features = prepare_features(frame, NUMERIC, CATEGORICAL)
        models = scoring_models(
            frame[KEY],
            seen_keys=artefact["customer_id"],
            folds=artefact["fold"],
            fold_models=artefact["fold_models"],
            final_model=artefact["final_model"],
        )
        with threadpool_limits(1):
            for model, rows, was_in_fit in models:
                probability[rows] = predict_propensity(model, features[rows])
                is_out_of_fold[rows] = was_in_fit
        decile = assign_deciles(probability, artefact["decile_cuts"])
    return scored.assign(
        conversion_probability=probability, decile=decile, is_out_of_fold=is_out_of_fold
    ).astype({"moment": "string"})
