{#- The `when ... then reason` branches of a seed's row checks, from what the seed's property file declares:
    data_type, and in meta required, format, minimum, maximum and allowed_values. Reasons carry no value,
    so that they can be counted and published. -#}
{% macro seed_row_checks(seed, header) %}
    {%- for column in seed["columns"].values() if column.name in header -%}
        {%- set meta = column.meta -%}
        {%- set name = meta.get("header", column.name) | trim | replace("'", "''") -%}
        {%- set text = column.name -%}
        {%- set format = meta.get("format") -%}
        {%- if format -%} {%- set value = context["parse_" ~ format](text) -%}
        {%- elif column.data_type != "varchar" -%} {%- set value = "try_cast(" ~ text ~ " as " ~ column.data_type ~ ")" -%}
        {%- else -%} {%- set value = text -%}
        {%- endif -%}
        {%- if meta.get("required", false) %}
            when coalesce(trim({{ text }}), '') = '' then '{{ name }}: missing'
        {%- endif %}
        {%- if value != text %}
            when {{ text }} is not null and {{ value }} is null
            then '{{ name }}: not a valid {{ (format or column.data_type) | replace("_", " ") }}'
        {%- endif %}
        {%- if column.data_type in ["integer", "bigint"] %}
            when contains({{ text }}, '.') and {{ value }} <> try_cast({{ text }} as double)
            then '{{ name }}: not a whole number'
        {%- elif column.data_type == "double" %}
            when not isfinite({{ value }}) then '{{ name }}: not a finite number'
        {%- endif %}
        {%- for bound, comparison, words in [("minimum", "<", "below"), ("maximum", ">", "above")] if bound in meta %}
            {%- set limit = meta[bound] if meta[bound] is number else "cast('" ~ meta[bound] ~ "' as date)" %}
            when {{ value }} {{ comparison }} {{ limit }} then '{{ name }}: {{ words }} {{ meta[bound] }}'
        {%- endfor %}
        {%- if "allowed_values" in meta %}
            when trim({{ text }}) not in (
                {%- for allowed in meta.allowed_values -%} {{ dbt.string_literal(allowed | string) }} {{- ", " if not loop.last }} {%- endfor -%}
            ) then '{{ name }}: not one of the allowed values'
        {%- endif %}
    {%- endfor %}
    when false then ''
{% endmacro %}
