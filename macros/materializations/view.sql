{#- A view is made in the place of the old one (`in_place_of`), or kept (docs/decisions/0006-kept-results.md). -#}
{% materialization view, adapter='duckdb' %}
    {%- set relation = this.incorporate(type="view") -%}
    {%- set token = token_of(sql) -%}
    {% if is_kept(token) %} {% do report_kept() %} {{ return({"relations": [relation]}) }} {% endif %}
    {{ run_hooks(pre_hooks) }}
    {% call statement("main") -%}
        {{ in_place_of(load_cached_relation(this)) }} {{ create_view_as(relation, sql) }} {{ noted(token) }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {% do remember(token) %}
    {{ return({"relations": [relation]}) }}
{% endmaterialization %}
