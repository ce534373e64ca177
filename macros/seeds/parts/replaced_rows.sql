{#- The table of the good rows of a seed's parts that a later part replaced. -#}
{% macro replaced_rows(relation) %}
    {{ return(relation.incorporate(path={"identifier": relation.identifier ~ "__replaced"})) }}
{% endmacro %}
