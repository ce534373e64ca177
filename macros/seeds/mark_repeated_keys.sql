{#- Marks every further copy of a seed's declared `unique_key`; the first good row in the file stays. -#}
{% macro mark_repeated_keys(seed, relation) %}
    {%- set keys = seed["config"]["meta"].get("unique_key", []) -%}
    {%- set headers = [] -%}
    {%- set values = [] -%}
    {%- for key in keys -%}
        {%- do headers.append(seed["columns"][key].meta.get("header", key) | trim) -%}
        {%- do values.append(key_value(seed["columns"][key], "loaded." ~ key)) -%}
    {%- endfor -%}
    {% if keys %}
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
            where {% for value in values -%} {{ value }} = repeated.{{ keys[loop.index0] }} and {% endfor %}
                loaded.source_line > repeated.first_line and loaded.rejection_reason is null
        {% endcall %}
    {% endif %}
{% endmacro %}
