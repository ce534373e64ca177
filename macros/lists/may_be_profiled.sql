{#- Whether a subject doesn't object to profiling on the day `as_of`. Who does has no row in what features, scores, segments
    and offers are made of. -#}
{% macro may_be_profiled(id, population, entries=none) -%}
    {%- set rules = permission_entries(population, entries) -%}
    (
        {{ id }} not in (
            select objecting.{{ rules.key }}
            from {{ rules.relation }} as objecting
            where objecting.purpose = 'profiling' and not objecting.is_permitted
        )
    )
{%- endmacro %}
