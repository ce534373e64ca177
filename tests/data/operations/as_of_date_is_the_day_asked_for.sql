-- Without the var it is today, give or take the time zone and a build over midnight.
with days as (select {{ as_of_date() }} as as_of)

select as_of
from days
where
    as_of is null
    {% if var('as_of') %} or as_of <> cast('{{ var("as_of") }}' as date)
    {% else %} or abs({{ dbt.datediff('as_of', 'current_date', 'day') }}) > 1
    {% endif %}
