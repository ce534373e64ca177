{#- The `when ... then reason` branches of a seed's row checks, from what the seed's property file declares: data_type,
    and in meta required, format, minimum, maximum, allowed_values, held_as, times. Reasons carry no value, so that they
    can be counted and published. -#}
{% macro seed_row_checks(seed, header) %}
    {%- for column in seed["columns"].values() if column.name in header -%}
        {%- set meta = column.meta -%}
        {%- set name = meta.get("header", column.name) | trim | replace("'", "''") -%}
        {%- set text = column.name -%}
        {%- set trimmed = "trim(" ~ text ~ ")" -%}
        {%- set kind = value_kind(meta.get("format"), column.data_type) -%}
        {%- set value = seed_value(column, text) -%}
        {%- if meta.get("required", false) %}
            when coalesce({{ trimmed }}, '') = '' then '{{ name }}: missing'
        {%- endif %}
        {%- if kind == "whole" %}
            when {{ value }} is null and {{ full_match(trimmed, value_pattern("decimal")) }} and contains({{ text }}, '.')
            then '{{ name }}: not a whole number'
        {%- elif kind in ["decimal", "money"] %}
            {%- set places = decimal_places(column.data_type) if kind == "decimal" else 2 %}
            when
                {{ full_match(trimmed, value_pattern(kind)) }}
                and not {{ full_match(trimmed, value_pattern(kind, places)) }}
            then '{{ name }}: more than {{ places }} decimals'
        {%- elif kind == "timestamp" %}
            when {{ full_match(trimmed, value_pattern("zoned")) }}
            then '{{ name }}: a time zone, of which the format says nothing'
        {%- elif kind == "double" %}
            when not isfinite({{ value }}) then '{{ name }}: not a finite number'
        {%- endif %}
        {%- if kind != "text" %}
            when {{ text }} is not null and {{ value }} is null
            then '{{ name }}: not a valid {{ (meta.get("format") or column.data_type) | replace("_", " ") }}'
        {%- endif %}
        {%- for bound, comparison, words in [("minimum", "<", "below"), ("maximum", ">", "above")] if bound in meta %}
            {%- set limit = meta[bound] if meta[bound] is number else "cast('" ~ meta[bound] ~ "' as date)" %}
            when {{ value }} {{ comparison }} {{ limit }} then '{{ name }}: {{ words }} {{ meta[bound] }}'
        {%- endfor %}
        {%- set too_large = first_too_large(column) %}
        {%- if too_large %}
            when abs({{ value }}) >= {{ too_large }} then '{{ name }}: too large ({{ too_large }} or more)'
        {%- endif %}
        {%- if meta.get("times") %}
            {%- set other = seed["columns"][meta.times] %}
            when abs(cast({{ value }} as double) * {{ seed_value(other, other.name) }}) >= {{ too_large }}
            then '{{ name }}: too large times {{ other.meta.get("header", other.name) }} ({{ too_large }} or more)'
        {%- endif %}
        {%- if "allowed_values" in meta and kind != "boolean" %}
            when {{ trimmed }} not in (
                {%- for allowed in meta.allowed_values -%} {{ dbt.string_literal(allowed | string) }} {{- ", " if not loop.last }} {%- endfor -%}
            ) then '{{ name }}: not one of the allowed values'
        {%- endif %}
    {%- endfor %}
    when false then ''
{% endmacro %}
