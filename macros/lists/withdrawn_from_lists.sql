{#- Who stood on a list when it was published and is in no history any more, since they object to profiling: as counts, the
    list published before (`earlier`, of list_changes) less what `counted` finds of it. -#}
{% macro withdrawn_from_lists(counted, earlier) %}
    select
        lists.domain,
        lists.list_name,
        lists.publication,
        lists.previous_publication,
        'left' as change,
        'permission' as cause,
        'not kept' as previous_action,
        'none' as action,
        max(earlier.listed_now) - max(lists.customers) as customers
    from
        (
            select
                domain,
                list_name,
                publication,
                previous_publication,
                sum(case when change <> 'entered' then customers else 0 end) as customers
            from {{ counted }}
            group by domain, list_name, publication, previous_publication
        ) as lists
    inner join
        {{ earlier }} as earlier
        on lists.list_name = earlier.list_name
        and lists.previous_publication = earlier.publication
    group by lists.domain, lists.list_name, lists.publication, lists.previous_publication
    having max(earlier.listed_now) > max(lists.customers)
{% endmacro %}
