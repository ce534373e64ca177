"""Does personalising pay: what choosing campaigns by customer earns over the best single one and the mix.

Values of a conversion and costs enter as known; the spend on a customer stays as it was, so it falls out of
every difference. `personalisation_policies` says how policies are chosen and judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.campaigns.columns import (
    CHANNEL,
    CUSTOMER_NUMBERS,
    GENDER,
    KEY,
    SPEND,
    TARGET,
    TYPE,
)
from bank_marketing.campaigns.personalisation_policies import (
    BOTH,
    CHANNELS,
    FOLDS,
    TYPES,
    Choice,
    Plan,
    choices,
)
from bank_marketing.fitting.fits import METRIC_COLUMNS, Fit, Task
from bank_marketing.methods.arm_contrasts import Estimate, estimate_of, mean_estimate
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.design import design_matrix
from bank_marketing.methods.intervals import row_mean_interval
from bank_marketing.methods.metrics import log_losses
from bank_marketing.methods.policy_value import (
    Log,
    Support,
    policy_gain,
    policy_support,
    policy_value,
    why_refused,
)
from bank_marketing.methods.power import smallest_detectable

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

LEAST_CUSTOMERS = 50
LEAST_EVENTS = 20
VALUE, COST, COST_IF_ACCEPTED = "conversion_value_usd", "cost_per_contact_usd", "cost_if_accepted_usd"
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


def fit(frame: pd.DataFrame, *, depth: str, seed: int) -> Fit:
    """Compare choosing by customer, the best single campaign and the present mix.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a customer: traits, type, channel, spend and outcome, and `VALUE`, `COST`, `COST_IF_ACCEPTED`
        of the customer's campaign. Rows without an outcome are left out.
    depth : {'quick', 'full'}
        Over how many divisions into folds the estimates are averaged.
    seed : int
        Seed of the folds.

    Returns
    -------
    bank_marketing.fitting.fits.Fit
        With the table `personalisation_value` (columns `COLUMNS`). With too little data, its rows say so.
    """
    known = frame[frame[TARGET].notna()].sort_values(KEY, ignore_index=True)
    known = known[known.groupby([TYPE, CHANNEL])[KEY].transform("size") >= LEAST_CUSTOMERS]
    known = known.reset_index(drop=True)
    reason = _insufficient(known, customers=len(frame))
    if reason:
        table = pd.DataFrame([_unknown(name, NOTHING, NOTHING, reason) for name in (BOTH, TYPES, CHANNELS)])
        return Fit(
            "insufficient_data",
            params={"reason": reason},
            tables={"personalisation_value": table.reindex(columns=list(COLUMNS))},
            card=f"# Value of personalising\n\nNot estimated: {reason}.\n",
        )
    plan, names = plan_of(known)
    repeats = DEPTHS[depth].contrast_repeats
    divisions = [choices(plan, seed=seed + repeat) for repeat in range(repeats)]
    rows = [
        row
        for name in (BOTH, TYPES, CHANNELS)
        for row in _rows(name, [d[name] for d in divisions], names[name])
    ]
    table = pd.DataFrame(rows).reindex(columns=list(COLUMNS))
    return Fit(
        "fitted",
        params={"seed": seed, "repeats": repeats, "folds": FOLDS},
        metrics=_metrics(divisions[0]),
        tables={"personalisation_value": table},
        card=_card(table),
    )


def with_money(features: pd.DataFrame, actions: pd.DataFrame) -> pd.DataFrame:
    """Put what a conversion is worth and what it costs beside each customer's campaign.

    Parameters
    ----------
    features : pandas.DataFrame
        Rows of `features_campaign_profit`.
    actions : pandas.DataFrame
        Rows of `stg_campaigns__actions`.

    Returns
    -------
    pandas.DataFrame
        Features with `VALUE`, `COST` and `COST_IF_ACCEPTED`, for campaigns among the actions.
    """
    money = [VALUE, COST, COST_IF_ACCEPTED]
    return features.merge(actions[[TYPE, CHANNEL, *money]], on=[TYPE, CHANNEL]).astype(
        dict.fromkeys(money, float)
    )


def plan_of(known: pd.DataFrame) -> tuple[Plan, dict[str, list[str]]]:
    """Lay customers out as arrays.

    Parameters
    ----------
    known : pandas.DataFrame
        As `fit` takes it, with outcomes.

    Returns
    -------
    plan : Plan
        Who got what, and what each campaign earns.
    names : dict of str to list of str
        What the actions of each choice are called.
    """
    kind, types = pd.factorize(known[TYPE], sort=True)
    channel, channels = pd.factorize(known[CHANNEL], sort=True)
    shape = len(types), len(channels)
    design = design_matrix(known, [*CUSTOMER_NUMBERS, SPEND], [GENDER])
    money = {name: np.zeros(shape) for name in (VALUE, COST, COST_IF_ACCEPTED)}
    is_offered = np.zeros(shape, dtype=bool)
    is_offered[kind, channel] = True
    for name, of_pair in money.items():
        of_pair[kind, channel] = known[name].to_numpy(dtype=float)
    plan = Plan(
        design=np.column_stack([np.ones(len(known)), design]),
        kind=kind.astype(np.int64),
        channel=channel.astype(np.int64),
        outcome=known[TARGET].to_numpy(dtype=float),
        value=money[VALUE] - money[COST_IF_ACCEPTED],
        cost=money[COST],
        is_offered=is_offered,
    )
    pairs = [f"{kind} by {channel}" for kind in types for channel in channels]
    return plan, {BOTH: pairs, TYPES: list(map(str, types)), CHANNELS: list(map(str, channels))}


def _insufficient(known: pd.DataFrame, *, customers: int) -> str | None:
    """Say why nothing can be compared, if it can't."""
    campaigns = known.groupby([TYPE, CHANNEL]).ngroups
    if campaigns < 2:
        return (
            f"{campaigns} campaigns (type and channel) have at least {LEAST_CUSTOMERS} of the {customers:,}"
            " customers, and a choice needs two"
        )
    events = int(known[TARGET].sum())
    if min(events, len(known) - events) < LEAST_EVENTS:
        return (
            f"{events:,} of {len(known):,} customers converted; a comparison needs at least {LEAST_EVENTS}"
            f" who did and {LEAST_EVENTS} who didn't"
        )
    return None


def _rows(chosen: str, divisions: list[Choice], names: list[str]) -> list[dict[str, Any]]:
    """Return the comparisons of one choice, averaged over divisions into folds."""
    is_choosable = divisions[0].is_choosable
    if is_choosable.sum() < 2:
        reason = f"{is_choosable.sum()} of {len(names)} were used in every campaign, and a choice needs two"
        return [_unknown(chosen, policy, against, reason) for policy, against in COMPARISONS]
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
    support = _mean_support(
        [policy_support(each.dollars, *_policies(each, policy, against)) for each in divisions]
    )
    row: dict[str, Any] = {
        "policy": policy,
        "against": against,
        "agreement_share": support.agreement_share,
        "differing_customers": support.differing_rows,
        "differing_share": support.differing_rows / support.rows,
        "effective_customers": support.effective_rows,
        "effective_customers_against": support.effective_rows_against,
        "mean_weight": support.mean_weight,
        "largest_weight": support.largest_weight,
    }
    refused = why_refused(support)
    if refused:
        return row | {"verdict": f"Refused: {refused}."}
    dollars = _estimates([each.dollars for each in divisions], divisions, policy, against)
    conversions = _estimates([each.conversions for each in divisions], divisions, policy, against)
    gain, rate_gain = dollars["gain"], conversions["gain"]
    row |= _interval("gain_usd", gain) | _interval("conversion_rate_gain", rate_gain)
    row |= _interval("value_usd", dollars["value"]) | _interval("value_against_usd", dollars["against"])
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


def _estimates(logs: list[Log], divisions: list[Choice], policy: str, against: str) -> dict[str, Estimate]:
    """Return gain, value and value of what is compared with."""
    gains, values, others = [], [], []
    for log, choice in zip(logs, divisions, strict=True):
        first, second = _policies(choice, policy, against)
        gains.append(policy_gain(log, first, second))
        values.append(policy_value(log, first))
        others.append(mean_estimate(log.reward) if second is None else policy_value(log, second))
    return {"gain": _average(gains), "value": _average(values), "against": _average(others)}


def _average(estimates: list[Estimate]) -> Estimate:
    """Return the mean over divisions, its error the mean error: no mean of estimates has a larger one."""
    value, error = (np.mean([getattr(each, name) for each in estimates]) for name in ("value", "error"))
    return estimate_of(float(value), float(error))


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


def _unknown(chosen: str, policy: str, against: str, reason: str) -> dict[str, Any]:
    return {
        "chosen": chosen,
        "policy": policy,
        "against": against,
        "evidence": "adjusted",
        "verdict": f"Not estimated: {reason}.",
    }


def _metrics(division: Mapping[str, Choice]) -> pd.DataFrame:
    """Tell how far the models see ahead: who converts under what they got, and who gets it."""
    log = division[BOTH].conversions
    rows = np.arange(len(log.action))
    of_rows: dict[str, FloatArray] = {
        "outcome_log_loss": log_losses(log.reward.astype(np.int64), log.prediction[rows, log.action]),
        "assignment_log_loss": -np.log(log.propensity),
    }
    return pd.DataFrame(
        [
            ("cross_validation", name, *row_mean_interval(values), len(rows))
            for name, values in of_rows.items()
        ],
        columns=list(METRIC_COLUMNS),
    )


def _card(table: pd.DataFrame) -> str:
    """Write what was found, on what it rests and what it can't say."""
    return "\n".join(
        [
            "# Value of personalising",
            "",
            *(f"- {verdict}" for verdict in table["verdict"]),
            "",
            "Doubly robust values of policies that were chosen in earlier folds, as was the best single"
            " campaign. Spend stays as it was. Values of a conversion and costs are taken as known. The"
            " evidence is adjusted, not randomised: what drove both plan and conversion and isn't among the"
            " traits is not accounted for. Nobody went untreated, so nothing here says what a campaign earns"
            " against none.",
            "",
        ]
    )


TASK = Task("campaign_personalisation", version=1, fit=fit)
