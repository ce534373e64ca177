from bank_marketing.campaigns import fairness


def model(dbt, session):
    dbt.config(materialized="table")
    customers = dbt.ref("campaign_customers").df()
    responses = dbt.ref("campaign_responses").df()[["customer_id", "has_converted"]]
    return fairness.conversion_fairness(dbt.ref("conversion_scores").df(), customers.merge(responses))
