from bank_marketing import fitting
from bank_marketing.campaigns import conversion


def model(dbt, session):
    dbt.config(materialized="table")
    version, artefact = fitting.latest_artefact(dbt.ref("conversion_before_contact_fit"))
    features = dbt.ref("features_conversion_before_contact").df()
    return conversion.score(features, artefact).assign(model_version=version)
