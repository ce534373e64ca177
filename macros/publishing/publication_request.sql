{#- What bank_marketing.warehouse.publishing needs to know of this run and of the project. -#}
{% macro publication_request(results) %}
    {% set outcomes = [] %}
    {% set compiled = {} %}
    {% for result in results if result.node.resource_type != "operation" %}
        {% do outcomes.append({"unique_id": result.node.unique_id, "status": result.status | string}) %}
        {% if result.node.resource_type == "model" and result.node.language == "sql" %}
            {% do compiled.update({result.node.unique_id: result.node.compiled_code}) %}
        {% endif %}
    {% endfor %}
    {% set nodes = [] %}
    {% set seeds = {} %}
    {% set tables = [] %}
    {% set keys = table_keys() %}
    {% for node in graph.nodes.values() if node.resource_type in ["model", "seed", "snapshot", "test"] %}
        {% do nodes.append({
            "unique_id": node.unique_id,
            "domain": none if node.resource_type == "test" else node.fqn[1],
            "depends_on": node.depends_on.nodes | default([]),
            "relation": node.relation_name,
            "sql": compiled.get(node.unique_id),
            "is_public": node.access == "public",
            "settings": node.config.meta if node.resource_type == "model" else {},
        }) %}
        {% if node.resource_type == "seed" %} {% do seeds.update({node.name: seed_declaration(node)}) %} {% endif %}
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
    {{ return(dict({
        "nodes": nodes,
        "seeds": seeds,
        "tables": tables,
        "results": outcomes,
        "published": published_path(),
        "commit": run_query("select git_commit()")[0][0],
        "dbt_version": dbt_version,
        "former": former_names(),
    }, **published_tokens())) }}
{% endmacro %}
