from datetime import UTC, datetime

from bank_marketing import fitting
from bank_marketing.sales import value


def model(dbt, session):
    dbt.config(materialized="incremental")
    return fitting.fit_if_changed(
        fitting.earlier_fits(dbt, session),
        dbt.ref("features_customer_value").df(),
        value.TASK,
        domain="sales",
        settings={"depth": dbt.config.meta_get("depth"), "seed": 1},
        now=datetime.now(UTC),
    )
