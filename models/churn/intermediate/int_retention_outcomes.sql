with
    outcomes as (
        select *
        from {{ ref('stg_churn__retention_outcomes') }}
        where {{ may_be_profiled('customer_id', 'churn_customers') }}
    ),

    lists as (select * from {{ source('churn_private', 'retention_call_log') }} where not is_carried_over),

    -- Whoever names neither list nor day means the newest list on which the customer was what the row says.
    matched as (
        select
            outcomes.source_line,
            lists.publication,
            row_number() over (
                partition by outcomes.source_line
                order by
                    case when lists.is_held_out = outcomes.is_treated then 1 else 0 end,
                    lists.publication desc
            ) as place
        from outcomes
        inner join
            lists
            on outcomes.customer_id = lists.customer_id
            and lists.publication <= coalesce(outcomes.publication, lists.publication)
            and cast(lists.listed_at as date) <= coalesce(outcomes.called_date, cast(lists.listed_at as date))
    ),

    final as (
        select
            outcomes.source_line,
            outcomes.customer_id,
            outcomes.is_treated,
            outcomes.outcome_kind,
            outcomes.has_happened,
            lists.publication,
            coalesce(
                outcomes.called_date,
                case when not lists.is_held_out then cast(lists.listed_at as date) end,
                {{ as_of_date() }}
            ) as contact_date,
            lists.is_held_out,
            lists.holdout_share,
            lists.country,
            lists.age_years,
            lists.tenure_years,
            lists.balance,
            lists.products,
            lists.is_active,
            lists.churn_probability,
            lists.decile
        from outcomes
        left join matched on outcomes.source_line = matched.source_line and matched.place = 1
        left join
            lists on outcomes.customer_id = lists.customer_id and matched.publication = lists.publication
    )

select *
from final
