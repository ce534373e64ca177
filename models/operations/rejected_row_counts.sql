{{ depends_on_raw_seeds() }}
with
    rejected as (
        {% for domain in domains() %}
            select '{{ domain }}' as domain, seed_name, file, reason, line
            from {{ source(domain ~ '_private', 'rejected_rows') }} {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    final as (
        select domain, seed_name, file, reason, count(*) as rejected_rows, min(line) as first_line
        from rejected
        group by domain, seed_name, file, reason
    )

select *
from final
