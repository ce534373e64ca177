{#- Loads a CSV with DuckDB's own reader instead of dbt's; why and how: docs/decisions/0002-seed-materialization.md -#}
{% materialization seed, adapter='duckdb' %}
    {%- set target_relation = api.Relation.create(
        database=database, schema=schema, identifier=model["alias"], type="table"
    ) -%}
    {%- set file = model["original_file_path"] -%}
    {{ run_hooks(pre_hooks) }}

    {% do refuse_unfinished_import(file) %}
    {%- set header = read_seed_header(model) -%}
    {%- set started = modules.datetime.datetime.now() -%}
    {%- set rejects = "reader_rejects_" ~ model["alias"] -%}
    {% do run_query("select start_reading(" ~ dbt.string_literal(file) ~ ")") %}
    {%- set sql = seed_sql(model, header, rejects) -%}
    {% call statement("load") -%}
        create or replace table {{ target_relation }} as {{ sql["rows"] }}
    {%- endcall %}
    {%- set counts = reject_seed_rows(model, target_relation, header, rejects, sql) -%}
    {%- set seconds = (modules.datetime.datetime.now() - started).total_seconds() -%}
    {%- set refusal = seed_refusal(model, counts) -%}
    {% do log_seed_load(model, counts, seconds, is_refused=refusal is not none) %}
    {#- The rejected rows are what a refused load is mended by, so they are committed before the error. -#}
    {% do adapter.commit() %}
    {% if refusal %}
        {% do run_query("drop table if exists " ~ target_relation) %}
        {% do adapter.commit() %}
        {{ exceptions.raise_compiler_error(refusal) }}
    {% endif %}

    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {% do store_result("agate_table", response="OK", agate_table=run_query("select 1 as loaded")) %}
    {% call noop_statement("main", "LOADED " ~ counts.loaded, "LOADED", counts.loaded) %}
        select 1
    {% endcall %}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
