{#- The day from which a list (as in `changing_lists`) may name somebody again: after the last contact, and after a hold-out.
    `history` are the lists until now. -#}
{% macro list_pauses(list, history) %}
    select subject_id, max(cast(free_from as date)) as free_from
    from
        (
            {% if list.contacts %}
                select
                    {{ list.id }} as subject_id,
                    {{ dbt.dateadd('day', stated_days('contact_pause_days'), list.contacts[1]) }} as free_from
                from {{ ref(list.contacts[0]) }}
                where is_treated
                union all
            {% endif %}
            select
                subject_id,
                {{ dbt.dateadd('day', stated_days('contact_pause_days'), 'exported_date') }} as free_from
            from ({{ exported_customers(list.name) }}) as exports
            union all
            select
                subject_id,
                {{ dbt.dateadd('day', stated_days(list.outcome_days), 'cast(listed_at as date)') }}
                as free_from
            from {{ history }}
            where is_held_out and not is_carried_over
        ) as pauses
    group by subject_id
{% endmacro %}
