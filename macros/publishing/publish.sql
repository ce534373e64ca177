{#- After a build: publishes what is whole (docs/decisions/0003-publishing.md). The plan is made in Python
    (bank_marketing.warehouse.publishing), the statements run here on dbt's own connection. -#}
{% macro publish(results) %}
    {% if execute and flags.WHICH == "build" and not flags.EMPTY %}
        {% do warn_of_cut_files() %}
        {% set request = publication_request(results) %}
        {% set plan = run_query(
            "select unnest(publication_statements(" ~ dbt.string_literal(dbt.escape_single_quotes(tojson(request))) ~ "))"
        ).columns[0].values() %}
        {% do stop_if_refused(plan[0]) %}
        {% for statement in plan[1:] %}
            {% if statement == "commit" %} {% do adapter.commit() %}
            {% elif statement.startswith("select replace_file") %}
                {% do stop_if_refused(run_query(statement)[0][0]) %}
            {% else %} {% do run_query(statement) %}
            {% endif %}
        {% endfor %}
        {% if plan | length > 1 %} {% do restore_logs() %} {% endif %}
        {{ print("\n" ~ plan[0]) }}
    {% endif %}
{% endmacro %}
