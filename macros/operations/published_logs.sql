{#- Logs that a publication adds to and each start reads back, by their name in the working file: the published table and
    the columns. A column that a file of an earlier release lacks is null. -#}
{% macro published_logs() %}
    {{ return({
        "operations_private.publication_log": {
            "published": "operations.publications",
            "columns": {
                "version": "bigint", "published_at": "timestamp", "git_commit": "varchar", "dbt_version": "varchar",
                "domains_built": "varchar", "domains_kept": "varchar",
            },
        },
        "operations_private.publication_file_log": {
            "published": "operations.publication_files",
            "columns": {
                "version": "bigint", "domain": "varchar", "seed_name": "varchar", "file": "varchar",
                "rows_read": "bigint", "rows_loaded": "bigint", "rows_rejected": "bigint", "fingerprint": "varchar",
            },
        },
    }) }}
{% endmacro %}
