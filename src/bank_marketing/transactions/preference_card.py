"""Model card of preferences."""

from collections.abc import Mapping
from typing import Any

import pandas as pd


def insufficient_data_card(reason: str) -> str:
    """Return the card of a version that has no model."""
    return f"# Preferences\n\nNo model: {reason}\n"


def preference_card(figures: pd.DataFrame, params: Mapping[str, Any]) -> str:
    """Return the card of a fitted version.

    Parameters
    ----------
    figures : pandas.DataFrame
        As `preference_evaluation.evaluate` returns them.
    params : mapping of str to any
        What `preferences.fit` says of the fit.

    Returns
    -------
    str
        Markdown.
    """
    ranked = figures[figures["metric"] == "ndcg_at_3"].set_index("candidate")
    kept = ranked.loc[params["candidate"]]
    lines = "\n".join(
        f"- {name}: {row['value']:.3f} ({row['value_low']:.3f} to {row['value_high']:.3f})"
        for name, row in ranked.iterrows()
    )
    return f"""# Preferences

**For** ranking spending groups by the chance that a client begins in them, or spends a quarter more, within
{params["horizon_months"]} months. Not for saying what an offer would change: no offer is in the data.

**Data.** {params["clients"]:,} clients, judged at {params["origins"]} cut-offs by models that knew only
what was known there. Features are from before the cut-off. No candidate sees age, gender, income, debt or
credit score, which the file has as of its own day.

**NDCG@3 of the groups that are new to a client** (not used in the twelve months before), over client and
cut-off pairs that began one ({int(kept["n"]):,}), with 95 % intervals over clients:

{lines}

Kept: {params["candidate"]}, the first that isn't told from the best. Against popularity among the new it
gains {kept["difference_from_popularity"]:+.3f} ({kept["difference_from_popularity_low"]:+.3f} to
{kept["difference_from_popularity_high"]:+.3f}).
"""
