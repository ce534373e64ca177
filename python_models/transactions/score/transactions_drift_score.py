from bank_marketing.operations import drift_monitor as monitoring
from bank_marketing.transactions import segments


def model(dbt, session):
    dbt.config(materialized="table")
    return monitoring.monitor(
        dbt.ref("bank_segments_fit"),
        dbt.ref("features_bank_segments").df(),
        dbt.ref("int_transaction_outcomes").order("outcome, arrival").df(),
        segments.TASK,
        domain="transactions",
        seed=1,
    )
