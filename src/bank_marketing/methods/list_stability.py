"""Stability of a list: who stays on it when the models behind it are fitted on other rows like these."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.methods.intervals import FloatArray

NOT_COMPUTED = "not computed: models are refitted on resampled rows at depth full (--vars 'depth: full')"
EMPTY = "the list is empty"
SHARES = tuple(f"share_{what}{end}" for what in ("stable", "same_action") for end in ("", "_low", "_high"))


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
        (the resamples between which 95 % lie), share_same_action (stays with the same action) with the same
        ends, and stability_message; the shares are nan without resamples, or without a list.
    """
    if named.empty or not others:
        message = EMPTY if named.empty else NOT_COMPUTED
        return {**dict.fromkeys(SHARES, np.nan), "stability_message": message}
    stays = np.array([named.index.isin(other.index).mean() for other in others])
    same = np.array([(other.reindex(named.index) == named).mean() for other in others])
    return {
        **dict(zip(SHARES, (*_mean_with_ends(stays), *_mean_with_ends(same)), strict=True)),
        "stability_message": f"over {len(others)} refits on resampled rows",
    }


def _mean_with_ends(shares: FloatArray) -> tuple[float, float, float]:
    """Return the mean of the resamples, and the ends between which 95 % of them lie."""
    low, high = np.quantile(shares, [0.025, 0.975])
    mean = float(shares.mean())
    return mean, min(float(low), mean), max(float(high), mean)
