{#- How many lines of a seed's file are neither header, row nor reject. DuckDB drops lines far over its limit, and
    what an open quotation mark swallows, without a word. Line ends are counted at the speed of the disk; only if
    they don't add up, breaks within values and blank lines are counted, too. Parquet has no lines to lose. -#}
{% macro lost_seed_lines(seed, header, rejects, rows_read, texts) %}
    {% if is_parquet(seed) %} {{ return(0) }} {% endif %}
    {%- set file = dbt.string_literal(seed["original_file_path"]) -%}
    {%- set lines = run_query("select file_lines(" ~ file ~ ")")[0][0] -%}
    {% if lines == rows_read + 1 %} {{ return(0) }} {% endif %}
    {%- set found = run_query(
        "select count_blank_lines(" ~ file ~ ", 2), coalesce((select sum(breaks) from (select "
        ~ line_breaks(["any_value(csv_line)"]) ~ " as breaks from " ~ rejects
        ~ " where error_type <> 'UNQUOTED VALUE' group by line)), 0), coalesce((select sum("
        ~ line_breaks(header) ~ ") from (" ~ texts ~ ")), 0)"
    )[0] -%}
    {{ return([lines - rows_read - 1 - found[0] - found[1] - found[2], 0] | max) }}
{% endmacro %}
