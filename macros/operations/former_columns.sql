{#- How a history's present columns are selected from a table with the columns that were found: renamed, added and packed
    by `former_names`; by the present name, the expression. Others are as they are. -#}
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
    {% for present, names in former.packed.get(history, {}).items() if present not in found %}
        {% set fields = [] %}
        {% for name in names if name in found %} {% do fields.append("'" ~ name ~ "', cast(" ~ name ~ " as json)") %} {% endfor %}
        {% do expressions.update({present: "cast(json_object(" ~ fields | join(", ") ~ ") as varchar)"}) %}
    {% endfor %}
    {{ return(expressions) }}
{% endmacro %}
