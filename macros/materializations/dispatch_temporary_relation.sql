{#- dbt-duckdb builds the new rows of an incremental Python model in `main.<model>__dbt_tmp<time>` on a cursor of its
    own, where "temporary" has no effect, and leaves that table behind. Here it lies in the model's own schema and is
    no temporary table, so that the materialization drops it at the end; what a killed build left is dropped first. -#}
{% macro duckdb__dispatch_temporary_relation(target_relation, batch_id='') %}
    {%- if model.language == "python" -%}
        {%- set relation = target_relation.incorporate(
            path={"identifier": target_relation.identifier ~ "__dbt_tmp"}, type="table"
        ) -%}
        {% do run_query("drop table if exists " ~ relation) %}
        {% do adapter.commit() %}
        {{ return({"relation": relation, "temporary": false}) }}
    {%- endif -%}
    {{ return({"relation": make_temp_relation(target_relation), "temporary": true}) }}
{% endmacro %}
