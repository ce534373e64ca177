{#- Whether a subject may be contacted on the day `as_of`: no do-not-contact entry holds (through its until_date, or for ever
    without one), and marketing isn't withdrawn, for all channels or for `channel`, an expression; permission given for
    that channel since then counts. `entries` stands for the rules of the `population`, in tests. -#}
{% macro may_be_contacted(id, population, entries=none, channel=none) -%}
    {%- set rules = permission_entries(population, entries) -%}
    {%- set by_channel = "(" ~ id ~ ", coalesce(lower(trim(" ~ channel ~ ")), ''))" -%}
    (
        {{ id }} not in (
            select blocked.{{ rules.key }}
            from {{ rules.relation }} as blocked
            where
                blocked.{{ rules.key }} is not null
                and blocked.purpose = 'contact'
                and (blocked.until_date is null or blocked.until_date >= {{ as_of_date() }})
        )
        and (
            {{ id }} not in (
                select withdrawn.{{ rules.key }}
                from {{ rules.relation }} as withdrawn
                where withdrawn.purpose = 'marketing' and withdrawn.channel = 'all' and not withdrawn.is_permitted
            )
            {% if channel %}
                or {{ by_channel }} in (
                    select given.{{ rules.key }}, given.channel
                    from {{ rules.relation }} as given
                    where given.purpose = 'marketing' and given.is_permitted
                )
            {% endif %}
        )
        {% if channel %}
            and {{ by_channel }} not in (
                select withdrawn.{{ rules.key }}, withdrawn.channel
                from {{ rules.relation }} as withdrawn
                where withdrawn.purpose = 'marketing' and not withdrawn.is_permitted
            )
        {% endif %}
    )
{%- endmacro %}
