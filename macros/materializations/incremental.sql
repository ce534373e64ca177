{#- Appends what a Python model returns to its history, or keeps it (docs/decisions/0006-kept-results.md). A history is never
    made afresh, whatever `--full-refresh` says. Python writes on a connection of its own: beside the table, and what it
    returned is moved from there. -#}
{% materialization incremental, adapter='duckdb', supported_languages=['python'] %}
    {%- set former = load_cached_relation(this) -%}
    {%- set relation = this.incorporate(type="table") -%}
    {%- set beside = make_intermediate_relation(relation) if former else relation -%}
    {#- Whether there is a history makes no other model. -#}
    {%- set token = token_of(compiled_code | replace("is_incremental = False", "is_incremental = True")) -%}
    {% if is_kept(token) %} {% do report_kept() %} {{ return({"relations": [relation]}) }} {% endif %}
    {{ run_hooks(pre_hooks) }}
    {% if former %} {% do drop_relation_if_exists(load_cached_relation(beside)) %} {% endif %}
    {% call statement("main", language="python") -%} {{ create_table_as(false, beside, compiled_code, "python") }} {%- endcall %}
    {% if former %}
        {% do process_schema_changes(config.get("on_schema_change"), beside, former) %}
        {% do run_query(
            "insert into " ~ relation ~ " by name from " ~ beside ~ "; drop table " ~ beside ~ noted(token)
        ) %}
    {% else %} {% do run_query("select 1" ~ noted(token)) %}
    {% endif %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {% do remember(token) %}
    {{ return({"relations": [relation]}) }}
{% endmaterialization %}
