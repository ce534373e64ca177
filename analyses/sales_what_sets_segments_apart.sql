-- What tells retail segments apart beyond what they were made by?
--
-- Only differences that survive the correction and aren't there by construction. Who orders more often
-- buys from more categories of course, so product_categories goes along with the rule and is no news.
--
-- Sample: beyond that, regulars of high value spend 57 % of their money on Nest-USA (all: 47 %) and 11 %
-- on apparel (19 %); regulars of standard value 38 % on Nest-USA. No segment differs in gender, place,
-- tenure or use of coupons: segments give no reason to offer coupons to some only.
--
-- Real file: whoever ordered lately spends twice the average share on Nest, whoever lapsed next to
-- nothing. That is the calendar, not taste: the shop sold no Nest before August.
with
    profiles as (select * from {{ ref('retail_segment_profiles') }}),

    findings as (select * from profiles where is_distinguishable)

select
    segment_name,
    trait,
    n as customers,
    round(value, 3) as value,
    round(population_value, 3) as population_value,
    round(population_index, 0) as population_index,
    round(population_index_low, 0) as population_index_low,
    round(population_index_high, 0) as population_index_high
from findings
order by segment_name, p_value_corrected
