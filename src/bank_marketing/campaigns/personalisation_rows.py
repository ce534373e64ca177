"""Rows of `personalisation_value`: gains with what they rest on, and a verdict in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bank_marketing.campaigns.personalisation_policies import Choice
from bank_marketing.methods.arm_contrasts import Estimate, estimate_of
from bank_marketing.methods.policy_sums import DOUBLY_ROBUST, policy_sums
from bank_marketing.methods.policy_value import Support, why_refused
from bank_marketing.methods.power import smallest_detectable

IntArray = npt.NDArray[np.int64]

BY_CUSTOMER, SINGLE, MIX, NOTHING = "by customer", "best single campaign", "present mix", "(nothing)"
COMPARISONS = ((BY_CUSTOMER, SINGLE), (BY_CUSTOMER, MIX), (SINGLE, MIX))

COLUMNS = (
    "chosen",
    "policy",
    "against",
    "campaigns",
    "customers",
    "best_single_campaign",
    "best_single_campaign_share",
    "gain_usd",
    "gain_usd_low",
    "gain_usd_high",
    "smallest_detectable_gain_usd",
    "is_distinguishable",
    "conversion_rate_gain",
    "conversion_rate_gain_low",
    "conversion_rate_gain_high",
    "smallest_detectable_conversion_rate_gain",
    "value_usd",
    "value_usd_low",
    "value_usd_high",
    "value_against_usd",
    "value_against_usd_low",
    "value_against_usd_high",
    "agreement_share",
    "differing_customers",
    "differing_share",
    "effective_customers",
    "effective_customers_against",
    "mean_weight",
    "largest_weight",
    "raised_propensity_share",
    "evidence",
    "verdict",
)


def comparisons(chosen: str, divisions: list[Choice], names: list[str]) -> list[dict[str, Any]]:
    """Return the comparisons of one choice, averaged over divisions into folds.

    Parameters
    ----------
    chosen : str
        Type and channel, or either.
    divisions : list of Choice
        The choice by each division.
    names : list of str
        What its actions are called.

    Returns
    -------
    list of dict
        Rows of `COLUMNS`.
    """
    is_choosable = divisions[0].is_choosable
    if is_choosable.sum() < 2:
        reason = f"{is_choosable.sum()} of {len(names)} were used in every campaign, and a choice needs two"
        return [not_estimated(chosen, policy, against, reason) for policy, against in COMPARISONS]
    single = np.concatenate([division.single for division in divisions])
    picks = np.bincount(single, minlength=len(names))
    shown = {
        "chosen": chosen,
        "campaigns": int(is_choosable.sum()),
        "customers": len(divisions[0].single),
        "best_single_campaign": names[int(picks.argmax())],
        "best_single_campaign_share": float(picks.max() / picks.sum()),
        "raised_propensity_share": float(np.mean([division.raised_share for division in divisions])),
        "evidence": "adjusted",
    }
    return [shown | _comparison(divisions, shown, policy, against) for policy, against in COMPARISONS]


def _comparison(
    divisions: list[Choice], shown: Mapping[str, Any], policy: str, against: str
) -> dict[str, Any]:
    """Return the gain of one policy over another, with its support, or why it is refused."""
    of_dollars = [policy_sums(each.dollars, *_policies(each, policy, against)) for each in divisions]
    support = _mean_support([sums.support() for sums in of_dollars])
    row: dict[str, Any] = {
        "policy": policy,
        "against": against,
        "agreement_share": support.agreement_share,
        "differing_customers": support.differing_subjects,
        "differing_share": support.differing_subjects / support.subjects,
        "effective_customers": support.effective_subjects,
        "effective_customers_against": support.effective_subjects_against,
        "mean_weight": support.mean_weight,
        "largest_weight": support.largest_weight,
    }
    refused = why_refused(support)
    if refused:
        return row | {"verdict": f"Refused: {refused}."}
    rates = [policy_sums(each.conversions, *_policies(each, policy, against)) for each in divisions]
    gain, rate_gain = (_average([sums.gain(DOUBLY_ROBUST) for sums in each]) for each in (of_dollars, rates))
    row |= _interval("gain_usd", gain) | _interval("conversion_rate_gain", rate_gain)
    row |= _interval("value_usd", _average([sums.value(DOUBLY_ROBUST) for sums in of_dollars]))
    others = [sums.value_against(DOUBLY_ROBUST) for sums in of_dollars]
    row |= _interval("value_against_usd", _average(others))
    row |= {
        "smallest_detectable_gain_usd": smallest_detectable(gain.error),
        "smallest_detectable_conversion_rate_gain": smallest_detectable(rate_gain.error),
        "is_distinguishable": gain.low > 0 or gain.high < 0,
    }
    return row | {"verdict": _verdict(shown, policy, against, gain)}


def _policies(choice: Choice, policy: str, against: str) -> tuple[IntArray, IntArray | None]:
    of_name = {BY_CUSTOMER: choice.by_customer, SINGLE: choice.single, MIX: None}
    first = of_name[policy]
    assert first is not None  # noqa: S101
    return first, of_name[against]


def _average(estimates: list[Estimate]) -> Estimate:
    """Return the mean over divisions, error and ends, too: no mean of estimates has a larger error."""
    names = ("value", "error", "low", "high", "joint_low", "joint_high")
    mean = {name: float(np.mean([getattr(each, name) for each in estimates])) for name in names}
    return replace(estimate_of(mean["value"], mean["error"]), **mean)


def _mean_support(supports: list[Support]) -> Support:
    """Return the support of an average over divisions: the mean of each figure, whole rows for counts."""
    mean = np.mean([astuple(support) for support in supports], axis=0)
    rows, agreement, differing, *others = mean
    return Support(int(rows), float(agreement), round(differing), *map(float, others))


def _interval(name: str, estimate: Estimate) -> dict[str, float]:
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}


def _verdict(shown: Mapping[str, Any], policy: str, against: str, gain: Estimate) -> str:
    """Say in a sentence whether it pays."""
    best = f"{shown['best_single_campaign']} for all"
    who = f"choosing {shown['chosen']} by customer" if policy == BY_CUSTOMER else best
    whom = best if against == SINGLE else "the present mix"
    if gain.low > 0:
        return f"Pays: {who} earns {gain.low:,.0f} to {gain.high:,.0f} dollars a customer more than {whom}."
    if gain.high < 0:
        return (
            f"Loses: {who} earns {-gain.high:,.0f} to {-gain.low:,.0f} dollars a customer less than {whom}."
        )
    return (
        f"Can't be told: {who} earns between {-gain.low:,.0f} dollars a customer less and {gain.high:,.0f}"
        f" more than {whom}; a gain of {smallest_detectable(gain.error):,.0f} would have been seen."
    )


def not_estimated(chosen: str, policy: str, against: str, reason: str) -> dict[str, Any]:
    """Return a row that says why there is nothing else in it.

    Parameters
    ----------
    chosen, policy, against : str
        Which comparison.
    reason : str
        Goes on after "Not estimated:", without a full stop.

    Returns
    -------
    dict
        The columns that aren't null.
    """
    return {
        "chosen": chosen,
        "policy": policy,
        "against": against,
        "evidence": "adjusted",
        "verdict": f"Not estimated: {reason}.",
    }
