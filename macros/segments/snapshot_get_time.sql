{#- dbt-duckdb would stamp snapshots with the local time of the machine. -#}
{% macro duckdb__snapshot_get_time() -%} {{ utc_now() }} {%- endmacro %}
