{#- How much of each list (as in `changing_lists`) stays when the models behind it are refitted, as its choice says. -#}
{% macro list_stabilities(lists) %}
    {%- set shares = [
        "share_stable", "share_stable_low", "share_stable_high",
        "share_same_action", "share_same_action_low", "share_same_action_high",
    ] -%}
    {% for list in lists %}
        select
            '{{ list.name }}' as list_name,
            {% for share in shares %} max({{ share }}) as {{ share }}, {% endfor %}
            max(stability_message) as stability_message
        from {{ ref(list.choice) }}
        {{ "union all" if not loop.last }}
    {% else %}
        select null as list_name, null as {{ shares | join(", null as ") }}, null as stability_message
        where false
    {% endfor %}
{% endmacro %}
