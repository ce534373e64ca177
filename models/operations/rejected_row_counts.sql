{{ depends_on_raw_seeds() }}
with
    rejected as (
        {% for house in houses() %}
            select '{{ house }}' as domain, seed_name, file, reason, line
            from {{ source(house ~ '_private', 'rejected_rows') }} {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    final as (
        select domain, seed_name, file, reason, count(*) as rejected_rows, min(line) as first_line
        from rejected
        group by domain, seed_name, file, reason
    )

select *
from final
