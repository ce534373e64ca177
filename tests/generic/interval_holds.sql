{#- A figure lies within its interval, and the interval has both ends or none. Figures that are computed in two ways
    differ by roundings: `tolerance` allows for them, relative to 1 plus the figure's size. -#}
{% test interval_holds(model, column_name, low, high, tolerance=1e-9) %}
select *
from {{ model }}
where
    {{ low }} > {{ column_name }} + {{ tolerance }} * (1 + abs({{ column_name }}))
    or {{ high }} < {{ column_name }} - {{ tolerance }} * (1 + abs({{ column_name }}))
    or {{ low }} > {{ high }} + {{ tolerance }} * (1 + abs({{ high }}))
    or ({{ low }} is null and {{ high }} is not null)
    or ({{ low }} is not null and {{ high }} is null)
{% endtest %}
