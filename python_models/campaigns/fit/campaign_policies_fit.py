from datetime import UTC, datetime

from bank_marketing import fitting
from bank_marketing.campaigns import personalisation, policy_fit, policy_log
from bank_marketing.variables import stated_mapping


def model(dbt, session):
    dbt.config(materialized="incremental")
    customers = personalisation.with_money(
        dbt.ref("features_conversion_before_contact").df(), dbt.ref("stg_campaigns__actions").df()
    )
    return fitting.fit_if_changed(
        fitting.earlier_fits(dbt, session, with_artefact=True),
        policy_log.log_rows(customers, dbt.ref("stg_campaigns__decisions").df()),
        policy_fit.TASK,
        domain="campaigns",
        settings={
            "depth": dbt.config.meta_get("depth"),
            "seed": 1,
            "new_actions": policy_fit.new_action_limits(dbt.ref("stg_campaigns__limits").df()),
            **policy_fit.stated_settings(**stated_mapping(dbt.config.meta_get("policies"))),
        },
        now=datetime.now(UTC),
    )
