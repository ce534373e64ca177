from bank_marketing.methods import profiles
from bank_marketing.sales.segments import POPULATION


def model(dbt, session):
    dbt.config(materialized="table")
    return profiles.profile_segments(
        dbt.ref("int_retail_segment_totals").df(), clusters=POPULATION.traits, rules=POPULATION.quantiles
    )
