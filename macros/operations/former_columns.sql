{#- How a history's present columns are selected from a table with the columns that were found: renamed and added by
    `former_names`; by the present name, the expression. Others are as they are. -#}
{% macro former_columns(history, found) %}
    {% set former = former_names() %}
    {% set expressions = {} %}
    {% for present, names in former.columns.items() if present not in found %}
        {% for name in names if name in found and present not in expressions %}
            {% do expressions.update({present: name}) %}
        {% endfor %}
    {% endfor %}
    {% for present, value in former.added.get(history, {}).items() if present not in found and present not in expressions %}
        {% do expressions.update({present: value}) %}
    {% endfor %}
    {{ return(expressions) }}
{% endmacro %}
