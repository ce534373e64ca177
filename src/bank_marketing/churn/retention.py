"""Retention: who leaves, by a Cox model whose risk score is mapped to a probability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.churn.retention_card import retention_card, too_little_data_card
from bank_marketing.fitting import METRIC_COLUMNS, Fit
from bank_marketing.methods import drift
from bank_marketing.methods.calibration import reliability_curve
from bank_marketing.methods.cross_fitting import DEPTHS, CrossFit, cross_validation_metrics, scoring_models
from bank_marketing.methods.deciles import assign_deciles, decile_cuts, lift_by_decile
from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.intervals import Z, fold_interval, row_mean_interval
from bank_marketing.methods.logistic import LogisticCurve, fit_logistic_curve
from bank_marketing.methods.metrics import roc_auc
from bank_marketing.methods.survival import CoxModel, brier_losses, concordance_index, fit_cox
from bank_marketing.methods.typical import describe_population

MODEL_NAME = "retention"
KEY = "customer_id"
SPLIT = "cross_validation"
# With fewer customers of either kind the folds hold too few to learn some 20 hazard ratios from.
LEAST_OF_A_KIND = 50
# A zero duration means "less than a year"; Cox needs a time above 0.
ZERO_TENURE_YEARS = 0.5
YEARS_AHEAD = 10.0
BRIER_YEARS = np.arange(1.0, 11.0)
# Keeps hazard ratios of rare terms finite; on some 8,000 rows it moves the others by less than a hundredth.
PENALIZER = 0.001
# What the terms are made of; without one of them nobody is scored.
NUMERIC = ("age_years", "products", "balance")
CATEGORICAL = ("country", "gender", "is_active")
TRAITS = [*NUMERIC, *CATEGORICAL]
AGE_BANDS = ((35, 39), (40, 44), (45, 49), (50, 64), (65, 69), (70, 120))


@dataclass(frozen=True)
class RetentionModel:
    """A Cox model with the curve that maps its risk score to the probability of having left.

    Parameters
    ----------
    cox : CoxModel
        Who leaves sooner, and how survival goes on from a given tenure.
    calibration : LogisticCurve
        From the risk score to a probability.
    """

    cox: CoxModel
    calibration: LogisticCurve

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> RetentionModel:
        """Build a model from what `dataclasses.asdict` made of it.

        Parameters
        ----------
        plain : mapping of str to any
            cox and calibration, each a mapping of its fields.

        Returns
        -------
        RetentionModel
            The model.
        """
        return cls(CoxModel(**plain["cox"]), LogisticCurve(**plain["calibration"]))

    def probability(self, terms: pd.DataFrame) -> np.ndarray:
        """Return the probability of having left, whatever the tenure.

        Parameters
        ----------
        terms : DataFrame of shape (n, n_terms)
            What `retention_terms` returns.

        Returns
        -------
        ndarray of shape (n,)
            Probabilities.
        """
        return self.calibration.probability(self.cox.risk_score(terms))


def retention_terms(features: pd.DataFrame, countries: list[str]) -> pd.DataFrame:
    """Return the terms of the Cox model: each 0 or 1, its coefficient a log hazard ratio.

    Everybody is compared with an active man under 35 from the first country, with one product and a balance.

    Parameters
    ----------
    features : DataFrame of shape (n, ...)
        Columns `TRAITS`, none missing.
    countries : list of str
        Countries known at the fit, the largest first; other countries count as the first one.

    Returns
    -------
    DataFrame of shape (n, n_terms)
        The terms, the same index.
    """
    age, products = features["age_years"], features["products"]
    is_inactive, has_no_balance = ~features["is_active"].astype(bool), features["balance"] == 0
    terms = {"is_female": features["gender"] == "Female"}
    for country in countries[1:]:
        terms[f"country_{country.lower()}"] = features["country"] == country
    for youngest, oldest in AGE_BANDS:
        terms[f"age_{youngest}_to_{oldest}"] = age.between(youngest, oldest)
    terms |= {
        "is_inactive": is_inactive,
        "is_inactive_aged_50_to_69": is_inactive & age.between(50, 69),
        "products_2": products == 2,
        "products_3": products == 3,
        "products_4_or_more": products >= 4,
        "products_2_aged_45_or_more": (products == 2) & (age >= 45),
        "has_no_balance": has_no_balance,
        "has_no_balance_and_products_2": has_no_balance & (products == 2),
    }
    for country in countries[1:]:
        terms[f"country_{country.lower()}_and_products_2"] = terms[f"country_{country.lower()}"] & (
            products == 2
        )
    return pd.DataFrame(terms, index=features.index).astype(float)


def durations_in_years(features: pd.DataFrame) -> np.ndarray:
    """Return tenure as durations above 0: a tenure of zero whole years counts as half a year.

    Parameters
    ----------
    features : DataFrame of shape (n, ...)
        Column tenure_years.

    Returns
    -------
    ndarray of shape (n,)
        Durations in years.
    """
    tenure = features["tenure_years"].to_numpy(dtype=float, na_value=np.nan)
    return np.where(tenure == 0, ZERO_TENURE_YEARS, tenure)


def fit_model(
    terms: pd.DataFrame, durations: np.ndarray, events: np.ndarray, folds: np.ndarray
) -> RetentionModel:
    """Fit the Cox model on all rows, and the calibration on risk scores from models that hadn't seen the row.

    Parameters
    ----------
    terms : DataFrame of shape (n, n_terms)
        What `retention_terms` returns.
    durations, events : ndarray of shape (n,)
        Years as a customer; whether the customer has left.
    folds : ndarray of int, shape (n,)
        Fold of each row.

    Returns
    -------
    RetentionModel
        The fitted model.
    """
    scores = np.empty(len(terms))
    for fold in np.unique(folds):
        held_out = folds == fold
        cox = fit_cox(terms[~held_out], durations[~held_out], events[~held_out], penalizer=PENALIZER)
        scores[held_out] = cox.risk_score(terms[held_out])
    cox = fit_cox(terms, durations, events, penalizer=PENALIZER)
    return RetentionModel(cox, fit_logistic_curve(scores, events))


def fit(features: pd.DataFrame, *, depth: str, seed: int) -> Fit:
    """Fit the retention model and measure it on customers that it hadn't seen.

    Parameters
    ----------
    features : DataFrame
        Rows of `features_retention`, one a customer. Those with a missing trait, tenure or outcome are left
        out.
    depth : {'quick', 'full'}
        Resamples behind the interval of the calibration error; folds are drawn once at either depth.
    seed : int
        Draws the folds and the resamples.

    Returns
    -------
    Fit
        With the status 'too_little_data' if fewer than 50 customers have left or fewer than 50 have stayed,
        or if the customers of some part that a model is fitted on are all alike in the terms.
    """
    reference = drift.reference(features[[*TRAITS, "tenure_years"]])
    is_complete = features[[*TRAITS, "tenure_years", "has_exited"]].notna().all(axis=1)
    incomplete = int((~is_complete).sum())
    features = features[is_complete].sort_values("customer_id", ignore_index=True)
    events = features["has_exited"].to_numpy(dtype=int)
    if min(events.sum(), len(events) - events.sum()) < LEAST_OF_A_KIND:
        return _too_little_data(
            f"{events.sum()} of {len(events)} customers have left; a model needs {LEAST_OF_A_KIND} who have"
            f" left and {LEAST_OF_A_KIND} who have stayed."
        )

    countries = (
        features["country"]
        .value_counts()
        .sort_index()
        .sort_values(ascending=False, kind="stable")
        .index.tolist()
    )
    settings = replace(DEPTHS[depth], repeats=1)
    terms, durations = retention_terms(features, countries), durations_in_years(features)
    folds = stratified_folds(events, settings.folds, seed=seed)
    if not _customers_differ_in_every_part(terms, folds):
        return _too_little_data(
            "customers hardly differ in country, gender, age, products, balance and activity: without two of"
            f" the {settings.folds} folds the rest are all alike."
        )
    fold_models = [
        fit_model(terms[folds != fold], durations[folds != fold], events[folds != fold], folds[folds != fold])
        for fold in range(settings.folds)
    ]
    model = fit_model(terms, durations, events, folds)

    probability = np.empty(len(events))
    for fold, fold_model in enumerate(fold_models):
        probability[folds == fold] = fold_model.probability(terms[folds == fold])
    cuts = decile_cuts(probability)
    crossed = CrossFit(
        probability[:, None], folds[:, None], models=[asdict(fold_model) for fold_model in fold_models]
    )
    metrics = pd.concat(
        [
            _survival_metrics(fold_models, terms, durations, events, folds),
            cross_validation_metrics(events, crossed, depth=settings, seed=seed),
        ],
        ignore_index=True,
    )
    params = {
        "seed": seed,
        "folds": settings.folds,
        "penalizer": PENALIZER,
        "countries": countries,
        "zero_tenure_years": ZERO_TENURE_YEARS,
        "zero_tenure_share": float((features["tenure_years"] == 0).mean()),
        "tenure_roc_auc": roc_auc(events, durations),
        "mean_hazard": model.cox.mean_hazard,
        "late_hazard": model.cox.late_hazard,
        "incomplete_customers": incomplete,
    }
    return Fit(
        status="fitted",
        params=params,
        metrics=metrics,
        effects=hazard_ratios(model.cox),
        calibration=reliability_curve(events, probability).assign(split=SPLIT),
        lift=lift_by_decile(events, probability, cuts),
        card=retention_card(events, metrics, params),
        artefact={
            "countries": countries,
            "model": asdict(model),
            "fold_models": crossed.models,
            "customer_ids": features["customer_id"].to_numpy(dtype="int64"),
            "folds": folds,
            "decile_cuts": cuts,
            "reference": reference,
            "population": describe_population(features, NUMERIC, CATEGORICAL),
        },
    )


def score(features: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Score churn customers by a stored fit.

    Parameters
    ----------
    features : DataFrame
        Rows of `features_retention`; `has_exited` may be null or absent where it isn't known.
    artefact : mapping of str to any
        What `fit` left for scoring; empty if there was too little data.

    Returns
    -------
    DataFrame
        customer_id, churn_probability, decile (1 is the highest risk), expected_remaining_years (within ten
        years; null for customers who have left) and is_out_of_fold (the customer was used in the fit, and the
        score is from the model that hadn't seen them). All but the first are null if there was too little
        data or a trait of the customer is missing, expected_remaining_years also where the tenure is.
    """
    scores = pd.DataFrame({"customer_id": features["customer_id"].to_numpy()})
    probability, remaining = np.full(len(scores), np.nan), np.full(len(scores), np.nan)
    decile = pd.array([pd.NA] * len(scores), dtype="Int64")
    is_out_of_fold = pd.array([pd.NA] * len(scores), dtype="boolean")
    if artefact:
        models = scoring_models(
            features["customer_id"],
            seen_keys=artefact["customer_ids"],
            folds=artefact["folds"],
            fold_models=artefact["fold_models"],
            final_model=artefact["model"],
        )
        has_traits = features[TRAITS].notna().all(axis=1).to_numpy()
        for plain, of_model, was_in_fit in models:
            rows, model = of_model & has_traits, RetentionModel.from_plain(plain)
            terms = retention_terms(features[rows], artefact["countries"])
            elapsed = durations_in_years(features[rows])
            probability[rows] = model.probability(terms)
            remaining[rows] = model.cox.expected_time_ahead(terms, elapsed, YEARS_AHEAD)
            is_out_of_fold[rows] = was_in_fit
        decile = assign_deciles(probability, artefact["decile_cuts"])
    if "has_exited" in features:
        remaining[features["has_exited"].fillna(False).to_numpy(dtype=bool)] = np.nan
    return scores.assign(
        churn_probability=probability,
        decile=decile,
        expected_remaining_years=remaining,
        is_out_of_fold=is_out_of_fold,
    )


def hazard_ratios(cox: CoxModel) -> pd.DataFrame:
    """Return the hazard ratio of each term with its 95 % interval, for the table of effects.

    Parameters
    ----------
    cox : CoxModel
        The fitted model.

    Returns
    -------
    DataFrame
        Columns feature, kind ('hazard_ratio'), value, value_low, value_high; a term that was constant has the
        ratio 1 and no interval.
    """
    half = Z * cox.standard_errors
    return pd.DataFrame(
        {
            "feature": cox.terms,
            "kind": "hazard_ratio",
            "value": np.exp(cox.coefficients),
            "value_low": np.exp(cox.coefficients - half),
            "value_high": np.exp(cox.coefficients + half),
        }
    )


def _customers_differ_in_every_part(terms: pd.DataFrame, folds: np.ndarray) -> bool:
    """Tell whether some term varies in each part that a Cox model is fitted on.

    The smallest parts leave two folds out: one to be scored, another for the calibration.
    """
    return all(
        (terms[~np.isin(folds, pair)].nunique() > 1).any() for pair in combinations(np.unique(folds), 2)
    )


def _survival_metrics(
    fold_models: list[RetentionModel],
    terms: pd.DataFrame,
    durations: np.ndarray,
    events: np.ndarray,
    folds: np.ndarray,
) -> pd.DataFrame:
    concordance, losses = [], np.empty(len(events))
    for fold, model in enumerate(fold_models):
        out, used = folds == fold, folds != fold
        concordance.append(concordance_index(durations[out], model.cox.risk_score(terms[out]), events[out]))
        losses[out] = brier_losses(
            model.cox.survival(terms[out], BRIER_YEARS),
            BRIER_YEARS,
            durations[out],
            events[out],
            training_durations=durations[used],
            training_events=events[used],
        )
    rows = [
        (SPLIT, "concordance_index", *fold_interval(concordance, 1 / (len(fold_models) - 1)), len(events)),
        (SPLIT, "integrated_brier_score", *row_mean_interval(losses), len(events)),
    ]
    return pd.DataFrame(rows, columns=list(METRIC_COLUMNS))


def _too_little_data(reason: str) -> Fit:
    return Fit(status="too_little_data", params={"reason": reason}, card=too_little_data_card(reason))
