from datetime import UTC, datetime

from bank_marketing import fitting
from bank_marketing.campaigns import personalisation


def model(dbt, session):
    dbt.config(materialized="incremental")
    return fitting.fit_if_changed(
        fitting.earlier_fits(dbt, session),
        personalisation.with_money(
            dbt.ref("features_conversion_before_contact").df(), dbt.ref("stg_campaigns__actions").df()
        ),
        personalisation.TASK,
        domain="campaigns",
        settings={"depth": dbt.config.meta_get("depth"), "seed": 1},
        now=datetime.now(UTC),
    )
