{#- Before operations.publication_files there was a column of publications, JSON with a fingerprint by seed. Of a file
    that is still as it was then, the rows are known, too. -#}
{% macro restore_file_fingerprints(published_columns) %}
    {% set is_old = (
        "seed_fingerprints" in published_columns.get("operations.publications", [])
        and "operations.publication_files" not in published_columns
    ) %}
    {% if is_old %}
        {% do run_query(
            "insert into operations_private.publication_file_log by name"
            ~ " select version, domain, seed_name, file, loads.rows_read, loads.rows_loaded, loads.rows_rejected,"
            ~ " fingerprint from ("
            ~ "select version, unnest(json_keys(seed_fingerprints)) as seed_name,"
            ~ " seed_fingerprints ->> ('$.' || unnest(json_keys(seed_fingerprints))) as fingerprint"
            ~ " from published.operations.publications)"
            ~ " left join published.operations.seed_loads as loads using (seed_name, fingerprint)"
        ) %}
    {% endif %}
{% endmacro %}
