from bank_marketing import fitting
from bank_marketing.transactions import offer_stability, preferences


def model(dbt, session):
    dbt.config(materialized="table")
    _, artefact = fitting.latest_artefact(dbt.ref("preferences_fit"))
    newest = dbt.ref("int_preference_cutoffs").filter("is_newest").fetchall()
    # A row for each client and spending group at the newest cut-off.
    at_newest = f"cut_off = date '{newest[0][0]}'" if newest else "false"
    features = dbt.ref("features_preferences").filter(at_newest).df()
    customers = dbt.ref("bank_customers").select("client_id, age_years, yearly_income_usd").df()
    scores = preferences.score_everybody(features, customers, artefact)
    return offer_stability.with_resampled_chances(scores, features, customers, artefact)
