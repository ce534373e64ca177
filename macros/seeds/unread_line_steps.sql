{#- The lines that the reader left out, as steps for an asof join: a row that would be on a line after `after_line`
    without them has `unread_lines` of them before it. -#}
{% macro unread_line_steps(rejects) %}
    select line - unread_lines as after_line, max(unread_lines) as unread_lines
    from (
        select line, row_number() over (order by line) as unread_lines
        from (select distinct line from {{ rejects }})
    )
    group by 1
{% endmacro %}
