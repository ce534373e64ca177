{#- Before anything is built: schemas, tables of rejected rows and logs exist, and history that the working file lacks comes back
    from the published one (docs/decisions/0003-publishing.md). -#}
{% macro prepare_working_file() %}
    {% if execute and flags.WHICH in ["build", "run", "seed", "test", "snapshot"] %}
        {#- All at once, since dbt takes longer to send a statement than DuckDB to run it. -#}
        {% set statements = [] %}
        {% for schema in ["raw", "operations", "operations_private", "evaluation"] + domains() %}
            {% do statements.append("create schema if not exists " ~ schema) %}
        {% endfor %}
        {% for domain in domains() %}
            {% do statements.append("create schema if not exists " ~ domain ~ "_private") %}
            {% do statements.append(
                "create table if not exists " ~ domain ~ "_private.rejected_rows (seed_name varchar, file varchar,"
                ~ " line bigint, text varchar, reason varchar, loaded_at timestamp)"
            ) %}
        {% endfor %}
        {% do statements.append(
            "create table if not exists operations_private.seed_load_log (domain varchar, seed_name varchar,"
            ~ " file varchar, rows_read bigint, rows_loaded bigint, rows_rejected bigint, bytes bigint,"
            ~ " fingerprint varchar, seconds double, is_refused boolean, loaded_at timestamp)"
        ) %}
        {% do statements.append(
            "create table if not exists operations_private.seed_part_log (seed_name varchar, part varchar,"
            ~ " file varchar, state varchar, fingerprint varchar, bytes bigint, reading varchar, rows_read bigint,"
            ~ " rows_rejected bigint, loaded_at timestamp)"
        ) %}
        {% do statements.append(
            "create table if not exists operations_private.month_log (table_name varchar, month date, token varchar)"
        ) %}
        {% do run_query(statements | join(";\n")) %}
        {% do read_kept_results() %}
        {% do restore_history() %}
        {% do restore_exports() %}
    {% endif %}
{% endmacro %}
