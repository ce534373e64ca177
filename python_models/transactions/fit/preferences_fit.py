from datetime import UTC, datetime

from bank_marketing import fitting
from bank_marketing.transactions import preferences


def model(dbt, session):
    dbt.config(materialized="incremental")
    return fitting.fit_if_changed(
        fitting.earlier_fits(dbt, session),
        dbt.ref("int_preference_history").df(),
        preferences.TASK,
        domain="transactions",
        settings={"depth": dbt.config.meta_get("depth"), "seed": 1},
        now=datetime.now(UTC),
    )
