{#- The entries of a do-not-contact lookup. -#}
{% macro do_not_contact_entries(lookup, key) %}
    with
        entries as (select * from {{ lookup }}),

        renamed as (select {{ key }}, trim(reason) as reason, until_date from entries)

    select *
    from renamed
{% endmacro %}
