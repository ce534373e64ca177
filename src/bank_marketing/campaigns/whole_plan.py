"""The whole plan of a campaign list: the choice with reasons and stability, and what the plan spends."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from bank_marketing.campaigns.plan_limits import PlanLimits
from bank_marketing.campaigns.profit_scores import chances, resampled_chances
from bank_marketing.campaigns.target_reasons import with_reasons
from bank_marketing.campaigns.target_stability import target_list_stability
from bank_marketing.campaigns.targets import ACTION, TargetHoldout, choose_targets
from bank_marketing.campaigns.weeks_ahead import budget_rows


def plan_campaigns(
    asked: pd.DataFrame,
    features: pd.DataFrame,
    actions: pd.DataFrame,
    artefact: Mapping[str, Any],
    *,
    levels: Sequence[float] | None,
    limits: PlanLimits,
    holdout: TargetHoldout,
    publication: int,
    not_to_say: Any,
    pause_days: int,
    contacts: int,
    as_of: date,
) -> pd.DataFrame:
    """Choose within the limits, say why and how stable that is, and plan the weeks after it.

    Parameters
    ----------
    asked : pandas.DataFrame
        Rows of `int_campaign_decisions` that lists may name, today or once a pause is over.
    features : pandas.DataFrame
        Rows of `features_conversion_before_contact`.
    actions : pandas.DataFrame
        Rows of `stg_campaigns__actions`.
    artefact : mapping
        What the fit of `campaign_profit` left.
    levels, limits, holdout, publication, not_to_say, pause_days, contacts, as_of
        As `chances`, `choose_targets`, `with_reasons` and `budget_rows` want them.

    Returns
    -------
    pandas.DataFrame
        See `in_parts`.
    """
    # As numbers: the words of hundreds of thousands of rows are sorted and copied again and again.
    asked = asked.astype(dict.fromkeys(ACTION, "category"))
    offers = asked[~asked["is_paused"]].reset_index(drop=True)
    made = choose_targets(offers, limits=limits, holdout=holdout, publication=publication)
    resampled = resampled_chances(offers, features, artefact, levels)
    stability = target_list_stability(offers, made, actions, resampled, limits=limits)
    expected = partial(chances, artefact=artefact, levels=levels)
    chosen = made.chosen.astype(dict.fromkeys(ACTION, "string"))
    choice = with_reasons(chosen, features, expected, not_to_say=not_to_say).assign(**stability)
    plan = budget_rows(
        offers,
        asked[asked["is_paused"]],
        made,
        limits=limits,
        pause_days=pause_days,
        contacts=contacts,
        as_of=as_of,
    )
    return in_parts(choice=choice, plan=plan, drawn=pd.DataFrame({"customer_id": made.drawn}))


def in_parts(**parts: pd.DataFrame) -> pd.DataFrame:
    """Put tables below each other, told apart by part, since a model of dbt leaves one table."""
    return pd.concat(
        [
            # With types that can lack a value, so that none changes where the other part has none.
            rows.convert_dtypes(convert_floating=False).assign(part=part, place=range(len(rows)))
            for part, rows in parts.items()
        ],
        ignore_index=True,
    )
