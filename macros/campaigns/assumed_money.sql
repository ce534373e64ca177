{#- A figure of the seed `campaign_channels` or `campaign_types`, or what the var `campaign_assumptions` says in its place:
    {campaign_channel: {Email: {cost_per_contact_usd: 0.10}}}. `assumed_money("campaign_type", "basis")` is 'var' for a row
    of which the var says anything. -#}
{% macro assumed_money(dimension, column) -%}
    {%- set may_be_said = {
        "campaign_channel": ["cost_per_contact_usd", "cost_if_accepted_usd"],
        "campaign_type": [
            "conversion_value_usd",
            "conversion_value_usd_low",
            "conversion_value_usd_high",
            "cost_if_accepted_usd",
        ],
    } -%}
    {%- set said = var("campaign_assumptions", none) or {} -%}
    {%- for kind, rows in said.items() -%}
        {%- for name, figures in (rows or {}).items() -%}
            {%- for figure, amount in figures.items() -%}
                {%- if figure not in may_be_said.get(kind, []) or not amount is number or amount < 0 -%}
                    {{ exceptions.raise_compiler_error(
                        "var campaign_assumptions says that " ~ figure ~ " of " ~ kind ~ " " ~ name ~ " is " ~ amount
                        ~ ", expected of campaign_channel or campaign_type one of "
                        ~ may_be_said.get(kind, may_be_said["campaign_type"]) | join(", ") ~ " as 0 or more US dollars."
                    ) }}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    case
        trim({{ dimension }})
        {% for name, figures in (said.get(dimension) or {}).items() %}
            {% if column == "basis" %}
                when {{ dbt.string_literal(dbt.escape_single_quotes(name)) }} then 'var'
            {% elif column in figures %}
                when {{ dbt.string_literal(dbt.escape_single_quotes(name)) }}
                then cast({{ figures[column] }} as decimal(18, 2))
            {% endif %}
        {% endfor %}
        when ''
        then null
        else {{ column }}
    end
{%- endmacro %}
