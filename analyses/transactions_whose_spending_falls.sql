-- In which segments have customers lost half of their spending or more, and how much money is that?
--
-- Three whole months by the three before, at the last whole month of the data. Descriptive; one large
-- purchase moves a trend.
--
-- Sample: between 15 and 23 % of each segment spend half or less of what they did, 3,300 to 4,800
-- dollars a month in each. With 66 customers a segment these shares can't be told apart
-- (bank_segment_profiles calls no spending_trend different): look for the customers, not a segment.
-- The real file kept beside the project has no three whole months: no row.
with
    segments as (select * from {{ ref('bank_customer_segments') }}),

    behaviour as (select * from {{ ref('customer_monthly_behaviour') }}),

    last_whole_month as (select max(month) as month from behaviour where spending_trend is not null),

    trends as (
        select
            segments.segment_name,
            behaviour.spending_trend,
            behaviour.spending_usd_3_months,
            behaviour.spending_usd_3_months_before,
            behaviour.online_share
        from behaviour
        inner join last_whole_month on behaviour.month = last_whole_month.month
        inner join segments on behaviour.client_id = segments.client_id
        where behaviour.spending_trend is not null
    )

select
    segment_name,
    count(*) as customers,
    sum(case when spending_trend < -0.5 then 1 else 0 end) as customers_down_by_half,
    round(
        cast(sum(case when spending_trend < -0.5 then 1 else 0 end) as double) / count(*), 3
    ) as share_down_by_half,
    round(
        sum(case when spending_trend < -0.5 then spending_usd_3_months - spending_usd_3_months_before end), 0
    ) as lost_usd_a_month,
    round(sum(spending_usd_3_months) / sum(spending_usd_3_months_before) - 1, 3) as spending_trend
from trends
group by segment_name
order by lost_usd_a_month nulls last
