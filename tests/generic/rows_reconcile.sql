{#- For a staging view: nothing of its raw file is lost. Rows read = rows loaded + rows rejected; the raw table and
    the view hold the loaded ones; rejected_rows holds the others.
    An empty build (--empty) shows no rows at all, so there is nothing to reconcile. -#}
{% test rows_reconcile(model, seed) %}
with loads as (

    select
        max(rows_read) as rows_read,
        max(rows_loaded) as rows_loaded,
        max(rows_rejected) as rows_rejected
    from operations_private.seed_load_log
    where seed_name = '{{ seed.identifier }}'

),

kept as (

    select
        (select count(*) from {{ seed }}) as raw_rows,
        (select count(*) from {{ model }}) as clean_rows,
        (select count(*) from {{ model.schema }}.rejected_rows where seed_name = '{{ seed.identifier }}') as rejected_rows

),

final as (

    select loads.*, kept.*
    from loads
    cross join kept
    where
        loads.rows_read is null
        or loads.rows_read <> loads.rows_loaded + loads.rows_rejected
        or kept.raw_rows <> loads.rows_loaded
        or kept.clean_rows <> loads.rows_loaded
        or kept.rejected_rows <> loads.rows_rejected

)

select * from final
{% if flags.EMPTY %} where false {% endif %}
{% endtest %}
