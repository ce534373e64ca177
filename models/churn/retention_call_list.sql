with
    chosen as (select * from {{ ref('retention_choice_score') }} where not is_held_out),

    scores as (select * from {{ ref('churn_scores') }}),

    actions as (select * from {{ ref('stg_churn__retention_actions') }}),

    listed as (
        select
            chosen.*,
            chosen.action as recommended_action,
            actions.description as action_description,
            scores.reason,
            scores.talk_about,
            {{ dbt.string_literal(var("churn_currency")) }} as currency,
            scores.model_version,
            {{ dbt.dateadd("day", 6, as_of_date()) }} as valid_until
        from chosen
        inner join actions on chosen.action = actions.action
        inner join scores on chosen.customer_id = scores.customer_id
    ),

    final as (select {{ as_contracted() }} from listed)

select *
from final
