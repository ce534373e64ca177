{#- Profiles of segments tell of the whole population: their sizes sum to it, and the mean of each trait over segments,
    weighted by customers, is the population's, but for roundings (`tolerance`, relative to 1 plus the mean's size). Where
    there is no segment at all, there is nothing to add up. -#}
{% test segments_add_up(model, population, tolerance=1e-9) %}
with sizes as (

    select sum(n) as customers, sum(value) as shares from {{ model }} where trait = 'customers'

),

population as (select count(*) as customers from {{ population }}),

means as (

    select trait, sum(n * value) / sum(n) as segments_value, max(population_value) as population_value
    from {{ model }}
    where trait <> 'customers' and n > 0
    group by trait

)

select 'customers' as trait, sizes.customers as found, population.customers as expected
from sizes
cross join population
where sizes.customers <> population.customers or abs(sizes.shares - 1) > {{ tolerance }}

union all

select trait, segments_value, population_value
from means
where
    population_value is null
    or abs(segments_value - population_value) > {{ tolerance }} * (1 + abs(population_value))
{% endtest %}
