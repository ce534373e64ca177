{#- The rows of a seed's file: source_line (null, see number_source_lines), the declared columns by type (null where
    the text is no such value), and the reason for which a row can't be used (null for a good one). Everything is read
    as text, so that a bad value costs its row and not the load. Where a column's `empty_means_none`, an empty cell is the
    empty text, and null says that the file lacks the column. Nearly all rows pass the quick look of
    seed_row_is_plain; only for the others are the checks made one by one. -#}
{% macro select_seed_rows(seed, header, rejects) %}
    select
        cast(null as bigint) as source_line,
        {% for column in seed["columns"].values() %}
            {%- if column.name not in header %} cast(null as {{ column.data_type }})
            {%- elif column.meta.get("empty_means_none", false) %} coalesce({{ column.name }}, '')
            {%- elif column.data_type == "varchar" %} {{ column.name }}
            {%- else %} typed_{{ column.name }}
            {%- endif %} as {{ column.name }},
        {% endfor %}
        case
            when {{ seed_row_is_plain(seed, header) }} then null {{ seed_row_checks(seed, header) }}
        end as rejection_reason
    from (
        select
            {{ typed_seed_columns(seed, header) }}
            *
        from ({{ read_seed_text(seed, header, rejects) }})
    )
{% endmacro %}
