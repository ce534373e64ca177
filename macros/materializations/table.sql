{#- A table is made in the place of the old one (`in_place_of`), or kept (docs/decisions/0006-kept-results.md). Python models
    write on a connection of their own, outside this one's transaction, so theirs is made beside the old one and renamed. -#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set former = load_cached_relation(this) -%}
    {%- set relation = this.incorporate(type="table") -%}
    {%- set beside = make_intermediate_relation(relation) -%}
    {%- set token = token_of(compiled_code) -%}
    {% if is_kept(token) %} {% do report_kept() %} {{ return({"relations": [relation]}) }} {% endif %}
    {{ run_hooks(pre_hooks) }}
    {% if model.language == "python" %}
        {% do drop_relation_if_exists(load_cached_relation(beside)) %}
        {% call statement("main", language="python") -%}
            {{ create_table_as(false, beside, compiled_code, "python") }}
        {%- endcall %}
        {% do run_query(
            in_place_of(former) ~ "alter table " ~ beside ~ " rename to " ~ adapter.quote(relation.identifier) ~ noted(token)
        ) %}
    {% elif model.config.meta.get("follows") %}
        {% call statement("main") -%} {{ made_by_month(former, relation, sql) }} {{ noted(token) }} {%- endcall %}
    {% else %}
        {% call statement("main") -%}
            {{ in_place_of(former) }} {{ create_table_as(false, relation, sql) }} {{ noted(token) }}
        {%- endcall %}
    {% endif %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {% do remember(token) %}
    {{ return({"relations": [relation]}) }}
{% endmaterialization %}
