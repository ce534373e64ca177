{#- A table is made in the place of the old one (`in_place_of`). Python models write on a connection of their own, outside
    this one's transaction, so theirs is made beside the old one and renamed. -#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set former = load_cached_relation(this) -%}
    {%- set relation = this.incorporate(type="table") -%}
    {%- set beside = make_intermediate_relation(relation) -%}
    {{ run_hooks(pre_hooks) }}
    {% if model.language == "python" %}
        {% do drop_relation_if_exists(load_cached_relation(beside)) %}
        {% call statement("main", language="python") -%}
            {{ create_table_as(false, beside, compiled_code, "python") }}
        {%- endcall %}
        {% do run_query(
            in_place_of(former) ~ "alter table " ~ beside ~ " rename to " ~ adapter.quote(relation.identifier)
        ) %}
    {% elif model.config.meta.get("follows") %}
        {% call statement("main") -%} {{ made_by_month(former, relation, sql) }} {%- endcall %}
    {% else %}
        {% call statement("main") -%} {{ in_place_of(former) }} {{ create_table_as(false, relation, sql) }} {%- endcall %}
    {% endif %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({"relations": [relation]}) }}
{% endmaterialization %}
