"""Next best offers: who of those with an offer is on the list, and whom chance holds out of it instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.methods.holdout import draw_lots, planned_share, smallest_difference
from bank_marketing.methods.ties import tie_break
from bank_marketing.variables import positive_number, stated_share


@dataclass(frozen=True)
class OfferPlan:
    """What the hold-out of the list of offers is to show.

    Attributes
    ----------
    effect : float
        Difference of the shares who take the product that is to be seen, above 0.
    share_limit : float
        Largest share held out: from 0 to below 1.
    outcome_days : float
        Days after a list at which its outcome is judged.
    """

    effect: float
    share_limit: float
    outcome_days: float


def stated_offer_plan(*, effect_to_see: Any, share_limit: Any, outcome_days: Any) -> OfferPlan:
    """Read the plan of the hold-out from vars of dbt.

    Parameters
    ----------
    effect_to_see, share_limit, outcome_days : any
        The vars offer_effect_to_see, holdout_share_limit and offer_outcome_days, as numbers or as text.

    Returns
    -------
    OfferPlan

    Raises
    ------
    UserError
        If one is no such number.
    """
    return OfferPlan(
        share_limit=stated_share(share_limit, "holdout_share_limit"),
        effect=positive_number(effect_to_see, "offer_effect_to_see"),
        outcome_days=positive_number(outcome_days, "offer_outcome_days"),
    )


def choose_offers(candidates: pd.DataFrame, *, plan: OfferPlan, publication: int) -> pd.DataFrame:
    """Hold out some of the clients with an offer at random, and rank the others.

    Everybody with an offer is on the list, so that the held-out are a part of them. Whoever a list that is
    still valid has named or held out stays so; of all others each has the same chance to be held out, drawn
    evenly over the products.

    Parameters
    ----------
    candidates : pandas.DataFrame
        Rows of `int_offer_candidates`, one a client: client_id, product, take_up_probability,
        expected_taken_margin_usd, is_cold_start and was_held_out (null for who is on no list still valid).
    plan : OfferPlan
        What the hold-out is to show.
    publication : int
        Number of the publication that is being made; by a hash of it and the client lots are drawn.

    Returns
    -------
    pandas.DataFrame
        The candidates with is_held_out, is_carried_over, holdout_share (the chance of being held out),
        smallest_effect_seen, message, publication, and list_rank of those listed: 1 for the highest expected
        margin. Cold starts come last, since their chances are those of clients with a history.
    """
    lot = tie_break(candidates["client_id"], publication)
    # Not by the publication: a list that stays as it was keeps its ranks.
    place = tie_break(candidates["client_id"], 0)
    ordered = candidates.assign(lot=lot, place=place).sort_values(["product", "lot"], ignore_index=True)
    rate = float(ordered["take_up_probability"].mean()) if len(ordered) else 0.0
    share, is_enough = planned_share(rate, plan.effect, limit=plan.share_limit, together=max(len(ordered), 1))
    held_out, is_carried_over = draw_lots(ordered["was_held_out"], share, publication=publication)
    drawn = ordered.assign(
        is_held_out=held_out, is_carried_over=is_carried_over, holdout_share=share, publication=publication
    ).sort_values(
        ["is_held_out", "is_cold_start", "expected_taken_margin_usd", "place"],
        ascending=[True, True, False, True],
        ignore_index=True,
    )
    seen, message = _what_shows(drawn, rate, plan, is_enough=is_enough)
    rank = pd.Series(np.arange(1, len(drawn) + 1)).astype("Int64").mask(drawn["is_held_out"])
    return drawn.drop(columns=["lot", "place"]).assign(
        list_rank=rank,
        smallest_effect_seen=seen,
        message=pd.array([message] * len(drawn), dtype="string"),
    )


def _what_shows(drawn: pd.DataFrame, rate: float, plan: OfferPlan, *, is_enough: bool) -> tuple[float, str]:
    """Return the smallest difference that the hold-out shows, and a sentence about it."""
    held_out = int(drawn["is_held_out"].sum())
    listed = len(drawn) - held_out
    if not listed or not held_out:
        return np.nan, f"{listed} listed and {held_out} held out: no effect can be seen."
    seen = smallest_difference(rate, listed, held_out)
    return seen, (
        ("" if is_enough else f"Not enough to see a difference of {plan.effect:.3f}. ")
        + f"{listed} listed and {held_out} held out show a difference of {seen:.3f} or more in who takes"
        f" the product within {plan.outcome_days:g} days ({rate:.4f} expected by the assumed rates;"
        " two-sided 5 %, power 80 %)."
    )
