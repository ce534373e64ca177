{#- What bank_marketing.warehouse.publishing needs to know of this run and of the project. -#}
{% macro publication_request(results) %}
    {% set nodes = [] %}
    {% set tables = [] %}
    {% set keys = table_keys() %}
    {% for node in graph.nodes.values() if node.resource_type in ["model", "seed", "snapshot", "test"] %}
        {% do nodes.append({
            "unique_id": node.unique_id,
            "domain": none if node.resource_type == "test" else node.fqn[1],
            "depends_on": node.depends_on.nodes | default([]),
        }) %}
        {% if node.resource_type == "model" and node.access == "public" %}
            {% set columns = {} %}
            {% set not_null = [] %}
            {% for column in node.columns.values() %}
                {% do columns.update({column.name: column.description}) %}
                {% for constraint in column.constraints if constraint.type == "not_null" %}
                    {% do not_null.append(column.name) %}
                {% endfor %}
            {% endfor %}
            {% do tables.append({
                "schema": node.schema, "name": node.name, "description": node.description, "columns": columns,
                "not_null": not_null, "key": keys.get(node.unique_id, []),
            }) %}
        {% endif %}
    {% endfor %}
    {% set outcomes = [] %}
    {% for result in results if result.node.resource_type != "operation" %}
        {% do outcomes.append({"unique_id": result.node.unique_id, "status": result.status | string}) %}
    {% endfor %}
    {{ return({
        "nodes": nodes,
        "tables": tables,
        "results": outcomes,
        "published": published_path(),
        "commit": run_query("select git_commit()")[0][0],
        "dbt_version": dbt_version,
        "former": former_names(),
    }) }}
{% endmacro %}
