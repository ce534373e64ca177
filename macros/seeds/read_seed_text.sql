{#- Every readable row of a seed's file as text, in the order of the file. -#}
{% macro read_seed_text(seed, header, rejects) %}
    select *
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
