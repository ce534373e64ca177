{#- Whether SQL reads a clock, a lot, a file or the catalogue, or a table that isn't among those that it
    declares by ref or source (their ids). -#}
{% macro has_unknown_input(sql, declared) %}
    {%- set calls = (
        "now|today|random|setseed|uuid\\w*|gen_random_uuid|get_current_\\w+|transaction_timestamp|age|getenv|getvariable|"
        ~ "current_setting|nextval|currval|txid_current|glob|query|query_table|read_\\w+|parquet_\\w+|sniff_csv|\\w+_scan|"
        ~ "duckdb_\\w+|pragma_\\w+|pg_\\w+|file_\\w+|export_\\w+|published_\\w+|git_commit"
    ) -%}
    {%- set words = "current_date|current_time|current_timestamp|localtime|localtimestamp|information_schema|tablesample" -%}
    {%- if modules.re.search(
        "\\b(" ~ calls ~ ")\\s*\\(|\\b(" ~ words ~ ")\\b|\\b(from|join)\\s+'|\\busing\\s+sample\\b", sql, modules.re.I
    ) -%}
        {{ return(true) }}
    {%- endif -%}
    {%- for schema, name in graph.kept.reads.findall(sql) -%}
        {%- set id = graph.kept.relations.get((schema ~ "." ~ name) | lower) -%}
        {%- if id and id not in declared -%} {{ return(true) }} {%- endif -%}
    {%- endfor -%}
    {{ return(false) }}
{% endmacro %}
