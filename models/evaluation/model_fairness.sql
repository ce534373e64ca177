{{ depends_on_raw_seeds() }}
with
    scores as (
        select *, 'descriptive' as evidence
        from
            (
                {{ built_rows(fairness_scores(), model["columns"] | reject("eq", "evidence") | list, "list_name = 'none'") }}
            ) as found
    ),

    final as (select {{ as_contracted() }} from scores)

select *
from final
