"""Stability of a list: who stays on it when the models behind it are fitted on other rows like these."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

NOT_COMPUTED = "not computed: models are refitted on resampled rows at depth full (--vars 'depth: full')"
EMPTY = "the list is empty"


def list_stability(named: pd.Series, others: Sequence[pd.Series]) -> dict[str, Any]:
    """Compare a list with those that models fitted on resampled rows would have made.

    Parameters
    ----------
    named : pandas.Series
        What the list names each customer, by customer.
    others : sequence of pandas.Series
        The same by models of resampled rows, under the same limits; none where none was made.

    Returns
    -------
    dict
        share_stable, the share of the list that stays, on average over the resamples, with _low and _high
        (the resamples between which 95 % lie), share_same_action (stays with the same action) and
        stability_message; the shares are nan without resamples, or without a list.
    """
    shares = {"share_stable": np.nan, "share_stable_low": np.nan, "share_stable_high": np.nan}
    if named.empty or not others:
        message = EMPTY if named.empty else NOT_COMPUTED
        return {**shares, "share_same_action": np.nan, "stability_message": message}
    stays = np.array([named.index.isin(other.index).mean() for other in others])
    same = np.array([(other.reindex(named.index) == named).mean() for other in others])
    low, high = np.quantile(stays, [0.025, 0.975])
    mean = float(stays.mean())
    return {
        "share_stable": mean,
        "share_stable_low": min(float(low), mean),
        "share_stable_high": max(float(high), mean),
        "share_same_action": float(same.mean()),
        "stability_message": f"over {len(others)} refits on resampled rows",
    }
