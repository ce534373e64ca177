from bank_marketing.churn import retention
from bank_marketing.operations import drift_monitor as monitoring


def model(dbt, session):
    dbt.config(materialized="table")
    return monitoring.monitor(
        dbt.ref("retention_fit"),
        dbt.ref("features_retention").df(),
        dbt.ref("int_churn_outcomes").order("outcome, arrival").df(),
        retention.TASK,
        domain="churn",
        seed=1,
    )
