{#- Of each customer's actions on a list the one that came furthest; of equals the one of the most money, of these the first by
    name. `decisions` is a relation of `list_decisions`. -#}
{% macro furthest_decisions(decisions) %}
    with
        reached as (
            select list_name, subject_id, max(stage_number) as stage_number
            from {{ decisions }}
            group by list_name, subject_id
        ),

        worth as (
            select list_name, subject_id, stage_number, max(expected_money) as expected_money
            from {{ decisions }}
            inner join reached using (list_name, subject_id, stage_number)
            group by list_name, subject_id, stage_number
        )

    select domain, list_name, subject_id, currency, stage_number, expected_money, min(action) as action
    from {{ decisions }}
    inner join worth using (list_name, subject_id, stage_number, expected_money)
    group by domain, list_name, subject_id, currency, stage_number, expected_money
{% endmacro %}
