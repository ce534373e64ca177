{#- '58523.0' -> '58523', '2139' -> '02139'; null where the text is no postal code of five digits. -#}
{% macro parse_zip(text) -%}
    case
        when {{ full_match("trim(" ~ text ~ ")", value_pattern("zip")) }}
        then lpad(split_part(trim({{ text }}), '.', 1), 5, '0')
    end
{%- endmacro %}
