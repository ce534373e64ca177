"""Campaign profit: the chance that each customer converts under each campaign, cross-fitted.

A model of its own, since that of `conversion_before_contact` may be calibrated in steps, which give a
customer few different chances for many campaigns.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.campaigns.columns import ARMS, CUSTOMER_NUMBERS, GENDER, KEY, SPEND, TARGET
from bank_marketing.campaigns.profit_card import profit_card
from bank_marketing.campaigns.profit_model import (
    Outcomes,
    arm_rates,
    chance_as_given,
    cross_fitted,
    fit_outcomes,
    resampled_models,
    step_effect,
)
from bank_marketing.campaigns.profit_scores import chances
from bank_marketing.fitting.classifier_card import insufficient_data_card
from bank_marketing.fitting.fits import EFFECT_COLUMNS, ORDER_COLUMN, Fit, Task
from bank_marketing.fitting.trait_costs import trait_costs
from bank_marketing.methods.calibration import reliability_curve
from bank_marketing.methods.cross_fitting import FORWARD_SHARE, CrossFit, cross_validation_metrics
from bank_marketing.methods.depths import DEPTHS, Depth
from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.propensity import prepare_features, reason_for_insufficient_data
from bank_marketing.methods.steps import Step

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
LEAST_ARM = 20


def fit(frame: pd.DataFrame, *, depth: str, seed: int) -> Fit:
    """Fit chances that share terms over all campaigns, and the step of the response to spend.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `features_conversion_before_contact`, one per customer. Rows without outcome, type or channel
        are left out; so are types and channels of fewer than 20 customers, whom no campaign is planned by.
    depth : {'quick', 'full'}
        Resamples of the metrics, and whether the model is refitted without traits and on resampled rows.
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
    final, step = fit_outcomes(data, seed=seed)
    folds = stratified_folds(outcome, FOLDS, seed=seed)
    models, chance = cross_fitted(data, folds, seed=seed, like=final)
    metrics, curves = _judged(data, folds, chance, known[ORDER_COLUMN], depth=DEPTHS[depth], seed=seed)
    params = {
        "step_usd": step.amount,
        "step_p_value": None if np.isnan(step.p_value) else step.p_value,
        "spend_levels_usd": _median_spends(data.spend, step),
        "traits": [*numeric, *words],
        "arms": final["levels"],
        "folds": FOLDS,
        "seed": seed,
    }
    costs = trait_costs(
        lambda names: cross_fitted(data.without(names), folds, seed=seed)[1],
        [*numeric, *words],
        outcome,
        chance,
        depth=DEPTHS[depth],
    )
    return Fit(
        "fitted",
        params=params,
        metrics=metrics,
        effects=_effects(final, step),
        calibration=curves,
        tables={"trait_costs": costs},
        card=profit_card(TITLE, USE, known, metrics, curves, params),
        artefact={
            "final_model": final,
            "fold_models": models,
            "resampled_models": resampled_models(
                data, resamples=DEPTHS[depth].list_resamples, seed=seed, like=final
            ),
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


def _judged(
    data: Outcomes,
    folds: npt.NDArray[np.int64],
    chance: FloatArray,
    order: pd.Series,
    *,
    depth: Depth,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return metrics and calibration of chances by folds, beside rates of arms, and of who arrived last."""
    arm_rate = np.empty(len(chance))
    for number in range(FOLDS):
        test = folds == number
        arm_rate[test] = arm_rates(data.part(~test), data.part(test))
    crossed = CrossFit(chance[:, None], folds[:, None], [], {"arm_rates": arm_rate[:, None]})
    metrics = [cross_validation_metrics(data.outcome, crossed, depth=depth, seed=seed)]
    curves = [reliability_curve(data.outcome, chance).assign(split="cross_validation")]
    later = _forward(data, order, seed=seed)
    if later is not None:
        crossed = CrossFit(later[1][:, None], np.zeros((len(later[0]), 1), dtype=np.int64), [])
        of_last = cross_validation_metrics(later[0], crossed, depth=depth, seed=seed)
        metrics.append(of_last.assign(split="forward"))
        curves.append(reliability_curve(*later).assign(split="forward"))
    return pd.concat(metrics, ignore_index=True), pd.concat(curves, ignore_index=True)


def _forward(
    data: Outcomes, order: pd.Series, *, seed: int
) -> tuple[npt.NDArray[np.int64], FloatArray] | None:
    """Fit on who arrived first and predict the rest; None where either part has insufficient data."""
    arrived = np.argsort(order.to_numpy(), kind="stable")
    cut = int(FORWARD_SHARE * len(arrived))
    first, last = data.part(arrived[:cut]), data.part(arrived[cut:])
    if reason_for_insufficient_data(first.outcome):
        return None
    model, _ = fit_outcomes(first, seed=seed)
    return last.outcome, chance_as_given(model, last)


def _median_spends(spend: FloatArray, step: Step) -> list[float]:
    known = spend[~np.isnan(spend)]
    parts = [known] if step.amount is None else [known[known <= step.amount], known[known > step.amount]]
    return [round(float(np.median(part)), 2) for part in parts if len(part)]


def _range(spend: FloatArray) -> list[float]:
    known = spend[~np.isnan(spend)]
    return [float(known.min()), float(known.max())] if len(known) else []


def _effects(model: Mapping[str, Any], step: Step) -> pd.DataFrame:
    ratio = np.exp(step_effect(model))
    rows = [] if step.amount is None else [(f"{SPEND} above the step", "odds_ratio", *map(float, ratio))]
    return pd.DataFrame(rows, columns=list(EFFECT_COLUMNS))


TASK = Task("campaign_profit", version=5, fit=fit, score=chances)
