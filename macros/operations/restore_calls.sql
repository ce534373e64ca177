{#- The lists of earlier publications, as `retention_call_history` published them: read back at each start, so that the
    list of a build that failed was never made. A column that an earlier release lacked is null; without a published
    file the working file's rows stay. -#}
{% macro restore_calls() %}
    {% set log = "churn_private.retention_call_log" %}
    {% set columns = {
        "publication": "bigint", "customer_id": "bigint", "listed_at": "timestamp", "action": "varchar",
        "is_held_out": "boolean", "is_carried_over": "boolean", "holdout_share": "double", "country": "varchar",
        "age_years": "integer", "tenure_years": "integer", "balance": "double", "products": "integer",
        "is_active": "boolean", "churn_probability": "double", "decile": "integer", "exit_probability": "double",
        "horizon_years": "double", "value_at_risk": "double", "expected_net_gain": "double",
    } %}
    {% set declared = [] %}
    {% for name, type in columns.items() %} {% do declared.append(name ~ " " ~ type) %} {% endfor %}
    {% do run_query("create table if not exists " ~ log ~ " (" ~ declared | join(", ") ~ ")") %}
    {% do adapter.commit() %}
    {% if run_query("select file_exists('" ~ published_path() ~ "')")[0][0] %}
        {% do run_query("attach '" ~ published_path() ~ "' as published (read_only)") %}
        {% do run_query("create or replace table " ~ log ~ " (" ~ declared | join(", ") ~ ")") %}
        {% set found = run_query(
            "select column_name from duckdb_columns() where database_name = 'published' and schema_name = 'churn'"
            ~ " and table_name = 'retention_call_history'"
        ).columns[0].values() | select("in", columns) | join(", ") %}
        {% if found %}
            {% do run_query(
                "insert into " ~ log ~ " by name select " ~ found ~ " from published.churn.retention_call_history"
            ) %}
        {% endif %}
        {% do adapter.commit() %}
        {% do run_query("detach published") %}
    {% endif %}
{% endmacro %}
