{#- The newest moment that a snapshot knows, as a column `moment` of a query on it. -#}
{% macro newest_moment(snapshot, config) %}
    {%- set columns = config.get("snapshot_table_column_names") or {} -%}
    {%- set valid_from = columns.get("dbt_valid_from") or "dbt_valid_from" -%}
    {%- set valid_to = columns.get("dbt_valid_to") or "dbt_valid_to" -%}
    max(greatest({{ valid_from }}, coalesce({{ valid_to }}, {{ valid_from }}))) as moment from {{ snapshot }}
{% endmacro %}
