from bank_marketing.operations import drift_monitor as monitoring
from bank_marketing.sales import segments


def model(dbt, session):
    dbt.config(materialized="table")
    return monitoring.monitor(
        dbt.ref("retail_segments_fit"),
        dbt.ref("features_retail_segments").df(),
        dbt.ref("int_sales_outcomes").order("outcome, arrival").df(),
        segments.TASK,
        domain="sales",
        seed=1,
    )
