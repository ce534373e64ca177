from bank_marketing import monitoring
from bank_marketing.churn import retention


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
