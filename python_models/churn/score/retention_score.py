from bank_marketing import fitting
from bank_marketing.churn import retention, retention_drivers
from bank_marketing.churn.retention_horizon import exit_probabilities


def model(dbt, session):
    dbt.config(materialized="table")
    version, artefact = fitting.latest_artefact(dbt.ref("retention_fit"))
    features = dbt.ref("features_retention").df()
    said = retention_drivers.drivers(features, artefact, not_to_say=dbt.config.meta_get("not_to_say"))
    horizon = dbt.config.meta_get("horizon_years")
    leaving = exit_probabilities(features, artefact, horizon_years=horizon)
    return retention.score(features, artefact).join([said, leaving]).assign(model_version=version)
