{#- After a build: publishes what is whole (docs/decisions/0003-publishing.md). The plan is made in Python
    (bank_marketing.publishing), the statements run here on dbt's own connection. -#}
{% macro publish(results) %}
    {% if execute and flags.WHICH == "build" and not flags.EMPTY %}
        {% set request = publication_request(results) %}
        {% set plan = run_query(
            "select unnest(publication_statements(" ~ dbt.string_literal(dbt.escape_single_quotes(tojson(request))) ~ "))"
        ).columns[0].values() %}
        {% for statement in plan[1:] %}
            {% if statement == "commit" %} {% do adapter.commit() %}
            {% else %} {% do run_query(statement) %}
            {% endif %}
        {% endfor %}
        {{ print("\n" ~ plan[0]) }}
    {% endif %}
{% endmacro %}
