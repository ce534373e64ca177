{#- The reader leaves unreadable lines out, so rows after them must be counted on to stand on their true line. -#}
{% macro shift_source_lines(relation, rejects) %}
    {% call statement("shift_source_lines") %}
        update {{ relation }}
        set source_line = source_line + {{ unread_lines_before(relation.identifier ~ ".source_line", rejects) }}
    {% endcall %}
{% endmacro %}
