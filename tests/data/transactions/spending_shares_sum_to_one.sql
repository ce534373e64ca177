-- Shares of all groups make the whole: a group that the lookup gained and features_bank_segments lacks
-- shows here.
with
    features as (select * from {{ ref('features_bank_segments') }}),

    sums as (
        select
            client_id,
            car_care_share
            + clothing_share
            + commuting_share
            + department_stores_share
            + electronics_share
            + entertainment_share
            + fuel_share
            + gambling_share
            + groceries_share
            + health_and_beauty_share
            + hobbies_and_gifts_share
            + home_and_garden_share
            + industrial_supplies_share
            + money_transfers_share
            + other_share
            + professional_services_share
            + restaurants_share
            + travel_share
            + utilities_and_telecom_share as shares
        from features
        where purchases_usd > 0
    )

select *
from sums
where abs(shares - 1) > 0.000001
