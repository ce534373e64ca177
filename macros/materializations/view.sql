{#- A view is made in the place of the old one (`in_place_of`). -#}
{% materialization view, adapter='duckdb' %}
    {%- set relation = this.incorporate(type="view") -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement("main") -%}
        {{ in_place_of(load_cached_relation(this)) }} {{ create_view_as(relation, sql) }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({"relations": [relation]}) }}
{% endmaterialization %}
