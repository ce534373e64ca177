with
    chosen as (select * from {{ ref('int_campaign_choice') }} where not is_held_out),

    profits as (select * from {{ ref('campaign_profit_score') }}),

    listed as (
        select
            profits.*,
            chosen.list_rank,
            chosen.reason,
            {{ dbt.dateadd("day", 6, as_of_date()) }} as valid_until
        from chosen
        inner join
            profits
            on chosen.customer_id = profits.customer_id
            and chosen.campaign_type = profits.campaign_type
            and chosen.campaign_channel = profits.campaign_channel
            and chosen.spend_level = profits.spend_level
    ),

    final as (select {{ as_contracted() }} from listed)

select *
from final
