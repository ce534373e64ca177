"""Conversion: the chance that a customer converts, at the moments at which it can be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bank_marketing.campaigns.columns import (
    CHANNEL,
    CUSTOMER_NUMBERS,
    ENGAGEMENT,
    GENDER,
    KEY,
    SPEND,
    TARGET,
    TYPE,
)
from bank_marketing.campaigns.conversion_card import conversion_card, insufficient_data_card
from bank_marketing.fitting.fits import EFFECT_COLUMNS, ORDER_COLUMN, Fit
from bank_marketing.methods.calibration import apply_calibrator, reliability_curve
from bank_marketing.methods.change_point import find_change
from bank_marketing.methods.cross_fitting import (
    DEPTHS,
    cross_fit,
    cross_validation_metrics,
    forward_metrics,
    scoring_models,
)
from bank_marketing.methods.deciles import assign_deciles, decile_cuts, lift_by_decile
from bank_marketing.methods.effects import permutation_importance, standardised_log_odds
from bank_marketing.methods.metrics import roc_auc_interval
from bank_marketing.methods.propensity import (
    FloatArray,
    IntArray,
    default_candidates,
    fit_propensities,
    predict_propensity,
    prepare_features,
    reason_for_insufficient_data,
)
from bank_marketing.methods.scorecard import in_words
from bank_marketing.methods.typical import describe_population

# Their order decides ties between features.
PLANNED = (GENDER, CHANNEL, TYPE)
KNOWN_BEFORE = (*CUSTOMER_NUMBERS, SPEND)


@dataclass(frozen=True)
class Moment:
    """A moment at which the chance of conversion is asked, and what is known then.

    Parameters
    ----------
    name : str
        As `conversion_scores.moment` has it.
    numeric, categorical : tuple of str
        Features by kind.
    """

    name: str
    numeric: tuple[str, ...]
    categorical: tuple[str, ...]


BEFORE_CONTACT = Moment("before_contact", KNOWN_BEFORE, PLANNED)
IN_CAMPAIGN = Moment("in_campaign", KNOWN_BEFORE + ENGAGEMENT, PLANNED)


def fit_moment(frame: pd.DataFrame, moment: Moment, *, depth: str, seed: int) -> Fit:
    """Fit the chance of conversion, with out-of-fold figures.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per customer: `KEY`, `TARGET` (rows without an outcome are left out), `ORDER_COLUMN` (for the
        forward split alone) and the features of the moment; a feature without any value is left out.
    moment : Moment
        What is known.
    depth : {'quick', 'full'}
        How many folds and resamples.
    seed : int
        Seed of folds, resamples and boosting.

    Returns
    -------
    bank_marketing.fitting.fits.Fit
        The artefact holds the final model, the models of the folds, each customer's fold, the cuts of the
        deciles and what the typical customer is.
    """
    # Sorted by key, since the folds must not depend on the order in which a query returns rows.
    known = frame[frame[TARGET].notna()].sort_values(KEY, ignore_index=True)
    outcome = known[TARGET].to_numpy(dtype=np.int64)
    reason = reason_for_insufficient_data(outcome)
    if reason:
        return Fit(
            "insufficient_data",
            params={"reason": reason, "moment": moment.name},
            card=insufficient_data_card(moment.name, reason),
        )

    numeric, categorical = (
        [name for name in kind if known[name].notna().any()] for kind in (moment.numeric, moment.categorical)
    )
    features = prepare_features(known, numeric, categorical)
    candidates = default_candidates(numeric, categorical, seed)
    settings = DEPTHS[depth]
    crossed = cross_fit(features, outcome, candidates, depth=settings, seed=seed)
    fitted = fit_propensities(features, outcome, candidates, inner_folds=settings.inner_folds, seed=seed)
    final = next(iter(fitted.values()))
    forward, last_outcome, last_probability = forward_metrics(
        features, outcome, known[ORDER_COLUMN], candidates, depth=settings, seed=seed
    )
    scores = crossed.probability[:, 0]
    cuts = decile_cuts(scores)
    crossed_metrics = cross_validation_metrics(outcome, crossed, depth=settings, seed=seed)
    change = _change_along_the_order(known, outcome, scores, seed=seed)
    metrics = pd.concat([part for part in (crossed_metrics, forward) if len(part)], ignore_index=True)
    scorecard = readable_scorecard(fitted["points_scorecard"])
    effects = [
        permutation_importance(features, outcome, crossed, depth=settings, seed=seed),
        standardised_log_odds(final, features),
        _points_as_effects(scorecard),
    ]
    judged = {"cross_validation": (outcome, scores), "forward": (last_outcome, last_probability)}
    calibration = pd.concat(
        [reliability_curve(*part).assign(split=split) for split, part in judged.items() if len(part[0])],
        ignore_index=True,
    )
    lift = lift_by_decile(outcome, scores, cuts)
    params = {
        "moment": moment.name,
        "candidate": final["candidate"],
        "calibration": final["calibration"],
        "log_loss_by_candidate": {name: model["log_loss"] for name, model in fitted.items()},
        "chosen_in_folds": [f"{model['candidate']}, {model['calibration']}" for model in crossed.models],
        "scorecard": scorecard,
        "change_in_file_order": change,
        "lift_groups": list(dict.fromkeys(lift["lift_group"])),
        "features": [*numeric, *categorical],
        "without_values": [name for name in (*moment.numeric, *moment.categorical) if name not in features],
        "seed": seed,
    }
    return Fit(
        "fitted",
        params=params,
        metrics=metrics,
        effects=pd.concat([table for table in effects if len(table)], ignore_index=True),
        calibration=calibration,
        lift=lift,
        card=conversion_card(outcome, metrics, effects[0], calibration, params),
        artefact={
            "final_model": final,
            "fold_models": crossed.models,
            "customer_id": known[KEY].to_numpy(),
            "fold": crossed.fold[:, 0],
            "decile_cuts": cuts,
            "population": describe_population(known, numeric, categorical),
        },
    )


def score_moment(frame: pd.DataFrame, artefact: Mapping[str, Any], moment: Moment) -> pd.DataFrame:
    """Score customers: those of the fit by the model that hasn't seen them, others by the final one.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per customer with `KEY` and the features of the moment; the outcome isn't looked at.
    artefact : mapping
        What `fit_moment` left; empty after a fit with insufficient data.
    moment : Moment
        The moment of that fit.

    Returns
    -------
    pandas.DataFrame
        One row per customer, in the order of the frame: customer_id, moment, conversion_probability, decile,
        is_out_of_fold. All but the first two are null without a model.
    """
    scored = pd.DataFrame({KEY: frame[KEY].to_numpy(), "moment": moment.name})
    probability = np.full(len(frame), np.nan)
    decile = pd.array([pd.NA] * len(frame), dtype="Int64")
    is_out_of_fold = pd.array([pd.NA] * len(frame), dtype="boolean")
    if artefact:
        features = prepare_features(frame, moment.numeric, moment.categorical)
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


def readable_scorecard(model: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return a fitted scorecard as a reader needs it to score a customer by hand.

    Parameters
    ----------
    model : mapping
        The points scorecard of `fit_propensities`.

    Returns
    -------
    dict
        one_point_each (what earns a point, in words), by_points (points, customers of the fit, and the
        calibrated probability, from no point on).
    """
    card = model["models"][0]
    calibrated = apply_calibrator(model["calibrator"], card.probability_)
    return {
        "one_point_each": [in_words(cut) for cut in card.cuts_],
        "by_points": [
            {"points": points, "customers": int(rows), "probability": float(probability)}
            for points, (rows, probability) in enumerate(zip(card.rows_, calibrated, strict=True))
        ],
    }


def _change_along_the_order(
    known: pd.DataFrame, outcome: IntArray, scores: FloatArray, *, seed: int
) -> dict[str, Any] | None:
    """Tell where the rate of conversion changes along the order of arrival, and how scores rank beside it."""
    arrived = np.argsort(known[ORDER_COLUMN].to_numpy(), kind="stable")
    found = find_change(outcome[arrived], seed=seed)
    if not found.is_change or found.position is None:
        return None
    sides = {"before": arrived[: found.position], "after": arrived[found.position :]}
    figures: dict[str, Any] = {}
    for side, rows in sides.items():
        auc = roc_auc_interval(outcome[rows], scores[rows])
        figures[f"roc_auc_{side}"] = (
            None if np.isnan(auc[0]) else [max(auc[1], 0.0), auc[0], min(auc[2], 1.0)]
        )
    return {
        "first_line": int(known[ORDER_COLUMN].iloc[arrived[found.position]]),
        "first_customer": known[KEY].iloc[arrived[found.position]],
        "rows_after": len(sides["after"]),
        "p_value": found.p_value,
        "rate_before": list(found.rate_before),
        "rate_after": list(found.rate_after),
        **figures,
    }


def _points_as_effects(scorecard: Mapping[str, list[Any]]) -> pd.DataFrame:
    """Lay the conditions out among the effects; a point is a choice, not an estimate: no interval."""
    return pd.DataFrame(
        [(words, "scorecard_points", 1.0, np.nan, np.nan) for words in scorecard["one_point_each"]],
        columns=list(EFFECT_COLUMNS),
    )
