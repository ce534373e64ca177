{#- Each figure lies within its interval, from `<figure>_low` to `<figure>_high`, which has both ends or none. Figures that
    are computed in two ways differ by roundings: `tolerance` allows for them, relative to 1 plus the figure's size. -#}
{% test intervals_hold(model, columns, tolerance=1e-9) %}
select *
from {{ model }}
where
    false
    {% for figure in columns %}
        {% set low, high = figure ~ "_low", figure ~ "_high" %}
        or {{ low }} > {{ figure }} + {{ tolerance }} * (1 + abs({{ figure }}))
        or {{ high }} < {{ figure }} - {{ tolerance }} * (1 + abs({{ figure }}))
        or {{ low }} > {{ high }} + {{ tolerance }} * (1 + abs({{ high }}))
        or ({{ low }} is null and {{ high }} is not null)
        or ({{ low }} is not null and {{ high }} is null)
    {% endfor %}
{% endtest %}
