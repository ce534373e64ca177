{#- Whether what was chosen for a customer is the action of the row, in `decision_rows`. -#}
{% macro same_action(list) -%}
    {%- for column in list.actions -%}
        decisions.{{ column }} = chosen.{{ column }} {{ "and " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
