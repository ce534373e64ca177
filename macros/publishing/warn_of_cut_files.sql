{#- Warns of raw files with far fewer rows than at the last publication, or with a last line that breaks off. -#}
{% macro warn_of_cut_files() %}
    {% set warnings = run_query(
        "select unnest(cut_file_warnings(loads.file, coalesce(before.rows_read, -1), loads.rows_read)) as warning"
        ~ " from operations_private.seed_load_log as loads"
        ~ " left join operations_private.publication_file_log as before"
        ~ " on before.seed_name = loads.seed_name and before.version ="
        ~ " (select max(version) from operations_private.publication_file_log)"
        ~ " where loads.seed_name like 'raw_%' order by loads.file"
    ) %}
    {% for row in warnings %} {% do exceptions.warn("Warning: " ~ row[0]) %} {% endfor %}
{% endmacro %}
