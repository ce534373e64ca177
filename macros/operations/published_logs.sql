{#- Logs that a publication adds to and each start reads back, by their name in the working file: the published table and
    the columns. A column that a file of an earlier release lacks is null. -#}
{% macro published_logs() %}
    {{ return({
        "operations_private.publication_log": {
            "published": "operations.publications",
            "columns": {
                "version": "bigint", "published_at": "timestamp", "git_commit": "varchar", "dbt_version": "varchar",
                "domains_built": "varchar", "domains_kept": "varchar", "key_fingerprint": "varchar",
            },
        },
        "operations_private.publication_file_log": {
            "published": "operations.publication_files",
            "columns": {
                "version": "bigint", "domain": "varchar", "seed_name": "varchar", "file": "varchar",
                "rows_read": "bigint", "rows_loaded": "bigint", "rows_rejected": "bigint", "fingerprint": "varchar",
            },
        },
        "operations_private.export_log": {
            "published": "operations.exports",
            "columns": {
                "export_id": "varchar", "domain": "varchar", "list_name": "varchar", "publication": "bigint",
                "exported_at": "timestamp", "file_format": "varchar", "is_expired": "boolean", "rows_exported": "bigint",
                "rows_left_out": "bigint", "sha256": "varchar",
            },
        },
    }) }}
{% endmacro %}
