from bank_marketing import fitting
from bank_marketing.transactions import preferences


def model(dbt, session):
    dbt.config(materialized="table")
    _, artefact = fitting.latest_artefact(dbt.ref("preferences_fit"))
    newest = dbt.ref("int_preference_cutoffs").filter("is_newest").fetchall()
    # A row for each client and spending group at the newest cut-off.
    features = dbt.ref("features_preferences").filter(
        f"cut_off = date '{newest[0][0]}'" if newest else "false"
    )
    customers = dbt.ref("bank_customers").select("client_id, age_years, yearly_income_usd")
    return preferences.score_everybody(features.df(), customers.df(), artefact)
