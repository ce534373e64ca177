{{ depends_on_raw_seeds() }}
{%- set lists = built_lists() -%}
with
    earlier as (select * from {{ source('operations_private', 'list_change_log') }}),

    moves as (
        {% for list in lists %}
            select
                domain, list_name, publication, previous_publication, change, cause, previous_action, action
            from ({{ list_moves(list) }}) as moves_{{ loop.index }} {{ "union all" if not loop.last }}
        {% else %}
            select
                domain, list_name, publication, previous_publication, change, cause, previous_action, action
            from earlier
            where false
        {% endfor %}
    ),

    counted as (
        select
            domain,
            list_name,
            publication,
            previous_publication,
            change,
            cause,
            previous_action,
            action,
            count(*) as customers
        from moves
        group by domain, list_name, publication, previous_publication, change, cause, previous_action, action
    ),

    -- Who objects to profiling is out of the histories, and counts alone are left.
    withdrawn as (
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
                from counted
                group by domain, list_name, publication, previous_publication
            ) as lists
        inner join
            earlier
            on lists.list_name = earlier.list_name
            and lists.previous_publication = earlier.publication
        group by lists.domain, lists.list_name, lists.publication, lists.previous_publication
        having max(earlier.listed_now) > max(lists.customers)
    ),

    all_counted as (
        select *
        from counted
        union all
        select *
        from withdrawn
    ),

    today as (
        select
            *,
            sum(case when change <> 'entered' then customers else 0 end) over (
                partition by list_name
            ) as listed_before,
            sum(case when change <> 'left' then customers else 0 end) over (
                partition by list_name
            ) as listed_now
        from all_counted
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
