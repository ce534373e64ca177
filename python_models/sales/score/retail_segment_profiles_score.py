from bank_marketing.sales.segments import POPULATION
from bank_marketing.segments import profiles


def model(dbt, session):
    dbt.config(materialized="table")
    return profiles.profile_segments(
        dbt.ref("int_retail_segment_totals").df(), clusters=POPULATION.traits, rules=POPULATION.quantiles
    )
