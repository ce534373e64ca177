{#- Every published list and its hold-out, with the traits of that day: the rows of `log` and those of today's choice.
    Of the contract's columns `traits` says which come from which relation, joined by its keys; `rules` has the vars and
    seeds that decide what the list may hold; the rest is of `chosen`. Who objects to profiling is in none. -#}
{% macro list_history(log, chosen, traits, rules) %}
    {%- set expressions = {
        "listed_at": "cast(" ~ as_of_date() ~ " as " ~ dbt.type_timestamp() ~ ")",
        "rules_fingerprint": "rules.fingerprint",
    } -%}
    {%- for relation, keys, columns in traits -%}
        {%- set number = loop.index -%}
        {%- for column in columns -%}
            {%- do expressions.update({column: "traits_" ~ number ~ "." ~ column}) -%}
        {%- endfor -%}
    {%- endfor -%}
    with
        earlier as (
            select * from {{ log }} where {{ may_be_profiled(permission_key(own_population()), own_population()) }}
        ),

        rules as ({{ list_rules(rules) }}),

        today as (
            select
                {% for column in model["columns"] %}
                    {{ expressions.get(column, "chosen." ~ column) }}
                    as {{ column }} {{ "," if not loop.last }}
                {% endfor %}
            from {{ chosen }} as chosen
            cross join rules
            {% for relation, keys, columns in traits %}
                    {% set joined = "traits_" ~ loop.index %}
                inner join
                    {{ relation }} as {{ joined }}
                    on {% for key in keys %}
                        chosen.{{ key }} = {{ joined }}.{{ key }} {{ "and" if not loop.last }}
                    {% endfor %}
            {% endfor %}
        ),

        final as (
            select {{ as_contracted() }}
            from earlier
            union all
            select {{ as_contracted() }}
            from today
        )

    select *
    from final
{% endmacro %}
