"""Expected profit of every campaign for every customer: chance x value - cost."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.campaigns.columns import ARMS, SPEND
from bank_marketing.errors import UserError

MONEY = (
    "conversion_value_usd",
    "conversion_value_usd_low",
    "conversion_value_usd_high",
    "cost_per_contact_usd",
    "cost_if_accepted_usd",
)


def expected_profits(
    chance: pd.DataFrame,
    actions: pd.DataFrame,
    *,
    spend_is_sunk: bool,
    assumptions: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Add money to chances: what is expected of each campaign for each customer.

    Profit is chance x (value - cost if accepted) - cost of the contact - advertising spend. Its interval is
    of chance and value: their distances to the ends of both add up in squares, since one doesn't hang on the
    other.

    Parameters
    ----------
    chance : pandas.DataFrame
        What `profit_scores.chances` returned.
    actions : pandas.DataFrame
        Rows of `stg_campaigns__actions`: campaign_type, campaign_channel and `MONEY`.
    spend_is_sunk : bool
        Whether the advertising money is spent anyway, so that it doesn't count.
    assumptions : mapping, optional
        The var `campaign_assumptions`, which the actions already hold: only its names are looked at.

    Returns
    -------
    pandas.DataFrame
        The chances that have a value and costs, with cost_usd (expected), expected_profit_usd with its
        interval, evidence and is_incremental.

    Raises
    ------
    UserError
        If an assumption is about a type or channel that there isn't.
    """
    _refuse_unknown_names(actions, assumptions or {})
    priced = actions.astype(dict.fromkeys(MONEY, float)).reset_index(drop=True)
    kinds, channels = (chance[name].astype("category").cat for name in ARMS)
    pairs = pd.MultiIndex.from_product([kinds.categories, channels.categories])
    of_pair = pd.MultiIndex.from_frame(priced[list(ARMS)]).get_indexer(pairs)
    place = of_pair[kinds.codes.to_numpy(dtype=int) * len(channels.categories) + channels.codes.to_numpy()]
    is_priced = place >= 0
    rows, place = chance[is_priced].reset_index(drop=True), place[is_priced]
    value, low, high, contact, accepted = (priced[name].to_numpy()[place] for name in MONEY)
    p, p_low, p_high = (rows[f"conversion_probability{end}"].to_numpy() for end in ("", "_low", "_high"))
    cost = (
        contact + p * accepted + (0.0 if spend_is_sunk else np.nan_to_num(rows[SPEND].to_numpy(dtype=float)))
    )
    profit = p * value - cost
    net = value - accepted
    ends = np.sort(np.stack([(p_low - p) * net, (p_high - p) * net]), axis=0)
    # As plain words: DuckDB would compare an enumeration with none but its own.
    words = {name: rows[name].astype(object) for name in (*ARMS, "spend_level")}
    columns = {
        **{name: rows[name] for name in rows},
        **words,
        "cost_usd": cost,
        "expected_profit_usd": profit,
        "expected_profit_usd_low": profit - np.hypot(ends[0], p * (value - low)),
        "expected_profit_usd_high": profit + np.hypot(ends[1], p * (high - value)),
        # Campaigns are compared with each other; nobody went untreated.
        "evidence": "adjusted",
        "is_incremental": False,
    }
    # Hundreds of thousands of rows: put beside each other as they are, not copied into blocks.
    return pd.DataFrame(columns, copy=False)


def _refuse_unknown_names(actions: pd.DataFrame, assumptions: Mapping[str, Any]) -> None:
    for dimension, said in assumptions.items():
        known = sorted(actions[dimension].unique())
        unknown = sorted(set(said or {}) - set(known))
        if unknown:
            raise UserError(
                f"var campaign_assumptions has the {dimension} {', '.join(unknown)}, expected one of the"
                f" seeds: {', '.join(known)}."
            )
