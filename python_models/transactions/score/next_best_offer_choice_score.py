from bank_marketing.operations.publications import next_publication
from bank_marketing.transactions.next_best_offers import choose_offers, stated_offer_plan
from bank_marketing.transactions.offer_stability import offer_list_stability


def model(dbt, session):
    dbt.config(materialized="table")
    chosen = choose_offers(
        # One row per client: lots are drawn evenly over all of them.
        dbt.ref("int_offer_candidates").df(),
        plan=stated_offer_plan(
            effect_to_see=dbt.config.meta_get("effect_to_see"),
            share_limit=dbt.config.meta_get("holdout_share_limit"),
            outcome_days=dbt.config.meta_get("outcome_days"),
        ),
        publication=next_publication(dbt.source("operations_private", "publication_log")),
    )
    # One row per client and refit.
    choices = dbt.ref("int_offer_resampled_choices").df()
    return chosen.assign(**offer_list_stability(chosen, choices))
