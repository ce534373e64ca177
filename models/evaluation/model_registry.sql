{{ depends_on_raw_seeds() }}
with
    fits as ({{ built_rows(fitted_models(), model["columns"] | list) }}),

    final as (select {{ as_contracted() }} from fits)

select *
from final
