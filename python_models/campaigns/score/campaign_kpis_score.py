from bank_marketing import fitting
from bank_marketing.campaigns import kpis


def model(dbt, session):
    dbt.config(materialized="table")
    version, artefact = fitting.latest_artefact(dbt.ref("campaign_kpis_fit"))
    return kpis.tables(artefact)["kpis"].assign(model_version=version)
