{#- A figure lies within its interval, and the interval has both ends or none. -#}
{% test interval_holds(model, column_name, low, high) %}
select {{ column_name }}, {{ low }}, {{ high }}
from {{ model }}
where
    {{ low }} > {{ column_name }}
    or {{ high }} < {{ column_name }}
    or {{ low }} > {{ high }}
    or ({{ low }} is null and {{ high }} is not null)
    or ({{ low }} is not null and {{ high }} is null)
{% endtest %}
