{#- The rows of a seed's file: source_line, the declared columns by type (null where the text is no such value),
    and the reason for which a row can't be used (null for a good one). Everything is read as text, so that a bad
    value costs its row and not the load. -#}
{% macro select_seed_rows(seed, header, rejects) %}
    select
        source_line,
        {% for column in seed["columns"].values() %}
            {%- if column.name not in header %} cast(null as {{ column.data_type }})
            {%- elif column.data_type == "varchar" %} {{ column.name }}
            {%- else %} try_cast({{ column.name }} as {{ column.data_type }})
            {%- endif %} as {{ column.name }},
        {% endfor %}
        case {{ seed_row_checks(seed, header) }} end as rejection_reason
    from ({{ read_seed_text(seed, header, rejects) }})
{% endmacro %}
