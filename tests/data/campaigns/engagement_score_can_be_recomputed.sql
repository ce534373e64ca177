-- The score is what the weights of the customer's fold make of the measures: nothing else is in it.
with
    customers as (select * from {{ ref('customer_engagement') }}),

    responses as (select * from {{ ref('campaign_responses') }}),

    measures as (
        {% set measures = [
            "click_through_rate", "click_conversion_rate", "website_visits", "pages_per_visit",
            "time_on_site_minutes", "social_shares", "email_opens", "email_clicks",
        ] %}
        {% for measure in measures %}
            select customer_id, '{{ measure }}' as measure, cast({{ measure }} as double) as value
            from responses {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    fits as (select * from {{ ref('campaign_engagement_fit') }}),

    newest as (select *, row_number() over (order by model_version desc) as place from fits),

    records as (
        select {{ json_records(json_value('tables', 'weights', dbt.type_string())) }} as record
        from newest
        where place = 1
    ),

    weights as (
        select
            {{ json_value('record', 'fold', 'integer') }} as fold,
            {{ json_value('record', 'measure', dbt.type_string()) }} as measure,
            {{ json_value('record', 'weight', 'integer') }} as weight,
            {{ json_value('record', 'low', 'double') }} as low,
            {{ json_value('record', 'high', 'double') }} as high
        from records
    ),

    parts as (
        select
            customers.customer_id,
            customers.engagement_score,
            weights.weight,
            case
                when measures.value is null or weights.high <= weights.low
                then 0.5
                else least(1, greatest(0, (measures.value - weights.low) / (weights.high - weights.low)))
            end as place
        from customers
        inner join measures on customers.customer_id = measures.customer_id
        inner join weights on customers.fold = weights.fold and measures.measure = weights.measure
    ),

    recomputed as (
        select
            customer_id,
            engagement_score,
            count(*) as measures,
            sum(weight) as points,
            sum(weight * place) as score
        from parts
        group by customer_id, engagement_score
    )

select *
from recomputed
where measures <> {{ measures | length }} or points <> 100 or abs(score - engagement_score) > 1e-6
