from bank_marketing.transactions.offer_fairness import offer_fairness


def model(dbt, session):
    dbt.config(materialized="table")
    return offer_fairness(
        dbt.ref("next_best_offers").df(),
        dbt.ref("next_best_offer_list").select("client_id").df(),
        dbt.ref("bank_customers").select("client_id, gender, age_years").df(),
    )
