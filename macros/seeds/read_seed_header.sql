{#- Reads a seed's header and returns, by the file's order, the declared name of each column; a header that
    isn't the declared one stops the load. -#}
{% macro read_seed_header(seed) %}
    {%- set file = seed["original_file_path"] -%}
    {%- set found = run_query("select unnest(file_header(" ~ dbt.string_literal(file) ~ "))").columns[0].values() | list -%}
    {%- set declared = {} -%}
    {%- set optional = [] -%}
    {%- for column in seed["columns"].values() -%}
        {%- set header = column.meta.get("header", column.name) -%}
        {%- do declared.update({header: column.name}) -%}
        {%- if column.meta.get("optional", false) -%} {%- do optional.append(header) -%} {%- endif -%}
    {%- endfor -%}
    {%- set missing = declared.keys() | reject("in", found) | reject("in", optional) | list -%}
    {%- set unknown = found | reject("in", declared.keys()) | list -%}
    {%- set repeated = found | select("in", declared.keys()) | list | length != found | unique | list | length -%}
    {%- if missing or unknown or repeated -%}
        {{ exceptions.raise_compiler_error(
            file ~ ", line 1: the header isn't the expected one."
            ~ "\n  expected: " ~ declared.keys() | join(", ")
            ~ "\n  found:    " ~ (found | join(", ") if found else "nothing, the file is empty")
            ~ ("\n  missing:  " ~ missing | join(", ") if missing else "")
            ~ ("\n  unknown:  " ~ unknown | join(", ") if unknown else "")
            ~ "\nRename the columns, or import the file with: .venv/bin/bank-marketing import-kaggle PATH"
        ) }}
    {%- endif -%}
    {%- set names = [] -%}
    {%- for header in found -%} {%- do names.append(declared[header]) -%} {%- endfor -%}
    {{ return(names) }}
{% endmacro %}
