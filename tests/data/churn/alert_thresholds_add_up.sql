-- Counts at a threshold are those of the scores, they fall as it rises, and no threshold gains more than
-- the best one.
with
    thresholds as (select * from {{ ref('churn_alert_thresholds') }}),

    scores as (
        select scores.churn_probability, case when customers.has_exited then 1 else 0 end as exit
        from {{ ref('churn_scores') }} as scores
        inner join {{ ref('churn_customers') }} as customers on scores.customer_id = customers.customer_id
        where scores.is_out_of_fold and scores.churn_probability is not null
    ),

    counted as (
        select
            thresholds.threshold,
            count(*) as alerts,
            cast(sum(scores.exit) as double) / count(*) as alert_precision
        from thresholds
        inner join scores on thresholds.threshold <= scores.churn_probability
        group by thresholds.threshold
    ),

    best as (
        select max(expected_net_gain) as most, sum(case when is_best then 1 else 0 end) as best_thresholds
        from thresholds
    )

select thresholds.threshold, 'counts differ from the scores' as problem
from thresholds
left join counted on thresholds.threshold = counted.threshold
where
    thresholds.alerts <> coalesce(counted.alerts, 0)
    or abs(thresholds.alert_precision - counted.alert_precision) > 1e-9
union all
select thresholds.threshold, 'the best gains less than another, or loses'
from thresholds
cross join best
where thresholds.is_best and (thresholds.expected_net_gain < best.most or thresholds.expected_net_gain <= 0)
union all
select best.best_thresholds, 'several are best'
from best
where best.best_thresholds > 1
