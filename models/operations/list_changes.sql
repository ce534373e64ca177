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

    withdrawn as ({{ withdrawn_from_lists("counted", "earlier") }}),

    stabilities as ({{ list_stabilities(lists) }}),

    all_counted as (
        select *
        from counted
        union all
        select *
        from withdrawn
    ),

    today as (
        select
            all_counted.*,
            stabilities.share_stable,
            stabilities.share_stable_low,
            stabilities.share_stable_high,
            stabilities.share_same_action,
            stabilities.share_same_action_low,
            stabilities.share_same_action_high,
            stabilities.stability_message,
            sum(case when all_counted.change <> 'entered' then all_counted.customers else 0 end) over (
                partition by all_counted.list_name
            ) as listed_before,
            sum(case when all_counted.change <> 'left' then all_counted.customers else 0 end) over (
                partition by all_counted.list_name
            ) as listed_now
        from all_counted
        left join stabilities on all_counted.list_name = stabilities.list_name
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
