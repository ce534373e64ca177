from bank_marketing import fitting
from bank_marketing.churn import retention


def model(dbt, session):
    dbt.config(materialized="table")
    version, artefact = fitting.latest_artefact(dbt.ref("retention_fit"))
    return retention.score(dbt.ref("features_retention").df(), artefact).assign(model_version=version)
