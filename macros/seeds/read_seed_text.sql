{#- Every readable row of a seed's file as text. The header is line 1; a row's line counts records, so a line break
    inside quotes doesn't count. -#}
{% macro read_seed_text(seed, header, rejects) %}
    select row_number() over () + 1 as source_line, *
    from
        read_csv(
            {{ dbt.string_literal(seed["original_file_path"]) }},
            columns = { {%- for name in header -%} '{{ name }}': 'varchar' {{- ", " if not loop.last }} {%- endfor -%} },
            auto_detect = false,
            header = true,
            delim = ',',
            quote = '"',
            escape = '"',
            nullstr = '',
            store_rejects = true,
            rejects_table = '{{ rejects }}',
            rejects_scan = '{{ rejects }}_scan'
        )
{% endmacro %}
