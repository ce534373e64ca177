import pandas as pd

from bank_marketing import fitting
from bank_marketing.campaigns import conversion_before_contact, conversion_in_campaign


def model(dbt, session):
    dbt.config(materialized="table")
    before, before_artefact = fitting.latest_artefact(dbt.ref("conversion_before_contact_fit"))
    during, during_artefact = fitting.latest_artefact(dbt.ref("conversion_in_campaign_fit"))
    before_features = dbt.ref("features_conversion_before_contact").df()
    during_features = dbt.ref("features_conversion_in_campaign").df()
    scores = [
        conversion_before_contact.score(before_features, before_artefact).assign(model_version=before),
        conversion_in_campaign.score(during_features, during_artefact).assign(model_version=during),
    ]
    return pd.concat(scores, ignore_index=True)
