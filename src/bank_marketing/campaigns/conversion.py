"""Conversion: the chance that a customer converts, at the moments at which it can be asked."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bank_marketing.campaigns.columns import (
    CHANNEL,
    CUSTOMER_NUMBERS,
    ENGAGEMENT,
    GENDER,
    KEY,
    SPEND,
    TARGET,
    TYPE,
)
from bank_marketing.fitting.classifier import Classifier

PLANNED = (GENDER, CHANNEL, TYPE)
KNOWN_BEFORE = (*CUSTOMER_NUMBERS, SPEND)
CONTACTED = (
    " It ranks customers. It says nothing of what the contact causes: in the data everybody was contacted."
)

BEFORE_CONTACT = Classifier(
    title="Conversion before contact",
    use="The chance that a customer of the campaign converts, from what is known, and planned, before anybody"
    " is contacted." + CONTACTED,
    happened="converted",
    key=KEY,
    target=TARGET,
    numeric=KNOWN_BEFORE,
    categorical=PLANNED,
)
IN_CAMPAIGN = Classifier(
    title="Conversion in campaign",
    use="The chance that a customer of a running campaign converts, from what is known before the contact and"
    " from engagement so far. It can't choose whom to contact, since engagement follows the contact."
    + CONTACTED,
    happened="converted",
    key=KEY,
    target=TARGET,
    numeric=KNOWN_BEFORE + ENGAGEMENT,
    categorical=PLANNED,
)


def score_moment(
    frame: pd.DataFrame, artefact: Mapping[str, Any], classifier: Classifier, moment: str
) -> pd.DataFrame:
    """Score customers at a moment: `Classifier.score` by the names of `conversion_scores`.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per customer with `KEY` and the features of the classifier.
    artefact : mapping
        What its `fit` left; empty after a fit with insufficient data.
    classifier : Classifier
        Of the moment.
    moment : {'before_contact', 'in_campaign'}
        Its name.

    Returns
    -------
    pandas.DataFrame
        customer_id, moment, conversion_probability, decile, is_out_of_fold, in the order of the frame.
    """
    scores = classifier.score(frame, artefact).rename(columns={"probability": "conversion_probability"})
    scores.insert(1, "moment", pd.array([moment] * len(scores), dtype="string"))
    return scores
