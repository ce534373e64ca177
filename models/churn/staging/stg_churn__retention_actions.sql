with
    actions as (select * from {{ ref('retention_actions') }}),

    renamed as (
        select
            lower(trim(action)) as action,
            trim(description) as description,
            suits,
            cost,
            assumed_effect,
            assumed_effect_low,
            assumed_effect_high
        from actions
    )

select *
from renamed
