{#- The file that readers see: warehouse/sample.duckdb beside the working file warehouse/sample_build.duckdb. -#}
{% macro published_path() %}
    {% if not target.path.endswith("_build.duckdb") %}
        {{ exceptions.raise_compiler_error(
            "The working file is " ~ target.path ~ " (BANK_MARKETING_WORKING_FILE), expected a name that ends in _build.duckdb:"
            ~ " without that ending it is the published file's."
        ) }}
    {% endif %}
    {{ return(target.path | replace("_build.duckdb", ".duckdb")) }}
{% endmacro %}
