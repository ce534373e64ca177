{#- What it is assumed to be worth to find one customer of whom a model foretells a yes, of those who were one: of leavers
    the value at risk times the share whom an action for everyone keeps, of conversions their value. -#}
{% macro event_money() %}
    {%- set churn = built_models(["churn_customers", "stg_churn__retention_actions"], []) -%}
    {%- set campaigns = built_models(["campaign_responses", "stg_campaigns__actions"], []) -%}
    select
        cast(null as {{ dbt.type_string() }}) as model_name,
        cast(null as double) as money_per_event,
        cast(null as {{ dbt.type_string() }}) as currency
    where false
    {% if churn | length == 2 %}
        union all
        select
            'retention',
            avg({{ value_at_risk('balance', 'products') }})
            * (select avg(assumed_effect) from {{ churn[1] }} where suits = 'everyone'),
            {{ dbt.string_literal(var("churn_currency")) }}
        from {{ churn[0] }}
        where has_exited
    {% endif %}
    {% if campaigns | length == 2 %}
        union all
        select models.model_name, avg(cast(actions.conversion_value_usd as double)), 'USD'
        from {{ campaigns[0] }} as responses
        inner join
            {{ campaigns[1] }} as actions
            on responses.campaign_type = actions.campaign_type
            and responses.campaign_channel = actions.campaign_channel
        cross join
            (
                select 'conversion_before_contact' as model_name
                union all
                select 'conversion_in_campaign' as model_name
                union all
                select 'campaign_profit' as model_name
            ) as models
        where responses.has_converted
        group by models.model_name
    {% endif %}
{% endmacro %}
