{#- Gives each loaded row its line: records counted, the header is line 1, a line break inside quotes doesn't count.
    DuckDB inserts in the order of the file, from several threads at a time; row_number() while reading would leave
    it one thread. The row ids of an uncommitted table start at a large number. Lines that the reader left out are
    counted on. -#}
{% macro number_source_lines(relation, rejects, unread_lines) %}
    {% call statement("number_source_lines") %}
        update {{ relation }} set source_line = rowid + 2 - (select min(rowid) from {{ relation }})
    {% endcall %}
    {% if unread_lines %}
        {% call statement("shift_source_lines") %}
            create or replace table {{ relation }} as
            select loaded.* replace (loaded.source_line + coalesce(unread.unread_lines, 0) as source_line)
            from {{ relation }} as loaded
            asof left join ({{ unread_line_steps(rejects) }}) as unread on loaded.source_line > unread.after_line
        {% endcall %}
    {% endif %}
{% endmacro %}
