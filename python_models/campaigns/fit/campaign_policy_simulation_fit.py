from datetime import UTC, datetime

from bank_marketing import fitting
from bank_marketing.campaigns import personalisation, policy_log, policy_simulation, policy_truth
from bank_marketing.project import project_folder, seed_set


def model(dbt, session):
    dbt.config(materialized="incremental")
    return fitting.fit_if_changed(
        fitting.earlier_fits(dbt, session),
        personalisation.with_money(
            dbt.ref("features_conversion_in_campaign").df(), dbt.ref("stg_campaigns__actions").df()
        ),
        policy_simulation.TASK,
        domain="campaigns",
        settings={
            "depth": dbt.config.meta_get("depth"),
            "seed": 1,
            "planted": policy_truth.planted_response(project_folder() / "seeds", seed_set()),
            "memory_decisions": policy_log.stated_memory(dbt.config.meta_get("memory")),
        },
        now=datetime.now(UTC),
    )
