from datetime import UTC, datetime

from bank_marketing import fitting
from bank_marketing.campaigns import profit


def model(dbt, session):
    dbt.config(materialized="incremental")
    return fitting.fit_if_changed(
        fitting.earlier_fits(dbt, session),
        dbt.ref("features_conversion_before_contact").df(),
        profit.TASK,
        domain="campaigns",
        settings={"depth": dbt.config.meta_get("depth"), "seed": 1},
        now=datetime.now(UTC),
    )
