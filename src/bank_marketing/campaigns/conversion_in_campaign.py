"""Conversion in campaign: what is known beforehand, and engagement so far."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bank_marketing.campaigns.conversion import IN_CAMPAIGN, score_moment
from bank_marketing.fitting.fits import Task

fit = IN_CAMPAIGN.fit


def score(frame: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Score customers by a stored fit: `score_moment` with the features of this moment.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `features_conversion_in_campaign`, one per customer; the outcome isn't looked at.
    artefact : mapping
        What `fit` left.

    Returns
    -------
    pandas.DataFrame
        As `score_moment` describes it.
    """
    return score_moment(frame, artefact, IN_CAMPAIGN, "in_campaign")


TASK = Task("conversion_in_campaign", version=8, fit=fit, score=score)
