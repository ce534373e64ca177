from bank_marketing import fitting
from bank_marketing.sales import value


def model(dbt, session):
    dbt.config(materialized="table")
    version, artefact = fitting.latest_artefact(dbt.ref("customer_value_fit"))
    scores = value.score(dbt.ref("features_customer_value").df(), artefact)
    return scores.assign(model_version=version)
