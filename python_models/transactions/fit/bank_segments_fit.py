from datetime import UTC, datetime

from bank_marketing import fitting
from bank_marketing.transactions import segments


def model(dbt, session):
    dbt.config(materialized="incremental")
    return fitting.fit_if_changed(
        fitting.earlier_fits(dbt, session, with_artefact=True),
        dbt.ref("features_bank_segments").df(),
        segments.TASK,
        domain="transactions",
        settings={"depth": dbt.config.meta_get("depth"), "seed": 1},
        now=datetime.now(UTC),
        refit=dbt.config.meta_get("refit"),
    )
