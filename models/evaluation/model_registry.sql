{{ depends_on_raw_seeds() }}
with
    fits as ({{ built_rows(fitted_models(), model["columns"] | list) }}),

    newest as (select model_name, max(model_version) as newest_version from fits group by model_name),

    -- Older versions can't score any more: a customer who was in them may object since.
    kept as (
        select
            {% for column in model["columns"] if column != "artefact" %} fits.{{ column }}, {% endfor %}
            case when fits.model_version = newest.newest_version then fits.artefact end as artefact
        from fits
        inner join newest on fits.model_name = newest.model_name
    ),

    final as (select {{ as_contracted() }} from kept)

select *
from final
