{#- Whether a subject belongs to the stable random hold-out that no list may contact, so that effects can be measured.
    Population and id alone decide, by the first 32 bits of a hash: the same on every build and engine, one
    population's hold-out says nothing about another's, and a smaller share lies within a larger one. Hexadecimal
    digits sort as text as they do as numbers. -#}
{% macro is_in_holdout(id, population, share=none) -%}
    {%- set share = (var("holdout_share") if share is none else share) | float -%}
    {%- if share < 0 or share > 1 -%}
        {{ exceptions.raise_compiler_error("holdout_share is " ~ share ~ ", expected a share between 0 and 1.") }}
    {%- endif -%}
    {%- set first_outside = "%08x" | format((share * 16 ** 8) | int) if share < 1 else "g" -%}
    (substr(md5('{{ population }}:' || cast({{ id }} as {{ dbt.type_string() }})), 1, 8) < '{{ first_outside }}')
{%- endmacro %}
