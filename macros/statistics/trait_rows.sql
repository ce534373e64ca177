{#- One row per customer and trait, from a relation with one row per customer. Each trait is (theme, trait, kind, features
    it is made of, expression); where the expression is null, the customer doesn't have it. Kinds: rate (0 or 1), share
    (0 to 1), amount, size (1 for everybody). -#}
{% macro trait_rows(relation, key, traits) -%}
    {%- for theme, trait, kind, made_of, expression in traits %}
        {%- if not loop.first %}
            union all
        {% endif %}
        select
            {{ key }},
            {{ dbt.string_literal(theme) }} as theme,
            {{ dbt.string_literal(trait) }} as trait,
            {{ dbt.string_literal(kind) }} as kind,
            {{ dbt.string_literal(made_of) }} as made_of,
            cast({{ expression }} as double) as value
        from {{ relation }}
    {%- endfor %}
{%- endmacro %}
