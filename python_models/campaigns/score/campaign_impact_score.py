from bank_marketing import fitting
from bank_marketing.campaigns import impact


def model(dbt, session):
    dbt.config(materialized="table")
    version, artefact = fitting.latest_artefact(dbt.ref("campaign_impact_fit"))
    return impact.tables(artefact)["impact"].assign(model_version=version)
