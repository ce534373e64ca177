{#- How many unreadable lines stand before the row that would be on `line` without them. -#}
{% macro unread_lines_before(line, rejects) -%}
    (
        select count(*)
        from (
            select line - row_number() over (order by line) as line_without_earlier
            from (select distinct line from {{ rejects }})
        )
        where line_without_earlier < {{ line }}
    )
{%- endmacro %}
