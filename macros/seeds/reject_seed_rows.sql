{#- Moves a loaded seed's bad rows into its domain's rejected rows and counts those read, loaded, rejected, lost.
    Bad are: lines the reader couldn't split, rows that fail a declared check, and further copies of a key (the first
    in the file stays). -#}
{% macro reject_seed_rows(seed, relation, header, rejects, sql) %}
    {%- set file = dbt.string_literal(seed["original_file_path"]) -%}
    {%- set rejected_rows = seed["fqn"][1] ~ "_private.rejected_rows" -%}
    {%- set unread_lines = run_query("select count(distinct line) from " ~ rejects)[0][0] -%}
    {% do number_source_lines(relation, rejects, unread_lines) %}
    {% do mark_repeated_keys(seed, relation, sql["keys"]) %}
    {% set bad_rows = run_query("select count(*) from " ~ relation ~ " where rejection_reason is not null")[0][0] %}

    {% do run_query(
        "delete from " ~ rejected_rows ~ " where seed_name = '" ~ seed["name"] ~ "'"
        ~ (" and file = " ~ file if seed["part"] else "")
    ) %}
    {% if unread_lines %}
        {% call statement("reject_unread") %}
            insert into {{ rejected_rows }}
            select '{{ seed["name"] }}', {{ file }}, line, any_value(csv_line),
                'line: ' || replace(lower(min(cast(error_type as varchar))), '_', ' '), {{ utc_now() }}
            from {{ rejects }} group by line
        {% endcall %}
    {% endif %}
    {% if bad_rows %}
        {% call statement("reject_bad") %}
            insert into {{ rejected_rows }}
            select '{{ seed["name"] }}', {{ file }}, bad.source_line, {{ csv_text("text_row", header) }},
                bad.rejection_reason, {{ utc_now() }}
            from (
                select rows_read.*, source_line + coalesce(unread_lines, 0) as line
                from (
                    select row_number() over () + 1 as source_line, *
                    from ({{ sql["again"] }})
                ) as rows_read
                asof left join ({{ unread_line_steps(rejects) }}) as unread on rows_read.source_line > unread.after_line
            ) as text_row
            inner join {{ relation }} as bad on text_row.line = bad.source_line
            where bad.rejection_reason is not null
        {% endcall %}
        {% do run_query("delete from " ~ relation ~ " where rejection_reason is not null") %}
    {% endif %}
    {% do run_query("alter table " ~ relation ~ " drop column rejection_reason") %}
    {% set loaded = run_query("select count(*) from " ~ relation)[0][0] %}
    {% set rejected = bad_rows + unread_lines %}
    {% set lost = lost_seed_lines(seed, header, rejects, loaded + rejected, sql["lost"]) %}
    {{ return({"read": loaded + rejected, "loaded": loaded, "rejected": rejected, "lost": lost}) }}
{% endmacro %}
