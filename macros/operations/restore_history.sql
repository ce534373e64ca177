{#- History (fits, snapshots, publications) can't be built again from the data: where the working file lacks it, it is taken from
    the published file, which has all its columns. -#}
{% macro restore_history() %}
    {% set published = published_path() %}
    {% set known = run_query("select file_exists('" ~ published ~ "')")[0][0] %}
    {% do run_query(
        "create table if not exists operations_private.publication_log (version bigint, published_at timestamp,"
        ~ " git_commit varchar, dbt_version varchar, houses_built varchar, houses_kept varchar,"
        ~ " seed_fingerprints varchar, rows_by_table varchar)"
    ) %}
    {% do adapter.commit() %}
    {% if known %}
        {% do run_query("attach '" ~ published ~ "' as published (read_only)") %}
        {% do run_query("delete from operations_private.publication_log") %}
        {% do run_query(
            "insert into operations_private.publication_log by name select * from published.operations.publications"
        ) %}
        {% for node in graph.nodes.values() if node.resource_type == "model" and node.fqn[2] == "fit" %}
            {% set fits = api.Relation.create(
                database=node.database, schema=node.schema, identifier=node.alias, type="table"
            ) %}
            {% if not load_relation(fits) %} {% do restore_fits(fits, node) %} {% endif %}
        {% endfor %}
        {% for node in graph.nodes.values() if node.resource_type == "snapshot" %}
            {% set snapshot = api.Relation.create(
                database=node.database, schema=node.schema, identifier=node.alias, type="table"
            ) %}
            {% if not load_relation(snapshot) %} {% do restore_snapshot(snapshot, node) %} {% endif %}
        {% endfor %}
        {% do adapter.commit() %}
        {% do run_query("detach published") %}
    {% endif %}
{% endmacro %}
