{#- Marks every further copy of a seed's declared `unique_key`, by what counts of its columns (`values`); the first good
    row in the file stays. Files are mostly in the order of their key, and keys that only rise hold no copy: seen at
    once, where grouping costs seconds. -#}
{% macro mark_repeated_keys(seed, relation, values) %}
    {%- set keys = seed["config"]["meta"].get("unique_key", []) -%}
    {%- set headers = [] -%}
    {%- for key in keys -%}
        {%- do headers.append(seed["columns"][key].meta.get("header", key) | trim) -%}
    {%- endfor -%}
    {%- set falls -%}
        select 1
        from (
            select key_value, lag(key_value) over () as value_before
            from (select {{ values[0] }} as key_value from {{ relation }} as loaded)
        )
        where key_value is null or key_value <= value_before
        limit 1
    {%- endset -%}
    {% if keys and run_query(falls) | length > 0 %}
        {% call statement("mark_repeated_keys") %}
            update {{ relation }} as loaded
            set rejection_reason = '{{ headers | join(", ") }}: repeated key, the first row with it stays'
            from (
                select {{ keys | join(", ") }}, min(source_line) as first_line
                from (
                    select {% for value in values -%} {{ value }} as {{ keys[loop.index0] }}, {% endfor %} source_line
                    from {{ relation }} as loaded
                    where rejection_reason is null
                )
                group by {{ keys | join(", ") }}
                having count(*) > 1
            ) as repeated
            where {% for value in values -%}
                {{ value }} is not distinct from repeated.{{ keys[loop.index0] }} and {% endfor %}
                loaded.source_line > repeated.first_line and loaded.rejection_reason is null
        {% endcall %}
    {% endif %}
{% endmacro %}
