{#- Lower bound of the 95 % interval of a share (Wilson 1927, J. Am. Stat. Assoc. 22, 209-212); null without trials.
    Without successes it is exactly 0, which rounding would miss by a hair. -#}
{% macro wilson_low(successes, trials) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set s = "cast(" ~ successes ~ " as double)" -%}
    {%- set n = "cast(nullif(" ~ trials ~ ", 0) as double)" -%}
    case
        when {{ s }} = 0 and {{ n }} > 0
        then cast(0 as double)
        else
            (
                {{ s }}
                + {{ z * z / 2 }}
                - {{ z }} * sqrt({{ s }} * ({{ n }} - {{ s }}) / {{ n }} + {{ z * z / 4 }})
            )
            / ({{ n }} + {{ z * z }})
    end
{%- endmacro %}
