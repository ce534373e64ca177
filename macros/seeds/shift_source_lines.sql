{#- The reader leaves unreadable lines out, so rows after them must be counted on to stand on their true line. -#}
{% macro shift_source_lines(relation, rejects) %}
    {% call statement("shift_source_lines") %}
        create or replace table {{ relation }} as
        select loaded.* replace (loaded.source_line + coalesce(unread.unread_lines, 0) as source_line)
        from {{ relation }} as loaded
        asof left join ({{ unread_line_steps(rejects) }}) as unread on loaded.source_line > unread.after_line
    {% endcall %}
{% endmacro %}
