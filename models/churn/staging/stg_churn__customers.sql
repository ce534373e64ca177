with
    customers as (select * from {{ ref('raw_churn_customers') }}),

    renamed as (
        select
            customerid as customer_id,
            {{ declared_word('country', 'geography') }} as country,
            {{ declared_word('gender', 'gender') }} as gender,
            age as age_years,
            tenure as tenure_years,
            creditscore as credit_score,
            balance,
            estimatedsalary as estimated_salary,
            numofproducts as products,
            hascrcard as has_credit_card,
            isactivemember as is_active,
            satisfaction_score,
            lower(trim(card_type)) as card_type,
            point_earned as card_points,
            complain as has_complained,
            exited as has_exited,
            rownumber as publisher_row,
            source_line
        from customers
    )

select *
from renamed
