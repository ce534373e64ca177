{{ depends_on_raw_seeds() }}
with
    decisions as ({{ list_decisions() }}),

    furthest as ({{ furthest_decisions("decisions") }}),

    -- Of a customer, for all actions together, the one that came furthest.
    counted as (
        select domain, list_name, action, currency, expected_money, stage_number
        from decisions
        union all
        select domain, list_name, 'any', currency, expected_money, stage_number
        from furthest
    ),

    taken as (
        select
            domain,
            list_name,
            action,
            currency,
            stage_number,
            count(*) as customers,
            -- Exact, so that the order of the rows changes no digit.
            cast(sum(cast(expected_money as decimal(38, 9))) as double) as expected_money
        from counted
        group by domain, list_name, action, currency, stage_number
    ),

    stages as (
        {% for stage, words in decision_stages() %}
            select
                {{ loop.index0 }} as stage_number,
                '{{ stage }}' as stage,
                {{ dbt.string_literal(words | replace("'", "''")) }}
                as message {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    {%- set parts = {"_before": ">=", "": ">"} %}
    summed as (
        select
            taken.domain,
            taken.list_name,
            taken.action,
            taken.currency,
            stages.stage_number,
            stages.stage,
            stages.message,
            {% for part, comparison in parts.items() %}
                {% set reaches = "case when taken.stage_number " ~ comparison ~ " stages.stage_number then " %}
                coalesce(sum({{ reaches }} taken.customers end), 0) as customers{{ part }},
                coalesce(
                    {{ in_order("sum", reaches ~ "taken.expected_money end") }}, 0
                ) as expected_money{{ part }}
                {{- "," if not loop.last }}
            {% endfor %}
        from taken
        cross join stages
        group by
            taken.domain,
            taken.list_name,
            taken.action,
            taken.currency,
            stages.stage_number,
            stages.stage,
            stages.message
    ),

    final as (select {{ as_contracted() }} from summed)

select *
from final
