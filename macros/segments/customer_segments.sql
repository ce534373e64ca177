{#- Which segment each customer is in, from a score, and whether they may be contacted. -#}
{% macro customer_segments(scores, key, population, do_not_contact) %}
    with
        scores as (select * from {{ scores }}),

        permitted as (
            select *, {{ may_be_contacted(key, population, do_not_contact) }} as may_be_contacted from scores
        ),

        final as (select {{ as_contracted() }} from permitted)

    select *
    from final
{% endmacro %}
