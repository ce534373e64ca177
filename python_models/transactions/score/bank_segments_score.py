from bank_marketing import fitting
from bank_marketing.transactions import segments


def model(dbt, session):
    dbt.config(materialized="table")
    version, artefact = fitting.latest_artefact(dbt.ref("bank_segments_fit"))
    return segments.score(dbt.ref("features_bank_segments").df(), artefact).assign(model_version=version)
