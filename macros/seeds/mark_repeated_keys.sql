{#- Marks every further copy of a seed's declared `unique_key`; the first good row in the file stays. -#}
{% macro mark_repeated_keys(seed, relation) %}
    {%- set keys = seed["config"]["meta"].get("unique_key", []) -%}
    {%- set headers = [] -%}
    {%- for key in keys -%} {%- do headers.append(seed["columns"][key].meta.get("header", key)) -%} {%- endfor -%}
    {% if keys %}
        {% call statement("mark_repeated_keys") %}
            update {{ relation }} as loaded
            set rejection_reason = '{{ headers | join(", ") }}: repeated key, the first row with it stays'
            from (
                select {{ keys | join(", ") }}, min(source_line) as first_line
                from {{ relation }}
                where rejection_reason is null
                group by {{ keys | join(", ") }}
                having count(*) > 1
            ) as repeated
            where {% for key in keys %} loaded.{{ key }} = repeated.{{ key }} and {% endfor %}
                loaded.source_line > repeated.first_line and loaded.rejection_reason is null
        {% endcall %}
    {% endif %}
{% endmacro %}
