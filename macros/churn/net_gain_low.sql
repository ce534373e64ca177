{#- net_gain in a bad case. If the action drives customers away, that is worst where many would be lost. -#}
{% macro net_gain_low(at_risk="at_risk", actions="actions") -%}
    {%- set effect = actions ~ ".assumed_effect_low" -%}
    least(
        {{ net_gain(at_risk ~ ".exit_probability_low", effect, at_risk, actions) }},
        {{ net_gain(at_risk ~ ".exit_probability_high", effect, at_risk, actions) }}
    )
{%- endmacro %}
