{#- Adds the rows of a part that was loaded, and notes the part. -#}
{% macro add_part(part, relation, rows, counts, state, reading) %}
    {%- set name, file = dbt.string_literal(part["part"]), dbt.string_literal(part["original_file_path"]) -%}
    {% call statement("add_part") %}
        insert into {{ relation }} by name select {{ name }} as part, * from {{ rows }};
        insert into operations_private.seed_part_log
        select
            '{{ part["name"] }}', {{ name }}, {{ file }}, '{{ state }}', file_fingerprint({{ file }}),
            file_size({{ file }}), '{{ reading }}', {{ counts.read }}, {{ counts.rejected }}, {{ utc_now() }}
    {% endcall %}
{% endmacro %}
