{#- Reads which results stand in the working file, once for all nodes (docs/decisions/0006-kept-results.md). A result whose
    table or view is gone, or whose load is in no log, is forgotten here, before history is restored. What is known stands in
    `graph`, the one place that all nodes of a run share, so that a node costs no statement. -#}
{% macro read_kept_results() %}
    {% do run_query(
        "create schema if not exists kept_private;"
        ~ " create table if not exists kept_private.results (unique_id varchar, relation varchar, token varchar, state varchar,"
        ~ " fingerprint varchar);"
        ~ " create or replace table kept_private.surroundings as select surroundings('" ~ published_path() ~ "') as made_by;"
        ~ " create table if not exists kept_private.published (path varchar, token varchar);"
        ~ " delete from kept_private.results where relation <> '' and relation not in (select schema_name || '.' || table_name"
        ~ " from duckdb_tables() where database_name = current_database() union all"
        ~ " select schema_name || '.' || view_name from duckdb_views() where database_name = current_database());"
        ~ " delete from kept_private.results where unique_id like 'seed.%' and split_part(unique_id, '.', 3) not in"
        ~ " (select seed_name from operations_private.seed_load_log)"
    ) %}
    {% set tokens, files, relations = {}, {}, {} %}
    {% for row in run_query("select unique_id, token, state, fingerprint from kept_private.results") %}
        {% do tokens.update({row[0]: row[1]}) %}
        {% do files.update({row[0]: [row[2], row[3]]}) %}
    {% endfor %}
    {% for node in (graph.nodes.values() | list) + (graph.sources.values() | list) if node.relation_name %}
        {% do relations.update({node.schema ~ "." ~ (node.alias or node.identifier): node.unique_id}) %}
    {% endfor %}
    {% for row in run_query(
        "select schema_name || '.' || table_name from duckdb_tables() where database_name = current_database()"
    ) %}
        {% if row[0] not in relations %} {% do relations.update({row[0]: "undeclared"}) %} {% endif %}
    {% endfor %}
    {% set schemas = [] %}
    {% for name in relations %} {% do schemas.append(modules.re.escape(name.split(".")[0])) %} {% endfor %}
    {% do graph.update({"kept": {
        "tokens": tokens,
        "files": files,
        "digests": {},
        "tested": {},
        "relations": relations,
        "reads": modules.re.compile("\\b(" ~ schemas | unique | join("|") ~ ")\"?\\s*\\.\\s*\"?(\\w+)", modules.re.I),
        "surroundings": run_query("from kept_private.surroundings")[0][0],
        "passed": run_query("select 0 as failures, false as should_warn, false as should_error"),
    }}) %}
    {% do adapter.commit() %}
{% endmacro %}
