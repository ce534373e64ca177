"""Conversion before contact: what is known beforehand."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bank_marketing.campaigns.conversion import BEFORE_CONTACT, score_moment
from bank_marketing.fitting.fits import Task

fit = BEFORE_CONTACT.fit


def score(frame: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Score customers by a stored fit: `score_moment` with the features of this moment.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of `features_conversion_before_contact`, one per customer; the outcome isn't looked at.
    artefact : mapping
        What `fit` left.

    Returns
    -------
    pandas.DataFrame
        As `score_moment` describes it.
    """
    return score_moment(frame, artefact, BEFORE_CONTACT, "before_contact")


TASK = Task("conversion_before_contact", version=8, fit=fit, score=score)
