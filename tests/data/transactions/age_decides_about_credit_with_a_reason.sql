-- A product that is credit and has a limit of age says why.
select product, minimum_age, maximum_age
from {{ ref('stg_transactions__bank_products') }}
where is_credit and coalesce(age_reason, '') = '' and (minimum_age > 0 or maximum_age is not null)
