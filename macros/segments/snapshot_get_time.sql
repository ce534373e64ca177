{#- dbt-duckdb would stamp snapshots with the local time of the machine. Never before the newest moment that the snapshot
    knows: after a clock that ran ahead, states would end before they begin. -#}
{% macro duckdb__snapshot_get_time() -%}
    {%- if execute and load_relation(this) -%}
        {%- set newest = run_query(
            "select moment + interval 1 microsecond from (select " ~ newest_moment(this)
            ~ ") where moment >= " ~ utc_now()
        ) -%}
        {%- if newest | length -%} {{ return("cast('" ~ newest[0][0] ~ "' as timestamp)") }} {%- endif -%}
    {%- endif -%}
    {{ utc_now() }}
{%- endmacro %}
