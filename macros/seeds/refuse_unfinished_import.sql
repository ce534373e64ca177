{#- Stops the load of a file whose domain was left half-imported: new cards of old customers would pass unseen. -#}
{% macro refuse_unfinished_import(file) %}
    {%- set command = run_query("select command_to_run_again(" ~ dbt.string_literal(file) ~ ")")[0][0] -%}
    {%- if command -%}
        {{ exceptions.raise_compiler_error(
            file ~ ": an import into this folder was interrupted, so its files may not belong together."
            ~ " Run it again: " ~ command
        ) }}
    {%- endif -%}
{% endmacro %}
