from bank_marketing import fitting
from bank_marketing.campaigns import engagement


def model(dbt, session):
    dbt.config(materialized="table")
    version, artefact = fitting.latest_artefact(dbt.ref("campaign_engagement_fit"))
    return engagement.tables(artefact)["drivers"].assign(model_version=version)
