{#- Under which name a history stands in the published file: the present one or a former one; nothing if it isn't there. -#}
{% macro published_name(table) %}
    {% for name in [table] + former_names().tables.get(table, []) if columns_of("published", name) %}
        {{ return(name) }}
    {% endfor %}
    {{ return(none) }}
{% endmacro %}
