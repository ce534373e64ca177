{#- What the result of a unit test follows from: the code it compiles to, whose inputs are the rows given, the rows that it
    expects, and the surroundings. -#}
{% macro unit_token(code, config, surroundings) %}
    {{ return(local_md5(
        [surroundings, code, config.get("expected_rows") | string, config.get("expected_sql") | string] | join("\n")
    )) }}
{% endmacro %}
