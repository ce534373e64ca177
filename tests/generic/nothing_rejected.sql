{#- For a lookup that people rely on row by row: not one row of its file may be lost. A do-not-contact entry that was
    rejected would mean that somebody is contacted after all. -#}
{% test nothing_rejected(model) %}
select seed_name, rows_read, rows_rejected
from operations_private.seed_load_log
where seed_name = '{{ model.identifier }}' and rows_rejected > 0
{% endtest %}
