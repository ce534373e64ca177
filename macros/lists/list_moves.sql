{#- Who of a list and the list before it (`list` as in `changing_lists`) entered, left, moved or stayed, and what was
    behind it: one row a customer. -#}
{% macro list_moves(list) %}
    {%- set id = list.id -%}
    with
        history as (select {{ id }} as subject_id, {{ list.action }} as offered, * from {{ ref(list.history) }}),

        made_by as ({{ list_versions(list, "history") }}),

        present as (select * from history where publication = (select publication from made_by)),

        past as (select * from history where publication = (select previous_publication from made_by)),

        before as (select * from history where publication < (select publication from made_by)),

        altered as ({{ altered_customers(id, list.known) }}),

        forbidden as (
            select distinct {{ id }} as subject_id
            from {{ ref(list.permitted[0]) }}
            where not may_be_contacted
        ),

        once_forbidden as (
            select distinct {{ id }} as subject_id from {{ list.permitted[1] }} where not may_be_contacted
        ),

        outcomes as ({{ list_outcomes(list, "history") }}),

        pauses as ({{ list_pauses(list, "before") }}),

        named as ({{ list_pairs("present", "past", list.figure[1]) }}),

        figures as (
            select {{ id }} as subject_id, {{ list.action }} as offered, {{ list.figure[1] }} as figure, may_be_contacted
            from {{ ref(list.figure[0]) }}
            where {{ id }} in (select subject_id from named where previous_action is not null)
        )

    select
        '{{ list.domain }}' as domain,
        '{{ list.name }}' as list_name,
        made_by.publication,
        made_by.previous_publication,
        named.change,
        {{ list_cause() }} as cause,
        coalesce(named.previous_action, 'none') as previous_action,
        coalesce(named.action, 'none') as action
    from named
    cross join made_by
    {% for relation in ["altered", "forbidden", "once_forbidden", "pauses"] %}
        left join {{ relation }} on named.subject_id = {{ relation }}.subject_id
    {% endfor %}
    left join
        outcomes
        on named.subject_id = outcomes.subject_id
        and named.previous_action = coalesce(outcomes.offered, named.previous_action)
    left join figures on named.subject_id = figures.subject_id and named.previous_action = figures.offered
{% endmacro %}
