{#- Digests of letters alone: of thousands of hexadecimal ones, some hold a run of digits that passes for a card number,
    and published tables are searched for those. -#}
{% macro duckdb__snapshot_hash_arguments(args) -%}
    translate({{ default__snapshot_hash_arguments(args) }}, '0123456789', 'ghijklmnop')
{%- endmacro %}
