"""Conversion in campaign: what is known beforehand, and engagement so far."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bank_marketing.campaigns import conversion
from bank_marketing.fitting.fits import Fit, Task


def fit(frame: pd.DataFrame, *, depth: str, seed: int) -> Fit:
    """Fit the chance of conversion: `conversion.fit_moment` with the features of this moment.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `features_conversion_in_campaign`, one per customer.
    depth : {'quick', 'full'}
        How many folds and resamples.
    seed : int
        Seed of folds, resamples and boosting.

    Returns
    -------
    bank_marketing.fitting.fits.Fit
        As `conversion.fit_moment` describes it.
    """
    return conversion.fit_moment(frame, conversion.IN_CAMPAIGN, depth=depth, seed=seed)


def score(frame: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Score customers by a stored fit: `conversion.score_moment` with the features of this moment.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `features_conversion_in_campaign`, one per customer; the outcome isn't looked at.
    artefact : mapping
        What `fit` left.

    Returns
    -------
    pandas.DataFrame
        As `conversion.score_moment` describes it.
    """
    return conversion.score_moment(frame, artefact, conversion.IN_CAMPAIGN)


TASK = Task("conversion_in_campaign", version=2, fit=fit, score=score)
