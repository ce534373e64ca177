{{ depends_on_raw_seeds() }}
with
    scores as ({{ built_rows(drift_scores(), model["columns"] | list) }}),

    final as (select {{ as_contracted() }} from scores)

select *
from final
