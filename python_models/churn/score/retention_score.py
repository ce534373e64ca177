from bank_marketing import fitting
from bank_marketing.churn import retention, retention_drivers


def model(dbt, session):
    dbt.config(materialized="table")
    version, artefact = fitting.latest_artefact(dbt.ref("retention_fit"))
    features = dbt.ref("features_retention").df()
    said = retention_drivers.drivers(features, artefact, not_to_say=dbt.config.meta_get("not_to_say"))
    return retention.score(features, artefact).join(said).assign(model_version=version)
