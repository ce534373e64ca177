with
    orders as (select * from {{ ref('orders') }}),

    span as (
        select
            min(order_date) as first_date,
            cast({{ dbt.dateadd('day', 1, 'max(order_date)') }} as date) as end_date,
            {{ dbt.datediff('min(order_date)', 'max(order_date)', 'day') }} + 1 as days
        from orders
    ),

    -- Starts of the months in which a quarter and a half of the time have passed.
    splits as (
        select
            first_date,
            end_date,
            {% for name, parts in [("early_date", 4), ("split_date", 2)] %}
                {% set day = dbt.dateadd("day", "cast(floor(days / " ~ parts ~ ".0) as int)", "first_date") %}
                cast({{ dbt.date_trunc("month", day) }} as date) as {{ name }}{{ "," if not loop.last }}
            {% endfor %}
        from span
    ),

    -- At the first two moments it is known what came up to the next one.
    final as (
        {% for moment, as_of, until, window_end in [
            ("early", "early_date", "split_date", "early_date"),
            ("split", "split_date", "end_date", "split_date"),
            ("today", "end_date", "cast(null as date)", "split_date"),
        ] %}
            select
                '{{ moment }}' as moment,
                {{ as_of }} as as_of_date,
                {{ until }} as known_until,
                {{ dbt.datediff("first_date", window_end, "day") }} as window_days
            from splits
            where {{ window_end }} > first_date {{ "union all" if not loop.last }}
        {% endfor %}
    )

select *
from final
