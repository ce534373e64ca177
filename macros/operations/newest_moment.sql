{#- The newest moment that a snapshot knows, as a column `moment` of a query on it. -#}
{% macro newest_moment(snapshot) %}
    max(greatest(valid_from, coalesce(valid_to, valid_from))) as moment from {{ snapshot }}
{% endmacro %}
