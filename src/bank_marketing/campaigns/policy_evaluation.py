"""Rows of `policy_evaluation`: what policies earn over others by several estimators, and on what it rests."""

from __future__ import annotations

from typing import Any

import numpy as np

from bank_marketing.campaigns.personalisation_policies import BOTH
from bank_marketing.campaigns.policy_candidates import (
    CANDIDATES,
    MIX,
    SINGLE,
    UNIFORM,
)
from bank_marketing.campaigns.policy_ingredients import LACKING, WITHIN_LIMITS
from bank_marketing.campaigns.policy_judging import Judged
from bank_marketing.campaigns.policy_log import DECISIONS, RESPONSES
from bank_marketing.methods.arm_contrasts import Estimate
from bank_marketing.methods.policy_sums import (
    DIRECT,
    DOUBLY_ROBUST,
    ESTIMATORS,
    INVERSE_PROPENSITY,
    SELF_NORMALISED,
    SWITCH,
    policy_sums,
)
from bank_marketing.methods.policy_value import LEAST_EFFECTIVE_OF_SWITCH, Support, why_refused
from bank_marketing.methods.power import smallest_detectable

PROMOTABLE = (*(candidate.name for candidate in CANDIDATES), UNIFORM, SINGLE)
NOTHING = "(nothing)"
NOT_HELD_BACK = " A fixed choice isn't held back from campaigns that are new, as those that learn are."
# How often their intervals hold is known of values alone (docs/studies/policy_evaluation.md).
WITHOUT_MODEL = (SELF_NORMALISED, INVERSE_PROPENSITY)
COLUMNS = (
    "log",
    "propensities",
    "chosen",
    "policy",
    "against",
    "estimator",
    "role",
    "lacks",
    "campaigns",
    "customers",
    "gain_usd",
    "gain_usd_low",
    "gain_usd_high",
    "smallest_detectable_gain_usd",
    "is_distinguishable",
    "conversion_rate_gain",
    "conversion_rate_gain_low",
    "conversion_rate_gain_high",
    "value_usd",
    "value_usd_low",
    "value_usd_high",
    "agreement_share",
    "differing_customers",
    "effective_customers",
    "effective_customers_against",
    "mean_weight",
    "largest_weight",
    "unsupported_share",
    "clipped_share",
    "raised_propensity_share",
    "evidence",
    "verdict",
)
_ENDS = tuple(column for column in COLUMNS if column.endswith(("_low", "_high")))
_ENDS_OF_GAINS = tuple(column for column in _ENDS if "gain" in column)


def evaluation_rows(judged: Judged) -> list[dict[str, Any]]:
    """Compare every policy with the present mix and the best single campaign.

    Parameters
    ----------
    judged : Judged
        What each would have done.

    Returns
    -------
    list of dict
        Rows of `COLUMNS`: over what the log did by every estimator, over others doubly robust. A policy that
        lacks an ingredient is compared with the one that has it, too.
    """
    rows = []
    for chosen, policies in judged.policies.items():
        for name in policies:
            pairs = [(judged.done_by, ESTIMATORS if chosen == BOTH else (DOUBLY_ROBUST,))]
            pairs += [(each, (DOUBLY_ROBUST,)) for each in (MIX, SINGLE) if each in policies and each != name]
            pairs += [(WITHIN_LIMITS, (DOUBLY_ROBUST,))] if name in LACKING else []
            for against, estimators in pairs:
                rows += _comparison(judged, chosen, name, against, estimators)
    return rows


def not_evaluated(reason: str) -> dict[str, Any]:
    """Return the row that says why there is nothing else.

    Parameters
    ----------
    reason : str
        Goes on after "Not estimated:".

    Returns
    -------
    dict
        The columns that aren't null.
    """
    return {
        "log": RESPONSES,
        "propensities": "estimated",
        "chosen": BOTH,
        "policy": NOTHING,
        "against": NOTHING,
        "estimator": DOUBLY_ROBUST,
        "role": NOTHING,
        "evidence": "adjusted",
        "verdict": f"Not estimated: {reason}.",
    }


def _comparison(
    judged: Judged, chosen: str, name: str, against: str, estimators: tuple[str, ...]
) -> list[dict[str, Any]]:
    choice, policies = judged.log[chosen], judged.policies[chosen]
    other = policies.get(against)
    dollars = policy_sums(choice.dollars, policies[name], other)
    support = dollars.support()
    shown: dict[str, Any] = {
        "log": DECISIONS if judged.is_logged else RESPONSES,
        "propensities": "logged" if judged.is_logged else "estimated",
        "chosen": chosen,
        "policy": name,
        "against": against,
        "role": _role(chosen, name),
        "lacks": LACKING.get(name),
        "campaigns": int(judged.offered.sum()) if chosen == BOTH else policies[name].shape[1],
        "customers": support.subjects,
        "agreement_share": support.agreement_share,
        "differing_customers": support.differing_subjects,
        "effective_customers": support.effective_subjects,
        "effective_customers_against": support.effective_subjects_against,
        "mean_weight": support.mean_weight,
        "largest_weight": support.largest_weight,
        "unsupported_share": support.unsupported_share if judged.is_logged else None,
        "clipped_share": dollars.clipped_share(),
        "raised_propensity_share": choice.raised_share,
        "evidence": "randomised" if judged.is_logged else "adjusted",
    }
    refused = why_refused(support)
    if refused:
        return [shown | {"estimator": each, "verdict": f"Refused: {refused}."} for each in estimators]
    rates = policy_sums(choice.conversions, policies[name], other)
    rows = []
    for estimator in estimators:
        gain, why = dollars.gain(estimator), _why_no_interval(estimator, support)
        verdict = why or _verdict(name, against, gain)
        if judged.is_any_new and chosen == BOTH and {name, against} & {MIX, SINGLE} & policies.keys():
            verdict += NOT_HELD_BACK
        row = shown | {"estimator": estimator, "verdict": verdict}
        row |= _interval("gain_usd", gain) | _interval("value_usd", dollars.value(estimator))
        row |= _interval("conversion_rate_gain", rates.gain(estimator))
        if estimator in WITHOUT_MODEL:
            row |= dict.fromkeys(_ENDS_OF_GAINS)
        elif why:
            row |= dict.fromkeys(_ENDS)
        else:
            row["smallest_detectable_gain_usd"] = smallest_detectable(gain.error)
            row["is_distinguishable"] = gain.low > 0 or gain.high < 0
        rows.append(row)
    return rows


def _role(chosen: str, name: str) -> str:
    if name in LACKING:
        return "lacks an ingredient"
    return "candidate" if chosen == BOTH and name in PROMOTABLE else "for comparison"


def _interval(name: str, estimate: Estimate) -> dict[str, float | None]:
    ends = {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    return {key: None if np.isnan(value) else value for key, value in ends.items()}


def _why_no_interval(estimator: str, support: Support) -> str | None:
    if estimator in WITHOUT_MODEL:
        return "No verdict: no study covers the intervals of its gains. Decide by doubly robust."
    effective = min(support.effective_subjects, support.effective_subjects_against)
    if estimator == DIRECT:
        return "No interval: what the model gets wrong isn't in the spread of its predictions."
    if estimator == SWITCH and effective < LEAST_EFFECTIVE_OF_SWITCH:
        return (
            f"No interval: with {effective:,.0f} effective customers, fewer than {LEAST_EFFECTIVE_OF_SWITCH},"
            " too much of it is the model's word."
        )
    return None


def _verdict(name: str, against: str, gain: Estimate) -> str:
    """Say in a sentence what is known."""
    if gain.low > 0:
        low, high = in_dollars(gain.low, gain.high)
        return f"Earns more: {name} earns {low} to {high} dollars a decision more than {against}."
    if gain.high < 0:
        low, high = in_dollars(-gain.high, -gain.low)
        return f"Earns less: {name} earns {low} to {high} dollars a decision less than {against}."
    less, more, seen = in_dollars(-gain.low, gain.high, smallest_detectable(gain.error))
    return (
        f"Can't be told: {name} earns between {less} dollars a decision less and {more} more than {against};"
        f" a gain of {seen} would have been seen."
    )


def in_dollars(*amounts: float) -> list[str]:
    """Write amounts alike: whole dollars, or cents, or as many figures as they need.

    Parameters
    ----------
    *amounts : float
        Of one sentence.

    Returns
    -------
    list of str
        Each as a number.
    """
    sizes = [abs(amount) for amount in amounts]
    is_whole = max(sizes) >= 100 or min(sizes) >= 10 or not max(sizes)
    digits = 0 if is_whole else max(2, 2 - int(np.floor(np.log10(max(sizes)))))
    return [f"{amount:,.{digits}f}" for amount in amounts]
