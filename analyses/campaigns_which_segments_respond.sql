-- Which segments respond better, and do they so through any channel and type, or through some?
--
-- Descriptive: who got which campaign wasn't drawn by lot (loyal customers got more e-mails and
-- conversion campaigns), so no difference here is an effect. By channel and type, only what survives the
-- correction for all comparisons is shown.
--
-- Sample: loyal regulars convert at 94.3 % (index 107), occasional buyers at 81.2 % (92). They do so by
-- most channels and types, so the segment, not the channel, is what to look at first.
-- The rows that Kaggle publishes are made by a rule, and the sample is like them: read your own file.
with profiles as (select * from {{ ref('campaign_segment_profiles') }} where theme = 'response')

select
    segment_name,
    trait,
    n as customers,
    round(value, 3) as conversion_rate,
    round(value_low, 3) as conversion_rate_low,
    round(value_high, 3) as conversion_rate_high,
    round(population_index, 0) as population_index,
    is_distinguishable
from profiles
where trait = 'conversion_rate' or is_distinguishable
order by trait asc, population_index desc
