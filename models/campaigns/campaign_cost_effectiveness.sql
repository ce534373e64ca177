{% set z = 1.959963984540054 %}
{% set groups = ["all_customers", "campaign_channel", "campaign_type", "segment_name", "spend_level", "campaign_plan"] %}
{# Chance and, where the assumed value counts, its low and high case: their distances add up in squares. #}
{% set intervals = [
    ("ad_spend_usd", "ad_spend_error", 0, 0),
    ("cost_usd", "cost_error", 0, 0),
    ("cost_per_conversion_usd", "cost_per_conversion_error", 0, 0),
    ("value_usd", "value_error", "value_below_usd", "value_above_usd"),
    ("profit_usd", "profit_error", "value_below_usd", "value_above_usd"),
    ("return_on_cost", "return_error", "return_below", "return_above"),
] %}

with
    customers as (select * from {{ ref('int_campaign_money') }}),

    grouped as (
        {% for name in groups %}
            select '{{ name }}' as group_name, {{ name }} as group_value, customers.*
            from customers
            where {{ name }} is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    totals as (
        select
            group_name,
            group_value,
            count(*) as customers,
            sum(converted) as conversions,
            sum(ad_spend_usd) as ad_spend_usd,
            {{ total_error("ad_spend_usd") }} as ad_spend_error,
            -- Without value and costs of everybody there are none of the group.
            case when count(cost_usd) = count(*) then sum(cost_usd) end as cost_usd,
            {{ total_error("cost_usd") }} as cost_error,
            {{ ratio_error("cost_usd", "converted") }} as cost_per_conversion_error,
            case when count(cost_usd) = count(*) then sum(value_usd) end as value_usd,
            {{ total_error("value_usd") }} as value_error,
            {{ total_error("profit_usd") }} as profit_error,
            {{ ratio_error("profit_usd", "cost_usd") }} as return_error,
            sum(value_below_usd) as value_below_usd,
            sum(value_above_usd) as value_above_usd,
            {{ common_basis() }} as basis,
            max(model_version) as model_version
        from grouped
        group by group_name, group_value
    ),

    figures as (
        select
            *,
            value_usd - cost_usd as profit_usd,
            cost_usd / nullif(conversions, 0) as cost_per_conversion_usd,
            (value_usd - cost_usd) / nullif(cost_usd, 0) as return_on_cost,
            value_below_usd / nullif(cost_usd, 0) as return_below,
            value_above_usd / nullif(cost_usd, 0) as return_above
        from totals
    ),

    bounded as (
        select
            *,
            {{ wilson_low('conversions', 'customers') }} * customers as conversions_low,
            {{ wilson_high('conversions', 'customers') }} * customers as conversions_high,
            {% for figure, error, below, above in intervals %}
                {{ figure }}
                - sqrt(power({{ z }} * {{ error }}, 2) + power({{ below }}, 2)) as {{ figure }}_low,
                {{ figure }}
                + sqrt(power({{ z }} * {{ error }}, 2) + power({{ above }}, 2)) as {{ figure }}_high
                {{ "," if not loop.last }}
            {% endfor %}
        from figures
    ),

    told as (
        select
            *,
            'descriptive' as evidence,
            -- Nobody went untreated.
            false as is_incremental,
            case
                when profit_usd is null
                then 'Not known: some type or channel has no money in campaign_types or campaign_channels.'
                when profit_usd_low > 0
                then 'Brings more than it costs.'
                when profit_usd_high < 0
                then 'Costs more than it brings.'
                else
                    'Whether it brings more than it costs can''t be told: it hangs on chance and on the assumed value.'
            end as verdict
        from bounded
    ),

    final as (select {{ as_contracted() }} from told)

select *
from final
