"""Classifiers: a yes or no of customers, predicted from columns of their features model.

A task says which columns and in which words; the rest is the same for all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.fitting.classifier_card import classifier_card, insufficient_data_card
from bank_marketing.fitting.fits import EFFECT_COLUMNS, ORDER_COLUMN, Fit
from bank_marketing.fitting.recipe import FittedClassifier, fit_classifier, score_classifier
from bank_marketing.fitting.trait_costs import Without, classifier_trait_costs
from bank_marketing.methods.calibration import apply_calibrator
from bank_marketing.methods.change_point import find_change
from bank_marketing.methods.depths import DEPTHS, Depth
from bank_marketing.methods.effects import permutation_importance, standardised_log_odds
from bank_marketing.methods.metrics import roc_auc_interval
from bank_marketing.methods.propensity import (
    Candidates,
    FloatArray,
    IntArray,
    default_candidates,
    prepare_features,
    reason_for_insufficient_data,
)
from bank_marketing.methods.scorecard import in_words


@dataclass(frozen=True)
class Classifier:
    """A yes or no of customers.

    Parameters
    ----------
    title, use : str
        Heading of the model card, and what the model is for and what it isn't, in Markdown.
    happened : str
        What a yes is, as in 'customers who converted'.
    key, target : str
        Columns that name the customer and hold the outcome.
    numeric, categorical : tuple of str
        Columns of what is known of a customer. Their order decides ties between features.
    """

    title: str
    use: str
    happened: str
    key: str
    target: str
    numeric: tuple[str, ...]
    categorical: tuple[str, ...]

    def fit(self, frame: pd.DataFrame, *, depth: str, seed: int) -> Fit:
        """Fit the probability of a yes, with out-of-fold metrics.

        Parameters
        ----------
        frame : pandas.DataFrame
            One row per customer: key, target (rows without an outcome are left out), `ORDER_COLUMN` (for the
            forward split alone) and the features; a feature without any value is left out.
        depth : {'quick', 'full'}
            How much is computed.
        seed : int
            Seed of folds, resamples and boosting.

        Returns
        -------
        Fit
            The artefact is that of `fit_classifier`.
        """
        known = frame[frame[self.target].notna()].sort_values(self.key, ignore_index=True)
        outcome = known[self.target].to_numpy(dtype=np.int64)
        reason = reason_for_insufficient_data(outcome)
        if reason:
            card = insufficient_data_card(self.title, self.use, reason)
            return Fit("insufficient_data", params={"reason": reason}, card=card)
        numeric, categorical = (
            [name for name in kind if known[name].notna().any()] for kind in (self.numeric, self.categorical)
        )
        features = prepare_features(known, numeric, categorical)
        fitted = fit_classifier(
            known,
            features,
            outcome,
            default_candidates(numeric, categorical, seed),
            key=self.key,
            traits=(numeric, categorical),
            depth=DEPTHS[depth],
            seed=seed,
        )
        scorecard = readable_scorecard(fitted.candidates["points_scorecard"])
        effects = _effects(features, outcome, fitted, scorecard, depth=DEPTHS[depth], seed=seed)
        without = _refitted_without(known, numeric, categorical, seed)
        costs = classifier_trait_costs(
            without, [*numeric, *categorical], outcome, fitted.crossed, depth=DEPTHS[depth]
        )
        params = fitted.params | {
            "scorecard": scorecard,
            "change_in_file_order": _change_along_the_order(
                known, self.key, outcome, fitted.probability, seed=seed
            ),
            "features": [*numeric, *categorical],
            "without_values": [name for name in (*self.numeric, *self.categorical) if name not in features],
        }
        return Fit(
            "fitted",
            params=params,
            metrics=fitted.metrics,
            effects=effects,
            calibration=fitted.calibration,
            lift=fitted.lift,
            tables={"trait_costs": costs},
            card=classifier_card(
                self.title, self.use, self.happened, self.key, outcome, fitted, effects, params
            ),
            artefact=fitted.artefact,
        )

    def score(self, frame: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
        """Score customers: those of the fit by the model that hasn't seen them, others by the final one.

        Parameters
        ----------
        frame : pandas.DataFrame
            One row per customer with key and features; the outcome isn't looked at.
        artefact : mapping
            What `fit` left; empty after a fit with insufficient data.

        Returns
        -------
        pandas.DataFrame
            One row per customer, in the order of the frame: the key, probability, decile and is_out_of_fold.
            All but the first are null without a model.
        """
        features = prepare_features(frame.reset_index(drop=True), self.numeric, self.categorical)
        scores = score_classifier(frame[self.key], features, artefact)
        scores.insert(0, self.key, frame[self.key].to_numpy())
        return scores


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


def _refitted_without(
    known: pd.DataFrame, numeric: Sequence[str], categorical: Sequence[str], seed: int
) -> Without:
    """Return what makes features and candidates of all columns but some."""

    def without(names: Sequence[str]) -> tuple[pd.DataFrame, Candidates]:
        numbers, levels = ([name for name in kind if name not in names] for kind in (numeric, categorical))
        return prepare_features(known, numbers, levels), default_candidates(numbers, levels, seed)

    return without


def _effects(
    features: pd.DataFrame,
    outcome: IntArray,
    fitted: FittedClassifier,
    scorecard: Mapping[str, list[Any]],
    *,
    depth: Depth,
    seed: int,
) -> pd.DataFrame:
    # A point is a choice, not an estimate: no interval.
    points = pd.DataFrame(
        [(words, "scorecard_points", 1.0, np.nan, np.nan) for words in scorecard["one_point_each"]],
        columns=list(EFFECT_COLUMNS),
    )
    tables = [
        permutation_importance(features, outcome, fitted.crossed, depth=depth, seed=seed),
        standardised_log_odds(fitted.model, features),
        points,
    ]
    return pd.concat([table for table in tables if len(table)], ignore_index=True)


def _change_along_the_order(
    known: pd.DataFrame, key: str, outcome: IntArray, scores: FloatArray, *, seed: int
) -> dict[str, Any] | None:
    """Tell where the rate of a yes changes along the order of arrival, and how scores rank beside it."""
    arrived = np.argsort(known[ORDER_COLUMN].to_numpy(), kind="stable")
    found = find_change(outcome[arrived], seed=seed)
    if not found.is_change or found.position is None:
        return None
    sides = {"before": arrived[: found.position], "after": arrived[found.position :]}
    aucs: dict[str, Any] = {}
    for side, rows in sides.items():
        auc = roc_auc_interval(outcome[rows], scores[rows])
        aucs[f"roc_auc_{side}"] = None if np.isnan(auc[0]) else [max(auc[1], 0.0), auc[0], min(auc[2], 1.0)]
    return {
        "first_line": int(known[ORDER_COLUMN].iloc[arrived[found.position]]),
        "rows_after": len(sides["after"]),
        "p_value": found.p_value,
        "rate_before": list(found.rate_before),
        "rate_after": list(found.rate_after),
        **aucs,
    }
