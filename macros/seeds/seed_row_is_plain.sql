{#- A condition that holds for no row that seed_row_checks finds a reason against, and costs a quarter of it. It may
    miss good rows (it is false or null for them): those are checked one by one. -#}
{% macro seed_row_is_plain(seed, header) %}
    {%- set plain_texts = {"money": "[$]?-?[0-9]{1,9}([.][0-9]{1,2})?", "zip": "[0-9]{1,5}([.]0)?"} -%}
    {%- for column in seed["columns"].values() if column.name in header -%}
        {%- set meta = column.meta -%}
        {%- set text = column.name -%}
        {%- set format = meta.get("format") -%}
        {%- set conditions = [] -%}
        {%- if format -%} {%- set value = context["parse_" ~ format](text) -%}
        {%- elif column.data_type != "varchar" -%} {%- set value = "typed_" ~ text -%}
        {%- else -%} {%- set value = text -%}
        {%- endif -%}
        {%- if "allowed_values" in meta -%}
            {%- set literals = [] -%}
            {%- for allowed in meta.allowed_values -%}
                {%- do literals.append(dbt.string_literal(allowed | string)) -%}
            {%- endfor -%}
            {%- do conditions.append(text ~ " in (" ~ literals | join(", ") ~ ")") -%}
        {%- elif meta.get("required", false) and value == text -%}
            {%- do conditions.append("trim(" ~ text ~ ") <> ''") -%}
        {%- endif -%}
        {%- if format in plain_texts and "minimum" not in meta and "maximum" not in meta -%}
            {%- do conditions.append("regexp_full_match(" ~ text ~ ", '" ~ plain_texts[format] ~ "')") -%}
        {%- elif value != text and "minimum" not in meta and "maximum" not in meta -%}
            {%- do conditions.append(value ~ " is not null") -%}
        {%- endif -%}
        {%- if column.data_type in ["integer", "bigint"] -%}
            {%- do conditions.append("not contains(" ~ text ~ ", '.')") -%}
        {%- elif column.data_type == "double" -%}
            {%- do conditions.append("isfinite(" ~ value ~ ")") -%}
        {%- endif -%}
        {%- for bound, comparison in [("minimum", ">="), ("maximum", "<=")] if bound in meta -%}
            {%- set limit = meta[bound] if meta[bound] is number else "cast('" ~ meta[bound] ~ "' as date)" -%}
            {%- do conditions.append(value ~ " " ~ comparison ~ " " ~ limit) -%}
        {%- endfor -%}
        {%- if conditions %}
            ({{ text ~ " is null or " if not meta.get("required", false) }}{{ conditions | join(" and ") }}) and
        {%- endif -%}
    {%- endfor %}
    true
{% endmacro %}
