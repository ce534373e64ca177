"""Campaign profit: the chance that each customer converts under each campaign, cross-fitted.

A model of its own, since that of `conversion_before_contact` may be calibrated in steps, which give a
customer few different chances for many campaigns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.campaigns.columns import ARMS, CUSTOMER_NUMBERS, GENDER, KEY, SPEND, TARGET
from bank_marketing.campaigns.profit_card import profit_card
from bank_marketing.campaigns.profit_scores import chances
from bank_marketing.fitting.classifier_card import insufficient_data_card
from bank_marketing.fitting.fits import EFFECT_COLUMNS, ORDER_COLUMN, Fit, Task
from bank_marketing.methods.calibration import reliability_curve
from bank_marketing.methods.cross_fitting import FORWARD_SHARE, CrossFit, cross_validation_metrics
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.intervals import Z
from bank_marketing.methods.propensity import prepare_features, reason_for_insufficient_data
from bank_marketing.methods.shared_terms import fit_shared_terms, log_odds, without_errors
from bank_marketing.methods.steps import Step, find_step

FloatArray = npt.NDArray[np.float64]

TITLE = "Campaign profit"
USE = (
    "The chance that a customer converts under each campaign type, channel and level of spend, from which"
    " expected profit follows: chance x value - cost. It says which campaign suits whom. It says nothing of"
    " what a contact causes: in the data everybody was contacted."
)
# Whatever the depth: with three, a customer's model would see a third fewer of the rows that it is to learn
# from.
FOLDS = 5
# Outcomes that an arm's rate is drawn towards that of all.
PRIOR_OUTCOMES = 10
LEAST_ARM = 20


@dataclass(frozen=True)
class Outcomes:
    """What the fit sees of customers: traits, campaign, spend, and whether they converted."""

    traits: pd.DataFrame
    arms: pd.DataFrame
    spend: FloatArray
    outcome: npt.NDArray[np.int64]

    def part(self, rows: npt.NDArray[Any]) -> "Outcomes":
        """Return some of the rows."""
        return Outcomes(self.traits.iloc[rows], self.arms.iloc[rows], self.spend[rows], self.outcome[rows])


def fit(frame: pd.DataFrame, *, depth: str, seed: int) -> Fit:
    """Fit chances that share terms over all campaigns, and the step of the response to spend.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `features_campaign_profit`, one per customer. Rows without outcome, type or channel are left
        out; so are types and channels of fewer than 20 customers, whom no campaign is planned by.
    depth : {'quick', 'full'}
        Decides about the resamples of the metrics alone.
    seed : int
        Seed of folds, of the search for a step and of resamples.

    Returns
    -------
    Fit
        params: step_usd (None if no step of the response to spend can be told), its p-value, and the medians
        of spend below and above it (one median without a step).
    """
    known = frame.dropna(subset=[TARGET, *ARMS]).sort_values(KEY, ignore_index=True)
    for name in ARMS:
        known = known[known.groupby(name)[KEY].transform("size") >= LEAST_ARM].reset_index(drop=True)
    outcome = known[TARGET].to_numpy(dtype=np.int64)
    reason = reason_for_insufficient_data(outcome)
    if reason:
        return Fit(
            "insufficient_data",
            params={"reason": reason},
            card=insufficient_data_card(
                TITLE, USE, f"{reason}, in types and channels of {LEAST_ARM} or more"
            ),
        )
    numeric = [name for name in CUSTOMER_NUMBERS if known[name].notna().any()]
    words = [GENDER] if known[GENDER].notna().any() else []
    data = Outcomes(
        prepare_features(known, numeric, words),
        known[list(ARMS)].astype(str),
        known[SPEND].to_numpy(dtype=float, na_value=np.nan),
        outcome,
    )
    final, step = _fitted(data, seed=seed)
    folds = stratified_folds(outcome, FOLDS, seed=seed)
    models, chance, arm_rate = [], np.empty(len(outcome)), np.empty(len(outcome))
    for number in range(FOLDS):
        test = folds == number
        model, of_fold = _fitted(data.part(~test), seed=seed)
        chance[test] = _chance_as_given(model, of_fold, data.part(test))
        arm_rate[test] = _arm_rates(data.part(~test), data.part(test))
        models.append(without_errors(model))
    by_candidate = {"arm_rates": arm_rate[:, None]}
    crossed = CrossFit(chance[:, None], folds[:, None], [], by_candidate)
    metrics = [cross_validation_metrics(outcome, crossed, depth=DEPTHS[depth], seed=seed)]
    curves = [reliability_curve(outcome, chance).assign(split="cross_validation")]
    later = _forward(data, known[ORDER_COLUMN], seed=seed)
    if later is not None:
        crossed = CrossFit(later[1][:, None], np.zeros((len(later[0]), 1), dtype=np.int64), [])
        judged = cross_validation_metrics(later[0], crossed, depth=DEPTHS[depth], seed=seed)
        metrics.append(judged.assign(split="forward"))
        curves.append(reliability_curve(*later).assign(split="forward"))
    params = {
        "step_usd": step.amount,
        "step_p_value": None if np.isnan(step.p_value) else step.p_value,
        "spend_levels_usd": _median_spends(data.spend, step),
        "traits": [*numeric, *words],
        "arms": final["levels"],
        "folds": FOLDS,
        "seed": seed,
    }
    effects = _effects(final, step)
    return Fit(
        "fitted",
        params=params,
        metrics=pd.concat(metrics, ignore_index=True),
        effects=effects,
        calibration=pd.concat(curves, ignore_index=True),
        card=profit_card(TITLE, USE, known, pd.concat(metrics, ignore_index=True), pd.concat(curves), params),
        artefact={
            "final_model": final,
            "fold_models": models,
            "keys": known[KEY].to_numpy(),
            "folds": folds,
            "numeric": numeric,
            "words": words,
            "step_usd": step.amount,
            "spend_levels_usd": params["spend_levels_usd"],
            "spend_range_usd": _range(data.spend),
            # A customer's own model has seen fewer rows than the one whose errors are known.
            "error_ratio": float(np.sqrt(FOLDS / (FOLDS - 1))),
        },
    )


def _fitted(data: Outcomes, *, seed: int) -> tuple[dict[str, Any], Step]:
    """Fit a model with the step that its rows show; one that traits explain away is none."""
    step = find_step(data.spend, data.outcome, seed=seed)
    model = fit_shared_terms(data.traits, data.arms, _is_above(data.spend, step), data.outcome)
    if step.amount is not None and _step_effect(model)[1] <= 0 <= _step_effect(model)[2]:
        step = Step(None, step.p_value)
        model = fit_shared_terms(data.traits, data.arms, _is_above(data.spend, step), data.outcome)
    return model | {"step": step.amount}, step


def _is_above(spend: FloatArray, step: Step) -> npt.NDArray[np.bool_]:
    # Whose spend isn't known counts as below.
    return np.zeros(len(spend), dtype=bool) if step.amount is None else spend > step.amount


def _step_effect(model: Mapping[str, Any]) -> tuple[float, float, float]:
    """Return the log-odds that the step adds, all traits and arms alike, with their interval."""
    place = int(model["ends"][0])
    value, error = float(model["coefficients"][place]), float(np.linalg.norm(model["root"][place]))
    return value, value - Z * error, value + Z * error


def _chance_as_given(model: Mapping[str, Any], step: Step, data: Outcomes) -> FloatArray:
    """Return chances under what each was given; of an arm that the model hasn't seen, as of its first."""
    odds = log_odds(model, data.traits)
    places = [
        np.maximum(pd.Index(known).get_indexer(data.arms[name]), 0) for name, known in model["levels"].items()
    ]
    given = odds[np.arange(len(odds)), places[0], places[1], _is_above(data.spend, step).astype(int)]
    chance: FloatArray = 1 / (1 + np.exp(-given))
    return chance


def _arm_rates(train: Outcomes, test: Outcomes) -> FloatArray:
    """Return the rate of each row's type and channel among others, drawn a little towards the rate of all."""
    overall = train.outcome.mean()
    of_arm = (
        pd.Series(train.outcome).groupby([train.arms[name].to_numpy() for name in ARMS]).agg(["sum", "size"])
    )
    rate = (of_arm["sum"] + PRIOR_OUTCOMES * overall) / (of_arm["size"] + PRIOR_OUTCOMES)
    given = rate.reindex(pd.MultiIndex.from_frame(test.arms)).to_numpy(dtype=float)
    return np.where(np.isnan(given), overall, given)


def _forward(
    data: Outcomes, order: pd.Series, *, seed: int
) -> tuple[npt.NDArray[np.int64], FloatArray] | None:
    """Fit on who arrived first and predict the rest; None where either part has too little data."""
    arrived = np.argsort(order.to_numpy(), kind="stable")
    cut = int(FORWARD_SHARE * len(arrived))
    first, last = data.part(arrived[:cut]), data.part(arrived[cut:])
    if reason_for_insufficient_data(first.outcome):
        return None
    model, step = _fitted(first, seed=seed)
    return last.outcome, _chance_as_given(model, step, last)


def _median_spends(spend: FloatArray, step: Step) -> list[float]:
    known = spend[~np.isnan(spend)]
    parts = [known] if step.amount is None else [known[known <= step.amount], known[known > step.amount]]
    return [round(float(np.median(part)), 2) for part in parts if len(part)]


def _range(spend: FloatArray) -> list[float]:
    known = spend[~np.isnan(spend)]
    return [float(known.min()), float(known.max())] if len(known) else []


def _effects(model: Mapping[str, Any], step: Step) -> pd.DataFrame:
    ratio = np.exp(_step_effect(model))
    rows = [] if step.amount is None else [(f"{SPEND} above the step", "odds_ratio", *map(float, ratio))]
    return pd.DataFrame(rows, columns=list(EFFECT_COLUMNS))


TASK = Task("campaign_profit", version=2, fit=fit, score=chances)
