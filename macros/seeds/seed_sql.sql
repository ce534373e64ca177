{#- What bank_marketing.seeds.row_sql makes of a seed's declaration: the SQL of its rows, of its text and of its key. -#}
{% macro seed_sql(seed, header, rejects) %}
    {%- set declaration = {
        "name": seed["name"], "description": seed["description"], "original_file_path": seed["original_file_path"],
        "config": {"meta": seed["config"]["meta"]}, "columns": seed["columns"].values() | list,
    } -%}
    {{ return(fromjson(run_query(
        "select seed_sql(" ~ dbt.string_literal(dbt.escape_single_quotes(tojson(declaration))) ~ ", "
        ~ header ~ ", '" ~ rejects ~ "')"
    )[0][0])) }}
{% endmacro %}
