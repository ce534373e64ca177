{#- Under which name a history stands in the published file, whose columns are given by table: the present one or a former
    one; nothing if it isn't there. -#}
{% macro published_name(table, published_columns) %}
    {% for name in [table] + former_names().tables.get(table, []) if name in published_columns %}
        {{ return(name) }}
    {% endfor %}
    {{ return(none) }}
{% endmacro %}
