from datetime import UTC, datetime

from bank_marketing import fitting
from bank_marketing.sales import marketing_mix


def model(dbt, session):
    dbt.config(materialized="incremental")
    bounds = marketing_mix.stated_bounds(dbt.config.meta_get("spend_bounds"))
    return fitting.fit_if_changed(
        fitting.earlier_fits(dbt, session),
        dbt.ref("features_marketing_mix").df(),
        marketing_mix.TASK,
        domain="sales",
        settings={"depth": dbt.config.meta_get("depth"), "seed": 1, "bounds": bounds},
        now=datetime.now(UTC),
    )
