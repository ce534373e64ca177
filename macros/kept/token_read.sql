{#- What stands for the rows of a seed, model, snapshot or source that a node reads: the token of its own, or a digest of its
    rows, where they don't follow from a token alone (logs, history, what always runs, and what follows from logs). -#}
{% macro token_read(id) %}
    {%- set kept, node = graph.kept, graph.nodes.get(id) -%}
    {%- set token = kept.tokens.get(id) or "~" -%}
    {%- if node and node.config.materialized not in ["incremental", "snapshot"] and not token.startswith("~") -%}
        {{ return(token) }}
    {%- endif -%}
    {%- if id in kept.digests -%} {{ return(kept.digests[id]) }} {%- endif -%}
    {%- if node and not load_relation(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias
    )) -%}
        {{ return("absent") }}
    {%- endif -%}
    {%- set read = node or graph.sources[id] -%}
    {%- set digest = run_query(
        "select count(*) || ' ' || coalesce(sum(hash(read_rows)), 0) || ' ' || (select string_agg(column_name || ' ' || data_type,"
        ~ " ', ' order by column_index) from duckdb_columns() where database_name = current_database() and schema_name = '"
        ~ read.schema ~ "' and table_name = '" ~ (read.alias or read.identifier) ~ "') from " ~ read.relation_name ~ " as read_rows"
    )[0][0] -%}
    {#- Loads write logs while others read them; a node is finished before it is read. -#}
    {%- if node -%} {%- do kept.digests.update({id: digest}) -%} {%- endif -%}
    {{ return(digest) }}
{% endmacro %}
