{#- History (fits, snapshots, publications) can't be built again from the data: where the working file lacks it, it is
    taken from the published file, which has all its columns, by its present or its former names. Logs are read back at
    each start, so that the list of a build that failed was never made. -#}
{% macro restore_history() %}
    {% set published = published_path() %}
    {% set problem = run_query("select published_file_problem('" ~ published ~ "')")[0][0] %}
    {% if problem %} {{ exceptions.raise_compiler_error(problem) }} {% endif %}
    {% do run_query("select sweep_leftovers('" ~ published ~ "')") %}
    {% do restore_logs(dict(dict(published_logs(), **list_logs()), **known_before())) %}
    {% if run_query("select file_exists('" ~ published ~ "')")[0][0] %}
        {% do run_query("attach '" ~ published ~ "' as published (read_only)") %}
        {% set known = {
            "own_columns": columns_by_table(target.database), "published_columns": columns_by_table("published")
        } %}
        {% set updates = [] %}
        {% for node in graph.nodes.values() if node.resource_type in ["model", "snapshot"] %}
            {% set relation = api.Relation.create(
                database=node.database, schema=node.schema, identifier=node.alias, type="table"
            ) %}
            {% if node.resource_type == "snapshot" %}
                {% set columns = [node.config.unique_key] + node.config.check_cols + [
                    "dbt_scd_id", "dbt_updated_at", "valid_from", "valid_to"
                ] %}
                {% set history = node.fqn[1] ~ "." ~ node.name | replace("_snapshot", "_history") %}
                {% do restore_table(relation, history, columns=columns, **known) %}
                {% if load_relation(relation) %} {% do mend_states(relation, node.config.unique_key) %} {% endif %}
            {% elif node.fqn[2] == "fit" %}
                {% do restore_table(
                    relation, "evaluation.model_registry", model_name=node.name | replace("_fit", ""), **known
                ) %}
                {% if load_relation(relation) %}
                    {% do updates.append(
                        "update " ~ relation ~ " set status = 'insufficient_data' where status = 'too_little_data'"
                    ) %}
                    {#- Params and cards of earlier releases named the customer at whom a rate changes. -#}
                    {% do updates.append(
                        "update " ~ relation ~ " set params = regexp_replace(params, '\"first_customer\": [^,]*, ', ''),"
                        ~ " card = regexp_replace(card, 'at customer \\S+ \\(line (\\d+) of a file in this order\\)',"
                        ~ " 'at line \\1 of a file in this order')"
                        ~ " where params like '%\"first_customer\": %'"
                    ) %}
                {% endif %}
            {% endif %}
        {% endfor %}
        {% if updates %} {% do run_query(updates | join(";\n")) %} {% endif %}
        {% do adapter.commit() %}
        {% do run_query("detach published") %}
    {% endif %}
    {% do warn_of_clock() %}
{% endmacro %}
