"""The recipe of all classifiers: cross-fitting, forward split, calibration, lift, and what scoring needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bank_marketing.fitting.fits import ORDER_COLUMN
from bank_marketing.fitting.sealed_keys import comparable_keys
from bank_marketing.methods.calibration import reliability_curve
from bank_marketing.methods.cross_fitting import (
    CrossFit,
    cross_fit,
    cross_validation_metrics,
    forward_metrics,
    scoring_models,
)
from bank_marketing.methods.deciles import assign_deciles, decile_cuts, lift_by_decile
from bank_marketing.methods.depths import Depth
from bank_marketing.methods.propensity import (
    Candidates,
    FloatArray,
    IntArray,
    choose_propensities,
    fit_candidates,
    predict_propensity,
)
from bank_marketing.methods.typical import describe_population


@dataclass(frozen=True)
class FittedClassifier:
    """A classifier, with what was measured on rows that it hadn't seen.

    Parameters
    ----------
    candidates : dict of str to dict
        What `choose_propensities` returns, fitted on all rows; the first is the model.
    crossed : CrossFit
        Models of the folds and their predictions.
    metrics, calibration, lift : pandas.DataFrame
        As a `Fit` holds them; splits 'cross_validation' and, where there are rows enough, 'forward'.
    params : dict
        candidate and calibration that were chosen, in each fold, too; log loss of all candidates; lift_groups
        and seed.
    artefact : dict
        final_model, fold_models, keys and folds (of the rows of the fit), decile_cuts and population
        (`describe_population`): all that `score_classifier` needs.
    """

    candidates: dict[str, dict[str, Any]]
    crossed: CrossFit
    metrics: pd.DataFrame
    calibration: pd.DataFrame
    lift: pd.DataFrame
    params: dict[str, Any]
    artefact: dict[str, Any]

    @property
    def model(self) -> dict[str, Any]:
        """Return the chosen candidate, fitted on all rows."""
        return next(iter(self.candidates.values()))

    @property
    def probability(self) -> FloatArray:
        """Return the out-of-fold probabilities that customers of the fit are scored with."""
        return self.crossed.probability[:, 0]


def fit_classifier(
    known: pd.DataFrame,
    features: pd.DataFrame,
    outcome: IntArray,
    candidates: Candidates,
    *,
    key: str,
    traits: tuple[Sequence[str], Sequence[str]],
    depth: Depth,
    seed: int,
) -> FittedClassifier:
    """Choose and fit a classifier, and measure it on rows that it hadn't seen.

    Parameters
    ----------
    known : pandas.DataFrame of shape (rows, ...)
        Rows with a known outcome, sorted by key, since folds must not depend on the order in which a query
        returns rows: key, traits and `ORDER_COLUMN` (for the forward split alone).
    features : pandas.DataFrame of shape (rows, features)
        What the candidates see of them.
    outcome : numpy.ndarray of shape (rows,)
        0 or 1, of both enough (`reason_for_insufficient_data`).
    candidates
        As for `fit_propensities`.
    key : str
        Column that names the customer.
    traits : tuple of two sequences of str
        Numeric and categorical columns of `known` that the features are made of.
    depth : Depth
        How much is computed.
    seed : int
        Seed of folds, resamples and candidates.

    Returns
    -------
    FittedClassifier
        Candidate and calibration are chosen anew in each fold, so that the metrics pay for the choice.
    """
    crossed = cross_fit(features, outcome, candidates, depth=depth, seed=seed)
    whole = fit_candidates(candidates, features, outcome)
    fitted = choose_propensities(crossed.held_out, outcome, crossed.fold[:, 0], whole)
    final = next(iter(fitted.values()))
    forward, last_outcome, last_probability = forward_metrics(
        features, outcome, known[ORDER_COLUMN], candidates, depth=depth, seed=seed
    )
    scores = crossed.probability[:, 0]
    cuts = decile_cuts(scores)
    metrics = [cross_validation_metrics(outcome, crossed, depth=depth, seed=seed), forward]
    judged = {"cross_validation": (outcome, scores), "forward": (last_outcome, last_probability)}
    curves = [reliability_curve(*part).assign(split=split) for split, part in judged.items() if len(part[0])]
    lift = lift_by_decile(outcome, scores, cuts)
    return FittedClassifier(
        candidates=fitted,
        crossed=crossed,
        metrics=pd.concat([part for part in metrics if len(part)], ignore_index=True),
        calibration=pd.concat(curves, ignore_index=True),
        lift=lift,
        params={
            "candidate": final["candidate"],
            "calibration": final["calibration"],
            "log_loss_by_candidate": {name: model["log_loss"] for name, model in fitted.items()},
            "chosen_in_folds": [f"{model['candidate']}, {model['calibration']}" for model in crossed.models],
            "lift_groups": list(dict.fromkeys(lift["lift_group"])),
            "seed": seed,
        },
        artefact={
            "final_model": final,
            "fold_models": crossed.models,
            "keys": known[key].to_numpy(),
            "folds": crossed.fold[:, 0],
            "decile_cuts": cuts,
            "population": describe_population(known, *traits),
        },
    )


def models_by_row(
    artefact: Mapping[str, Any], keys: npt.ArrayLike, *, kind: Literal["", "survival_"] = ""
) -> list[tuple[Any, npt.NDArray[np.bool_], bool]]:
    """Tell which model of an artefact scores which rows.

    Parameters
    ----------
    artefact : mapping
        What `fit_classifier` left, perhaps with models of another kind beside the classifiers: fold_models
        and final_model, of kind 'survival_' fold_survival_models and survival_model.
    keys : array_like of shape (rows,)
        Keys of the rows to score.
    kind : {'', 'survival_'}
        Which models.

    Returns
    -------
    list of tuple of (model, numpy.ndarray of bool, shape (rows,), bool)
        As `scoring_models` returns them.
    """
    keys, seen_keys, folds = comparable_keys(artefact, keys)
    return scoring_models(
        keys,
        seen_keys=seen_keys,
        folds=folds,
        fold_models=artefact[f"fold_{kind}models"],
        final_model=artefact[f"{kind}model" if kind else "final_model"],
    )


def score_classifier(keys: pd.Series, features: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Score customers: those of the fit by the model that hasn't seen them, others by the final one.

    Parameters
    ----------
    keys : pandas.Series of shape (rows,)
        Who they are.
    features : pandas.DataFrame of shape (rows, features)
        What the candidates see of them, as at the fit.
    artefact : mapping
        What `fit_classifier` left; empty after a fit with insufficient data.

    Returns
    -------
    pandas.DataFrame
        probability, decile and is_out_of_fold with the index of the features; all null without a model.
    """
    probability = np.full(len(features), np.nan)
    decile = pd.array([pd.NA] * len(features), dtype="Int64")
    is_out_of_fold = pd.array([pd.NA] * len(features), dtype="boolean")
    if artefact:
        with threadpool_limits(1):
            for model, rows, was_in_fit in models_by_row(artefact, keys):
                probability[rows] = predict_propensity(model, features[rows])
                is_out_of_fold[rows] = was_in_fit
        decile = assign_deciles(probability, artefact["decile_cuts"])
    return pd.DataFrame(
        {"probability": probability, "decile": decile, "is_out_of_fold": is_out_of_fold},
        index=features.index,
    )
