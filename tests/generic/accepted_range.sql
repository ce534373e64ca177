{#- A column's values lie between two bounds, either of which may be left out; the bounds themselves are fine, and
    so is null. `tolerance`, relative to 1 plus the bound's size, allows for roundings. -#}
{% test accepted_range(model, column_name, minimum=none, maximum=none, tolerance=1e-9) %}
select *
from {{ model }}
where
    false
    {% if minimum is not none %} or {{ column_name }} < {{ minimum }} - {{ tolerance }} * (1 + abs({{ minimum }})) {% endif %}
    {% if maximum is not none %} or {{ column_name }} > {{ maximum }} + {{ tolerance }} * (1 + abs({{ maximum }})) {% endif %}
{% endtest %}
