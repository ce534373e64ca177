{#- Whether no do-not-contact entry holds for a subject on the day `as_of`; an entry holds through its until_date, or
    for ever without one. `population` names the lookup (do_not_contact_<population>); `entries` replaces it in tests. -#}
{% macro may_be_contacted(id, population, entries=none) -%}
    (
        {{ id }} not in (
            select blocked.{{ id.split(".") | last }}
            from {{ entries or ref("do_not_contact_" ~ population) }} as blocked
            where
                blocked.{{ id.split(".") | last }} is not null
                and (blocked.until_date is null or blocked.until_date >= {{ as_of_date() }})
        )
    )
{%- endmacro %}
