from bank_marketing.campaigns import segments
from bank_marketing.operations import drift_monitor as monitoring


def model(dbt, session):
    dbt.config(materialized="table")
    return monitoring.monitor(
        dbt.ref("campaign_segments_fit"),
        dbt.ref("features_campaign_segments").df(),
        dbt.ref("int_campaign_outcomes").order("outcome, arrival").df(),
        segments.TASK,
        domain="campaigns",
        seed=1,
    )
