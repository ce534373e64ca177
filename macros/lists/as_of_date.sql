{#- The day from which lists count, as a date: var `as_of` ('YYYY-MM-DD'), or else the day (UTC) of the build. -#}
{% macro as_of_date() -%}
    {%- set day = var("as_of", "") | string or run_started_at.strftime("%Y-%m-%d") -%}
    {%- if not modules.re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", day) or not is_day(day) -%}
        {{ exceptions.raise_compiler_error(
            "var as_of is '" ~ day ~ "', expected a day as YYYY-MM-DD, for example --vars 'as_of: \"2026-01-31\"'."
        ) }}
    {%- endif -%}
    cast('{{ day }}' as date)
{%- endmacro %}
