{#- No two rows share their key, and neither a column of it nor one of `not_null` is null; without a key, only the latter.
    The rows that fail are whole, so that whoever reads of them finds them. -#}
{% test keys_hold(model, key=[], not_null=[]) %}
    select *
    from {{ model }}
    where
        false
        {% for column in key + not_null %} or {{ column }} is null {% endfor %}
        {% if key %} or ({{ key | join(", ") }}) in ({{ repeated_keys(model, key) }}) {% endif %}
{% endtest %}
