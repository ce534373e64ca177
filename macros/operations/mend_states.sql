{#- States that end before they begin, from builds of an earlier release after a clock that ran ahead: each ends just
    after it began, and the next begins there. What was next is known by its beginning, which is the end before. -#}
{% macro mend_states(snapshot, key) %}
    {% set wrong = " where valid_to < valid_from" %}
    {% set new_end = "valid_from + interval 1 microsecond" %}
    {% if run_query("select count(*) from " ~ snapshot ~ wrong)[0][0] %}
        {% do run_query(
            "create or replace temp table wrong_states as select " ~ key ~ " as customer, valid_to as said_end, "
            ~ new_end ~ " as new_end from " ~ snapshot ~ wrong
        ) %}
        {% do run_query("update " ~ snapshot ~ " set valid_to = " ~ new_end ~ wrong) %}
        {% do run_query(
            "update " ~ snapshot ~ " set valid_from = new_end from wrong_states where " ~ key
            ~ " = customer and valid_from = said_end"
        ) %}
        {#- A state that begins later now may have ended before that. -#}
        {% do mend_states(snapshot, key) %}
    {% endif %}
{% endmacro %}
