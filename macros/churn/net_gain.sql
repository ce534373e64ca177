{#- What an action is expected to gain within the horizon: the chance of leaving within it times the share of the leavers
    whom the action keeps times what the bank would lose with them, less the action's cost. -#}
{% macro net_gain(exit_probability, effect, at_risk="at_risk", actions="actions") -%}
    ({{ exit_probability }} * {{ effect }} * {{ at_risk }}.value_at_risk - cast({{ actions }}.cost as double))
{%- endmacro %}
