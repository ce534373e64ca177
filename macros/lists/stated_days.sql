{#- Days as a var states them, or another count in `unit`, a whole number of 0 or more: what is none would count as 0, and a
    pause would be gone. -#}
{% macro stated_days(name, unit="days") -%}
    {%- set days = var(name) | string | trim -%}
    {%- if not modules.re.fullmatch("[0-9]+", days) -%}
        {{ exceptions.raise_compiler_error(
            "var " ~ name ~ " is '" ~ days ~ "', expected a whole number of " ~ unit ~ ", 0 or more."
        ) }}
    {%- endif -%}
    {{ return(days | int) }}
{%- endmacro %}
