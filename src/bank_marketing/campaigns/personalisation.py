"""Does personalising pay: what choosing campaigns by customer earns over the best single one and the mix.

Values of a conversion and costs enter as known; the spend on a customer stays as it was, so it falls out of
every difference. `personalisation_policies` says how policies are chosen and judged.
"""

from __future__ import annotations

from collections.abc import Mapping

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
from bank_marketing.campaigns.personalisation_rows import COLUMNS, NOTHING, comparisons, not_estimated
from bank_marketing.fitting.fits import METRIC_COLUMNS, Fit, Task
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.design import design_matrix
from bank_marketing.methods.intervals import row_mean_interval
from bank_marketing.methods.metrics import log_losses

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

LEAST_CUSTOMERS = 50
LEAST_EVENTS = 20
VALUE, COST, COST_IF_ACCEPTED = "conversion_value_usd", "cost_per_contact_usd", "cost_if_accepted_usd"


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
        With the table `personalisation_value` (columns `COLUMNS`). With insufficient data, its rows say so.
    """
    known = with_enough_customers(frame[frame[TARGET].notna()].sort_values(KEY, ignore_index=True))
    reason = why_insufficient(known, customers=len(frame))
    if reason:
        table = pd.DataFrame(
            [not_estimated(name, NOTHING, NOTHING, reason) for name in (BOTH, TYPES, CHANNELS)]
        )
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
        for row in comparisons(name, [d[name] for d in divisions], names[name])
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
        Rows of `features_conversion_before_contact`.
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


def plan_of(known: pd.DataFrame, of: pd.DataFrame | None = None) -> tuple[Plan, dict[str, list[str]]]:
    """Lay customers out as arrays.

    Parameters
    ----------
    known : pandas.DataFrame
        As `fit` takes it, with outcomes.
    of : pandas.DataFrame, optional
        Rows whose types, channels and money count, those of known among them; by default known.

    Returns
    -------
    plan : Plan
        Who got what, and what each campaign earns.
    names : dict of str to list of str
        What the actions of each choice are called.
    """
    of = known if of is None else of
    types, channels = (sorted(of[name].unique()) for name in (TYPE, CHANNEL))
    kind, channel = (
        pd.Index(levels).get_indexer(known[name]) for name, levels in ((TYPE, types), (CHANNEL, channels))
    )
    shape = len(types), len(channels)
    design = design_matrix(known, [*CUSTOMER_NUMBERS, SPEND], [GENDER])
    money = {name: np.zeros(shape) for name in (VALUE, COST, COST_IF_ACCEPTED)}
    is_offered = np.zeros(shape, dtype=bool)
    is_offered[kind, channel] = True
    priced = pd.Index(types).get_indexer(of[TYPE]), pd.Index(channels).get_indexer(of[CHANNEL])
    for name, of_pair in money.items():
        of_pair[priced] = of[name].to_numpy(dtype=float)
    plan = Plan(
        design=np.column_stack([np.ones(len(known)), design]),
        kind=kind.astype(np.int64),
        channel=channel.astype(np.int64),
        outcome=known[TARGET].to_numpy(dtype=float),
        value=money[VALUE] - money[COST_IF_ACCEPTED],
        cost=money[COST],
        is_offered=is_offered,
        customer=known[KEY].to_numpy(dtype=np.int64),
    )
    pairs = [f"{kind} by {channel}" for kind in types for channel in channels]
    return plan, {BOTH: pairs, TYPES: list(map(str, types)), CHANNELS: list(map(str, channels))}


def with_enough_customers(known: pd.DataFrame) -> pd.DataFrame:
    """Return the customers of campaigns that have enough of them.

    Parameters
    ----------
    known : pandas.DataFrame
        Customers with outcomes.

    Returns
    -------
    pandas.DataFrame
        Those of campaigns with at least `LEAST_CUSTOMERS`.
    """
    enough = known.groupby([TYPE, CHANNEL])[KEY].transform("size") >= LEAST_CUSTOMERS
    return known[enough].reset_index(drop=True)


def why_insufficient(known: pd.DataFrame, *, customers: int, of: str = "customers") -> str | None:
    """Say why nothing can be compared, if it can't.

    Parameters
    ----------
    known : pandas.DataFrame
        From `with_enough_customers`.
    customers : int
        How many there were before.
    of : str
        What they are.

    Returns
    -------
    str or None
        Without a full stop; None if it can.
    """
    campaigns = known.groupby([TYPE, CHANNEL]).ngroups
    if campaigns < 2:
        return (
            f"{campaigns} campaigns (type and channel) have at least {LEAST_CUSTOMERS} of the {customers:,}"
            f" {of}, and a choice needs two"
        )
    events = int(known[TARGET].sum())
    if min(events, len(known) - events) < LEAST_EVENTS:
        return (
            f"{events:,} of {len(known):,} {of} converted; a comparison needs at least {LEAST_EVENTS}"
            f" who did and {LEAST_EVENTS} who didn't"
        )
    return None


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


TASK = Task("campaign_personalisation", version=3, fit=fit)
