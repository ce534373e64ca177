-- How many customers fall dormant each month, how many of the dormant come back, and do they stay?
--
-- Descriptive. Over all whole months; intervals allow for months of one customer going together.
--
-- Sample: 1.1 % of active customers (0.9 to 1.4) fall dormant from one month to the next; of the dormant
-- 20 % (14 to 26) come back in a month, and none of the 34 who did fell dormant right again (at most
-- 10 %). So a reminder has time: four in five of those silent this month are so next month, too.
-- The real file kept beside the project holds one month, so it has no movement.
with matrix as (select * from {{ ref('customer_movement_matrix') }} where period = 'all')

select
    previous_state,
    state,
    movements,
    customers,
    round(rate, 3) as rate,
    round(rate_low, 3) as rate_low,
    round(rate_high, 3) as rate_high
from matrix
order by previous_state, state
