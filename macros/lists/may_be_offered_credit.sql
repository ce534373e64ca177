{#- Whether a subject may be offered credit on the day `as_of`: nobody who withdrew permission, and with the var
    `credit_needs_permission` only who gave it. -#}
{% macro may_be_offered_credit(id, population, entries=none) -%}
    {%- set rules = permission_entries(population, entries) -%}
    {%- set is_needed = var("credit_needs_permission") | as_bool -%}
    (
        {{ id }} {{ "" if is_needed else "not" }} in (
            select stated.{{ rules.key }}
            from {{ rules.relation }} as stated
            where stated.purpose = 'credit' and {{ "" if is_needed else "not" }} stated.is_permitted
        )
    )
{%- endmacro %}
