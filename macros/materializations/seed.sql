{#- Loads a CSV with DuckDB's own reader instead of dbt's; why and how: docs/decisions/0002-seed-materialization.md. A folder
    of parts may stand for it: docs/decisions/0007-months.md. What was loaded is kept: docs/decisions/0006-kept-results.md. -#}
{% materialization seed, adapter='duckdb' %}
    {%- set target_relation = api.Relation.create(
        database=database, schema=schema, identifier=model["alias"], type="table"
    ) -%}
    {%- set file = model["original_file_path"] -%}
    {{ run_hooks(pre_hooks) }}

    {% do refuse_unfinished_import(file) %}
    {%- set started = modules.datetime.datetime.now() -%}
    {%- set in_parts = comes_in_parts(model) -%}
    {%- set source = load_parts(model, target_relation) if in_parts else seed_content(model) -%}
    {% if source.fingerprint and not source.is_changed and is_kept(seed_token(model, source.fingerprint)) %}
        {% do adapter.commit() %}
        {% do report_kept() %}
        {% do store_result("agate_table", response="kept", agate_table=graph.kept.passed) %}
        {{ return({"relations": [target_relation]}) }}
    {% endif %}
    {% if in_parts %} {%- set counts = source.counts -%}
    {% else %}
        {% do forget_parts(model, target_relation) %}
        {%- set counts = load_file(model, target_relation) -%}
    {% endif %}
    {%- set seconds = (modules.datetime.datetime.now() - started).total_seconds() -%}
    {%- set refusal = source.refusal if in_parts else seed_refusal(model, counts) -%}
    {%- set fingerprint = log_seed_load(model, counts, seconds, is_refused=refusal is not none, source=source) -%}
    {#- Nothing is kept of a file that changed while it was loaded. -#}
    {%- set is_settled = in_parts or seed_content(model, [source.state, ""]).state == source.state -%}
    {%- set token = seed_token(model, fingerprint) if is_settled and not refusal else none -%}
    {% do run_query("select 1" ~ noted(token, source.state, fingerprint)) %}
    {#- The rejected rows are what a refused load is mended by, so they are committed before the error. -#}
    {% do adapter.commit() %}
    {% if refusal %}
        {#- Of parts only the refused ones are left out, and loaded when they are mended. -#}
        {% if not in_parts %} {% do run_query("drop table if exists " ~ target_relation) %} {% endif %}
        {% do adapter.commit() %}
        {{ exceptions.raise_compiler_error(refusal) }}
    {% endif %}
    {% do remember(token) %}

    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {% do store_result("agate_table", response="OK", agate_table=run_query("select 1 as loaded")) %}
    {% call noop_statement("main", "LOADED " ~ counts.loaded, "LOADED", counts.loaded) %}
        select 1
    {% endcall %}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
