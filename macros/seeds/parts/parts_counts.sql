{#- Counts rows of a seed in parts as `reject_seed_rows` does; those that a later part replaced are among the rejected. -#}
{% macro parts_counts(relation, of_parts) %}
    {%- set found = run_query(
        "select (select coalesce(sum(rows_read), 0)" ~ of_parts ~ "), (select count(*) from " ~ relation ~ "),"
        ~ " (select coalesce(sum(rows_rejected), 0)" ~ of_parts ~ ") + (select count(*) from " ~ replaced_rows(relation) ~ ")"
    )[0] -%}
    {{ return({"read": found[0] | int, "loaded": found[1], "rejected": found[2] | int, "lost": 0}) }}
{% endmacro %}
