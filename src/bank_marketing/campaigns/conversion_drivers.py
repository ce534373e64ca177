"""What moves a customer's chance of conversion most, in words."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bank_marketing.campaigns.columns import KEY
from bank_marketing.fitting.recipe import models_by_row
from bank_marketing.methods.drivers import Effects, counted, drivers_in_words, effects_on_scores
from bank_marketing.methods.propensity import MISSING, additive_scores, predict_propensity, prepare_features

WORDS = {
    "age_years": lambda value: f"age {value:.0f} years",
    "income_usd": lambda value: "no income" if value == 0 else f"income {value:,.0f} USD a year",
    "loyalty_points": lambda value: counted(value, "loyalty point", "loyalty points"),
    "previous_purchases": lambda value: counted(value, "previous purchase", "previous purchases"),
    "ad_spend_usd": lambda value: "no ad spend" if value == 0 else f"ad spend {value:,.0f} USD",
    "click_through_rate": lambda value: f"click-through rate {value:.1%}",
    "click_conversion_rate": lambda value: f"click conversion rate {value:.1%}",
    "website_visits": lambda value: counted(value, "website visit", "website visits"),
    "pages_per_visit": lambda value: counted(value, "page a visit", "pages a visit", digits=1),
    "time_on_site_minutes": lambda value: counted(value, "minute on site", "minutes on site", digits=1),
    "social_shares": lambda value: counted(value, "social share", "social shares"),
    "email_opens": lambda value: counted(value, "e-mail opened", "e-mails opened"),
    "email_clicks": lambda value: counted(value, "click in e-mails", "clicks in e-mails"),
    "gender": lambda value: f"gender {value}",
    "campaign_channel": lambda value: f"channel {value}",
    "campaign_type": lambda value: f"campaign type {value}",
}


def drivers(frame: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Say what moves each customer's chance most, against the typical customer of the fit.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per customer with `KEY` and the features of the fit.
    artefact : mapping
        What the fit left; empty after a fit with insufficient data.

    Returns
    -------
    pandas.DataFrame
        driver_1 to driver_3, one row per customer in the same order; all null without a model.
    """
    if not artefact:
        return drivers_in_words(frame[[]], Effects.none(frame[[]]), WORDS)
    typical, levels = (artefact["population"][name] for name in ("typical", "levels"))
    numeric = [name for name in typical if name not in levels]
    features = prepare_features(frame.reset_index(drop=True), numeric, list(levels))
    effects = Effects.none(features)
    with threadpool_limits(1):
        for model, rows, _ in models_by_row(artefact, frame[KEY]):
            scores = partial(predict_propensity, model), partial(additive_scores, model)
            effects.put(rows, effects_on_scores(*scores, features[rows], typical))
    return drivers_in_words(features.replace(MISSING, np.nan), effects, WORDS)
