{#- What changes when the rows of a seed would be read in another way. -#}
{% macro reading_digest(seed) %}
    {%- set declaration = dbt.string_literal(dbt.escape_single_quotes(tojson(seed_declaration(seed)))) -%}
    {{ return(run_query("select reading_digest(" ~ declaration ~ ")")[0][0]) }}
{% endmacro %}
