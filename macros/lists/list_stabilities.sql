{#- How much of each list (as in `changing_lists`) stays when the models behind it are refitted: as its choice says, or why
    nobody has refitted them. -#}
{% macro list_stabilities(lists) %}
    {%- set shares = ["share_stable", "share_stable_low", "share_stable_high", "share_same_action"] -%}
    {% for list in lists %}
        select
            '{{ list.name }}' as list_name,
            {% if list.choice %}
                {% for share in shares %} max({{ share }}) as {{ share }}, {% endfor %}
                max(stability_message) as stability_message
                from {{ ref(list.choice) }}
            {% else %}
                {% for share in shares %} cast(null as double) as {{ share }}, {% endfor %}
                {{ dbt.string_literal(list.why_not_refitted) }} as stability_message
            {% endif %}
        {{ "union all" if not loop.last }}
    {% else %}
        select null as list_name, null as {{ shares | join(", null as ") }}, null as stability_message
        where false
    {% endfor %}
{% endmacro %}
