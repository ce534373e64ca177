from bank_marketing import fitting
from bank_marketing.campaigns import segments


def model(dbt, session):
    dbt.config(materialized="table")
    version, artefact = fitting.latest_artefact(dbt.ref("campaign_segments_fit"))
    return segments.score(dbt.ref("features_campaign_segments").df(), artefact).assign(model_version=version)
