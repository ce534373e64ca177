"""What moved a customer's chance of conversion most, in words."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bank_marketing.campaigns.columns import KEY
from bank_marketing.methods.cross_fitting import scoring_models
from bank_marketing.methods.drivers import contributions, drivers_in_words
from bank_marketing.methods.propensity import MISSING, additive_scores, prepare_features

WORDS = {
    "age": lambda value: f"age {value:.0f} years",
    "income_usd": lambda value: f"income {value:.0f} USD a year",
    "loyalty_points": lambda value: f"{value:.0f} loyalty points",
    "previous_purchases": lambda value: f"{value:.0f} previous purchase{'' if value == 1 else 's'}",
    "ad_spend_usd": lambda value: f"ad spend {value:.0f} USD",
    "click_through_rate": lambda value: f"click-through rate {value:.1%}",
    "click_conversion_rate": lambda value: f"click conversion rate {value:.1%}",
    "website_visits": lambda value: f"{value:.0f} website visit{'' if value == 1 else 's'}",
    "pages_per_visit": lambda value: f"{value:.1f} pages a visit",
    "time_on_site_minutes": lambda value: f"{value:.1f} minutes on site",
    "social_shares": lambda value: f"{value:.0f} social share{'' if value == 1 else 's'}",
    "email_opens": lambda value: f"{value:.0f} e-mail{'' if value == 1 else 's'} opened",
    "email_clicks": lambda value: f"{value:.0f} click{'' if value == 1 else 's'} in e-mails",
    "gender": lambda value: f"gender {value}",
    "campaign_channel": lambda value: f"channel {value}",
    "campaign_type": lambda value: f"campaign type {value}",
}


def drivers(frame: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Say what moved each customer's score most, against the typical customer of the fit.

    The score is the points of the scorecard or else log-odds before calibration: the calibrated probability
    never falls where it rises. Features that earn a point each are equally strong; the first ones are said.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per customer with `KEY` and the features of the fit.
    artefact : mapping
        What `conversion.fit_moment` left; empty after a fit with too little data.

    Returns
    -------
    pandas.DataFrame
        driver_1 to driver_3, one row per customer in the same order; all null without a model.
    """
    if not artefact:
        return drivers_in_words(frame[[]], np.zeros((len(frame), 0)), WORDS)
    typical, levels = (artefact["population"][name] for name in ("typical", "levels"))
    numeric = [name for name in typical if name not in levels]
    features = prepare_features(frame.reset_index(drop=True), numeric, list(levels))
    shares = np.zeros(features.shape)
    models = scoring_models(
        frame[KEY],
        seen_keys=artefact["customer_id"],
        folds=artefact["fold"],
        fold_models=artefact["fold_models"],
        final_model=artefact["final_model"],
    )
    with threadpool_limits(1):
        for model, rows, _ in models:
            shares[rows] = contributions(partial(additive_scores, model), features[rows], typical)
    return drivers_in_words(features.replace(MISSING, np.nan), shares, WORDS)
