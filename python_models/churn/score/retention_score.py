from bank_marketing import fitting
from bank_marketing.churn import retention, retention_drivers


def model(dbt, session):
    dbt.config(materialized="table")
    version, artefact = fitting.latest_artefact(dbt.ref("retention_fit"))
    features = dbt.ref("features_retention").df()
    scores = retention.score(features, artefact).join(retention_drivers.drivers(features, artefact))
    return scores.assign(model_version=version)
