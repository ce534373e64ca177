from bank_marketing.campaigns import fairness


def model(dbt, session):
    dbt.config(materialized="table")
    customers = dbt.ref("campaign_responses").df()
    columns = ["customer_id", "gender", "age_years", "has_converted"]
    compared = fairness.conversion_fairness(dbt.ref("conversion_scores").df(), customers[columns])
    return compared.assign(list_name="none")
