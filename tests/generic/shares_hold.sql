{#- Columns lie between 0 and 1, both included, or are null. `tolerance` allows for roundings. -#}
{% test shares_hold(model, columns, tolerance=1e-9) %}
select *
from {{ model }}
where false {% for share in columns %} or {{ share }} < -{{ tolerance }} or {{ share }} > 1 + {{ tolerance }} {% endfor %}
{% endtest %}
