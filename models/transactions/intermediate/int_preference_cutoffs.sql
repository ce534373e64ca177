with
    monthly as (select * from {{ ref('customer_monthly_spending') }}),

    span as (
        select min(month) as first_month, cast(max(last_transacted_at) as date) as last_day from monthly
    ),

    -- A month counts once its last three days are reached: files end on any of them.
    newest as (
        select
            cast({{ dbt.dateadd('month', 12, 'first_month') }} as date) as first_cut_off,
            cast(
                greatest(
                    {{ dbt.date_trunc('month', dbt.dateadd('day', 3, 'last_day')) }},
                    {{ dbt.dateadd('month', 1, 'first_month') }}
                ) as date
            ) as last_cut_off
        from span
        where first_month is not null
    ),

    steps as (
        {% for step in range((var('preference_cut_offs') | int) + 3) %}
            select {{ step }} as months_back {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    cut_offs as (
        select
            newest.first_cut_off,
            steps.months_back,
            cast({{ dbt.dateadd('month', '-steps.months_back', 'newest.last_cut_off') }} as date) as cut_off
        from newest
        cross join steps
    ),

    final as (
        select cut_off, months_back = 0 as is_newest, months_back >= 3 as has_outcome
        from cut_offs
        -- Before it, nobody could have used a group in each of the twelve months that make it new.
        where months_back = 0 or (months_back >= 3 and cut_off >= first_cut_off)
    )

select *
from final
