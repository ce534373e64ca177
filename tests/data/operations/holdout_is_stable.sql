-- Known members of two populations' hold-outs of 10 %, from Python's hashlib. If this fails, every hold-out
-- has changed
-- and effects that were measured against the old one are lost.
with
    ids as (
        select 5 as id, true as of_campaigns, false as of_bank
        union all
        select 9, false, true
        union all
        select 30, true, false
        union all
        select 40, true, false
        union all
        select 45, false, true
        union all
        select 50, true, true
        union all
        select 54, false, true
        union all
        select 58, true, false
        union all
        select 59, false, false
    )

select *
from ids
where
    {{ is_in_holdout('id', 'campaign_customers', share=0.1) }} <> of_campaigns
    or {{ is_in_holdout('id', 'bank_customers', share=0.1) }} <> of_bank
    or {{ is_in_holdout('id', 'bank_customers', share=0) }}
    or not {{ is_in_holdout('id', 'bank_customers', share=1) }}
