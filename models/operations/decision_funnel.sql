{{ depends_on_raw_seeds() }}
with
    decisions as (select * from {{ ref('int_decisions') }}),

    ranked as (
        select
            *,
            row_number() over (
                partition by list_name, subject_id order by stage_number desc, expected_money desc, action
            ) as place
        from decisions
    ),

    -- Of a customer, for all actions together, the one that came furthest.
    counted as (
        select domain, list_name, action, currency, expected_money, stage_number
        from decisions
        union all
        select domain, list_name, 'any', currency, expected_money, stage_number
        from ranked
        where place = 1
    ),

    stages as (
        {% for stage, words in decision_stages() %}
            select
                {{ loop.index0 }} as stage_number,
                '{{ stage }}' as stage,
                {{ dbt.string_literal(words | replace("'", "''")) }} as message
                {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    {% set reaches, passes = "counted.stage_number >= stages.stage_number", "counted.stage_number > stages.stage_number" %}
    summed as (
        select
            counted.domain,
            counted.list_name,
            counted.action,
            counted.currency,
            stages.stage_number,
            stages.stage,
            stages.message,
            count(case when {{ reaches }} then 1 end) as customers_before,
            count(case when {{ passes }} then 1 end) as customers,
            coalesce(
                {{ in_order("sum", "case when " ~ reaches ~ " then counted.expected_money end") }}, 0
            ) as expected_money_before,
            coalesce(
                {{ in_order("sum", "case when " ~ passes ~ " then counted.expected_money end") }}, 0
            ) as expected_money
        from counted
        cross join stages
        group by 1, 2, 3, 4, 5, 6, 7
    ),

    final as (select {{ as_contracted() }} from summed)

select *
from final
