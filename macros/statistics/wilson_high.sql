{#- Upper bound of the 95 % interval of a share, see wilson_low; exactly 1 where all trials are successes. -#}
{% macro wilson_high(successes, trials) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set s = "cast(" ~ successes ~ " as double)" -%}
    {%- set n = "cast(nullif(" ~ trials ~ ", 0) as double)" -%}
    case
        when {{ s }} = {{ n }}
        then cast(1 as double)
        else
            (
                {{ s }}
                + {{ z * z / 2 }}
                + {{ z }} * sqrt({{ s }} * ({{ n }} - {{ s }}) / {{ n }} + {{ z * z / 4 }})
            )
            / ({{ n }} + {{ z * z }})
    end
{%- endmacro %}
