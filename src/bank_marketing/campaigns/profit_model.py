"""The model behind campaign profit, of what customers were given and did: fitted, by folds, on resamples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.campaigns.columns import ARMS
from bank_marketing.methods.intervals import Z
from bank_marketing.methods.propensity import reason_for_insufficient_data
from bank_marketing.methods.shared_terms import fit_shared_terms, log_odds, without_errors
from bank_marketing.methods.steps import Step, find_step

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# Outcomes that an arm's rate is drawn towards that of all.
PRIOR_OUTCOMES = 10


@dataclass(frozen=True)
class Outcomes:
    """What the fit sees of customers: traits, campaign, spend, and whether they converted."""

    traits: pd.DataFrame
    arms: pd.DataFrame
    spend: FloatArray
    outcome: IntArray

    def part(self, rows: npt.NDArray[Any]) -> Outcomes:
        """Return some of the rows."""
        return Outcomes(self.traits.iloc[rows], self.arms.iloc[rows], self.spend[rows], self.outcome[rows])

    def without(self, names: Sequence[str]) -> Outcomes:
        """Return all rows without some of the traits."""
        return replace(self, traits=self.traits.drop(columns=list(names)))


def fit_outcomes(
    data: Outcomes, *, seed: int, like: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], Step]:
    """Fit a model with the step that its rows show; one that traits explain away is none."""
    step = find_step(data.spend, data.outcome, seed=seed)
    start = None if like is None else like["coefficients"]
    model = _with_step(data, step.amount, start)
    if step.amount is not None and step_effect(model)[1] <= 0 <= step_effect(model)[2]:
        step = Step(None, step.p_value)
        model = _with_step(data, None, start)
    return model, step


def _with_step(data: Outcomes, amount: float | None, start: FloatArray | None) -> dict[str, Any]:
    above = _is_above(data.spend, amount)
    model = fit_shared_terms(data.traits, data.arms, above, data.outcome, start=start)
    return model | {"step": amount}


def _is_above(spend: FloatArray, amount: float | None) -> npt.NDArray[np.bool_]:
    # Whose spend isn't known counts as below.
    return np.zeros(len(spend), dtype=bool) if amount is None else spend > amount


def step_effect(model: Mapping[str, Any]) -> tuple[float, float, float]:
    """Return the log-odds that the step adds, all traits and arms alike, with their interval."""
    place = int(model["ends"][0])
    value, error = float(model["coefficients"][place]), float(np.linalg.norm(model["root"][place]))
    return value, value - Z * error, value + Z * error


def chance_as_given(model: Mapping[str, Any], data: Outcomes) -> FloatArray:
    """Return chances under what each was given; of an arm that the model hasn't seen, as of its first."""
    odds = log_odds(model, data.traits)
    places = [
        np.maximum(pd.Index(known).get_indexer(data.arms[name]), 0) for name, known in model["levels"].items()
    ]
    above = _is_above(data.spend, model["step"]).astype(int)
    given = odds[np.arange(len(odds)), places[0], places[1], above]
    chance: FloatArray = 1 / (1 + np.exp(-given))
    return chance


def cross_fitted(
    data: Outcomes, folds: IntArray, *, seed: int, like: Mapping[str, Any] | None = None
) -> tuple[list[dict[str, Any]], FloatArray]:
    """Return a model for each fold that hasn't seen it, and by these the chance of each row as given."""
    models, chance = [], np.empty(len(folds))
    for number in range(int(folds.max()) + 1):
        test = folds == number
        model, _ = fit_outcomes(data.part(~test), seed=seed, like=like)
        chance[test] = chance_as_given(model, data.part(test))
        models.append(without_errors(model))
    return models, chance


def resampled_models(
    data: Outcomes, *, resamples: int, seed: int, like: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Fit on customers drawn anew, with replacement.

    Parameters
    ----------
    data : Outcomes
        What customers were given and did.
    resamples : int
        How often.
    seed : int
        Draws the customers.
    like : mapping, optional
        A model of all customers, which saves steps.

    Returns
    -------
    list of dict
        The models; fewer where some arm, or nearly all of an outcome, isn't drawn.
    """
    random = np.random.default_rng(seed)
    models = []
    for _ in range(resamples):
        drawn = data.part(random.integers(0, len(data.outcome), len(data.outcome)))
        has_all_arms = (drawn.arms.nunique() == data.arms.nunique()).all()
        if has_all_arms and not reason_for_insufficient_data(drawn.outcome):
            models.append(without_errors(fit_outcomes(drawn, seed=seed, like=like)[0]))
    return models


def arm_rates(train: Outcomes, test: Outcomes) -> FloatArray:
    """Return the rate of each row's type and channel among others, drawn a little towards the rate of all."""
    overall = train.outcome.mean()
    of_arm = (
        pd.Series(train.outcome).groupby([train.arms[name].to_numpy() for name in ARMS]).agg(["sum", "size"])
    )
    rate = (of_arm["sum"] + PRIOR_OUTCOMES * overall) / (of_arm["size"] + PRIOR_OUTCOMES)
    given = rate.reindex(pd.MultiIndex.from_frame(test.arms)).to_numpy(dtype=float)
    return np.where(np.isnan(given), overall, given)
