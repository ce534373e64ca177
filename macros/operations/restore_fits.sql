{#- Takes a model's fits back from the published registry; makes no table if it holds none, so that the fit starts afresh. -#}
{% macro restore_fits(fits, node) %}
    {% set model_name = node.name | replace("_fit", "") %}
    {% set of_model = "from published.evaluation.model_registry where model_name = '" ~ model_name ~ "'" %}
    {% set has_registry = run_query(
        "select count(*) from duckdb_tables() where database_name = 'published' and schema_name = 'evaluation'"
        ~ " and table_name = 'model_registry'"
    )[0][0] %}
    {% if has_registry and run_query("select count(*) " ~ of_model)[0][0] %}
        {% do run_query("create table " ~ fits ~ " as select * " ~ of_model) %}
        {#- dbt learned before this hook which tables exist; without this line it would create the table again. -#}
        {% do adapter.cache_added(fits) %}
    {% endif %}
{% endmacro %}
