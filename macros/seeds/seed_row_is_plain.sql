{#- A condition that holds for no row that seed_row_checks finds a reason against, and costs a quarter of it. It may
    miss good rows (it is false or null for them): those are checked one by one. A value that is written as its type
    writes it fits the grammar; to write it anew costs less than a regular expression. -#}
{% macro seed_row_is_plain(seed, header) %}
    {%- for column in seed["columns"].values() if column.name in header -%}
        {%- set meta = column.meta -%}
        {%- set text = column.name -%}
        {%- set kind = value_kind(meta.get("format"), column.data_type) -%}
        {%- set value = "typed_" ~ text if column.data_type != "varchar" else seed_value(column, text) -%}
        {%- set is_bounded = "minimum" in meta or "maximum" in meta -%}
        {%- set too_large = first_too_large(column) -%}
        {%- set digits = "[0-9]{1," ~ ([9, too_large[2:] | int(9)] | min) ~ "}" -%}
        {%- set plain_texts = {
            "money": "[$]?-?" ~ digits ~ "([.][0-9]{1,2})?",
            "decimal": "-?" ~ digits ~ "([.][0-9]{1," ~ decimal_places(column.data_type) ~ "})?",
            "zip": "[0-9]{1,5}([.]0)?",
        } -%}
        {%- set lengths = {"date": 10, "timestamp": 19} -%}
        {%- set conditions = [] -%}
        {%- if "allowed_values" in meta and kind != "boolean" -%}
            {%- set literals = [] -%}
            {%- for allowed in meta.allowed_values -%}
                {%- do literals.append(dbt.string_literal(allowed | string)) -%}
            {%- endfor -%}
            {%- do conditions.append(text ~ " in (" ~ literals | join(", ") ~ ")") -%}
        {%- elif meta.get("required", false) and kind == "text" -%}
            {%- do conditions.append("trim(" ~ text ~ ") <> ''") -%}
        {%- endif -%}
        {%- if kind in plain_texts -%}
            {%- do conditions.append("regexp_full_match(" ~ text ~ ", '" ~ plain_texts[kind] ~ "')") -%}
        {%- elif kind in ["whole", "double", "timestamp", "date"] -%}
            {%- if kind in lengths -%} {%- do conditions.append("length(" ~ text ~ ") = " ~ lengths[kind]) -%} {%- endif -%}
            {%- do conditions.append("cast(" ~ value ~ " as varchar) = " ~ text) -%}
        {%- elif kind != "text" and not is_bounded -%}
            {%- do conditions.append(value ~ " is not null") -%}
        {%- endif -%}
        {%- for bound, comparison in [("minimum", ">="), ("maximum", "<=")] if bound in meta -%}
            {%- set limit = meta[bound] if meta[bound] is number else "cast('" ~ meta[bound] ~ "' as date)" -%}
            {%- do conditions.append(value ~ " " ~ comparison ~ " " ~ limit) -%}
        {%- endfor -%}
        {%- if too_large and kind not in plain_texts -%}
            {%- do conditions.append("abs(" ~ value ~ ") < " ~ too_large) -%}
        {%- endif -%}
        {%- if meta.get("times") -%}
            {%- do conditions.append("abs(cast(" ~ value ~ " as double) * typed_" ~ meta.times ~ ") < " ~ too_large) -%}
        {%- endif -%}
        {%- if conditions %}
            ({{ text ~ " is null or " if not meta.get("required", false) }}{{ conditions | join(" and ") }}) and
        {%- endif -%}
    {%- endfor %}
    true
{% endmacro %}
