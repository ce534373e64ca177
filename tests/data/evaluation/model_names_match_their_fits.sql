-- A lost fit table is restored from the registry by its model's name, so the two must agree.
select model_name
from {{ ref('model_registry') }}
where model_name || '_fit' not in ('{{ fitted_models() | join("', '") }}')
