from bank_marketing.segments import profiles
from bank_marketing.transactions.segments import POPULATION


def model(dbt, session):
    dbt.config(materialized="table")
    return profiles.profile_segments(
        dbt.ref("int_bank_segment_totals").df(), clusters=POPULATION.traits, rules=POPULATION.quantiles
    )
