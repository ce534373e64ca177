from bank_marketing import fitting
from bank_marketing.sales import segments


def model(dbt, session):
    dbt.config(materialized="table")
    version, artefact = fitting.latest_artefact(dbt.ref("retail_segments_fit"))
    return segments.score(dbt.ref("features_retail_segments").df(), artefact).assign(model_version=version)
