{#- Loads a file of a seed into a relation, its bad rows into those rejected, and returns how many rows there were. -#}
{% macro load_file(seed, relation) %}
    {%- set file = dbt.string_literal(seed["original_file_path"]) -%}
    {%- set header = read_seed_header(seed) -%}
    {%- set rejects = "reader_rejects_" ~ seed["alias"] ~ ("_" ~ seed["number"] if seed["part"] else "") -%}
    {% do run_query("select start_reading(" ~ file ~ ")") %}
    {%- set sql = seed_sql(seed, header, rejects) -%}
    {% call statement("load") -%}
        create or replace table {{ relation }} as {{ sql["rows"] }}
    {%- endcall %}
    {% if is_parquet(seed) %}
        {#- The reader of CSV makes it: of Parquet it reads every row. -#}
        {% do run_query("create or replace temp table " ~ rejects ~ " (line bigint, csv_line varchar, error_type varchar)") %}
    {% endif %}
    {{ return(reject_seed_rows(seed, relation, header, rejects, sql)) }}
{% endmacro %}
