{#- What bank_marketing.seeds.row_sql makes of a seed's declaration: the SQL of its rows, of its text and of its key. -#}
{% macro seed_sql(seed, header, rejects) %}
    {%- set declaration = dbt.string_literal(dbt.escape_single_quotes(tojson(seed_declaration(seed)))) -%}
    {%- set path = dbt.string_literal(seed["original_file_path"]) -%}
    {{ return(fromjson(run_query(
        "select seed_sql(" ~ declaration ~ ", " ~ path ~ ", " ~ header ~ ", '" ~ rejects ~ "')"
    )[0][0])) }}
{% endmacro %}
