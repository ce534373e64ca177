{#- A data test is dbt's own, if its result isn't kept (docs/decisions/0006-kept-results.md). -#}
{% materialization test, adapter='duckdb' %}
    {%- set token = none if should_store_failures() else token_of(sql) -%}
    {% if is_kept(token) %} {% do report_kept() %} {{ return({"relations": []}) }} {% endif %}
    {% do graph.kept.tested.update({model.unique_id: token}) %}
    {{ return(dbt.materialization_test_default()) }}
{% endmaterialization %}
