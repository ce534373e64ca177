{#- Which parts of a seed are to be loaded and which go; all afresh where none was loaded in the way of now, or a table is
    gone. A part with more bad rows than may be by now is loaded again, and refused. -#}
{% macro parts_plan(seed, relation, reading) %}
    {%- set loaded = {} -%}
    {% if not flags.FULL_REFRESH and load_relation(relation) and load_relation(replaced_rows(relation)) %}
        {%- set may_be = "rows_rejected <= greatest(1, floor(rows_read * " ~ var("max_reject_share") ~ "::double))" -%}
        {% for row in run_query(
            "select part, file, if(" ~ may_be ~ ", state, ''), if(" ~ may_be ~ ", fingerprint, '')"
            ~ " from operations_private.seed_part_log where seed_name = '"
            ~ seed["name"] ~ "' and reading = '" ~ reading ~ "'"
        ) %}
            {% do loaded.update({row[0]: {"file": row[1], "state": row[2], "fingerprint": row[3]}}) %}
        {% endfor %}
    {% endif %}
    {%- set plan = fromjson(run_query(
        "select parts_plan(" ~ dbt.string_literal(seed["original_file_path"]) ~ ", "
        ~ dbt.string_literal(dbt.escape_single_quotes(tojson(loaded))) ~ ")"
    )[0][0]) -%}
    {% if plan.problem %} {{ exceptions.raise_compiler_error(plan.problem) }} {% endif %}
    {{ return(dict(plan, afresh=not loaded)) }}
{% endmacro %}
