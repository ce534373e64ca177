{#- Of columns found in a history, those that go by another name now: by the present name, the one found. -#}
{% macro renamed_columns(found) %}
    {% set renamed = {} %}
    {% for present, former in former_names().columns.items() if present not in found %}
        {% for name in former if name in found and present not in renamed %}
            {% do renamed.update({present: name}) %}
        {% endfor %}
    {% endfor %}
    {{ return(renamed) }}
{% endmacro %}
