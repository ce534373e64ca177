{#- No two rows share their values in `columns`. -#}
{% test unique_combination(model, columns, column_name=none) %}
    select {{ columns | join(", ") }}, count(*) as copies
    from {{ model }}
    group by {{ columns | join(", ") }}
    having count(*) > 1
{% endtest %}
