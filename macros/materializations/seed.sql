{#- Loads a CSV with DuckDB's own reader instead of dbt's; why and how: docs/decisions/0002-seed-materialization.md. A folder
    of parts may stand for it: docs/decisions/0007-months.md. -#}
{% materialization seed, adapter='duckdb' %}
    {%- set target_relation = api.Relation.create(
        database=database, schema=schema, identifier=model["alias"], type="table"
    ) -%}
    {%- set file = model["original_file_path"] -%}
    {{ run_hooks(pre_hooks) }}

    {% do refuse_unfinished_import(file) %}
    {%- set started = modules.datetime.datetime.now() -%}
    {%- set in_parts = comes_in_parts(model) -%}
    {% if in_parts %} {%- set source = load_parts(model, target_relation) -%} {%- set counts = source.counts -%}
    {% else %}
        {% do forget_parts(model, target_relation) %}
        {%- set source = {} -%}
        {%- set counts = load_file(model, target_relation) -%}
    {% endif %}
    {%- set seconds = (modules.datetime.datetime.now() - started).total_seconds() -%}
    {%- set refusal = source.refusal if in_parts else seed_refusal(model, counts) -%}
    {% do log_seed_load(model, counts, seconds, is_refused=refusal is not none, source=source) %}
    {#- The rejected rows are what a refused load is mended by, so they are committed before the error. -#}
    {% do adapter.commit() %}
    {% if refusal %}
        {#- Of parts only the refused ones are left out, and loaded when they are mended. -#}
        {% if not in_parts %} {% do run_query("drop table if exists " ~ target_relation) %} {% endif %}
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
