{#- Adds the exports of the log beside the published file (bank_marketing.serving.export_log) to those that are published,
    and makes the table of who was in them. Of a published export that the log lacks, everybody on its list counts. Without
    published file and log, as in a copy, the working file's rows stay. -#}
{% macro restore_exports() %}
    {% set published = dbt.string_literal(published_path()) %}
    {% set problem = run_query("select export_log_problem(" ~ published ~ ")")[0][0] %}
    {% if problem %} {{ exceptions.raise_compiler_error(problem) }} {% endif %}
    {% set columns = published_logs()["operations_private.export_log"].columns %}
    {% do run_query(
        "create or replace temp table noted_exports as select unnest(from_json(line, '"
        ~ tojson(dict(columns, customers=["bigint"])) ~ "')) from (select unnest(export_lines(" ~ published ~ ")) as line)"
    ) %}
    {% do run_query(
        "create table if not exists operations_private.export_customer_log (list_name varchar, subject_id bigint,"
        ~ " exported_at timestamp)"
    ) %}
    {% set is_known = run_query(
        "select file_exists(" ~ published ~ ") or exists (select 1 from noted_exports)"
    )[0][0] %}
    {% if is_known %}
        {% do run_query(
            "create or replace table operations_private.export_customer_log as"
            ~ " select list_name, unnest(customers) as subject_id, exported_at from noted_exports"
        ) %}
        {% do restore_lost_exports() %}
        {% do run_query(
            "insert into operations_private.export_log by name select " ~ columns | join(", ") ~ " from noted_exports"
            ~ " where export_id not in (select export_id from operations_private.export_log)"
        ) %}
    {% endif %}
    {% do adapter.commit() %}
{% endmacro %}
