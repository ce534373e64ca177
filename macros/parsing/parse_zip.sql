{#- '58523.0' -> '58523', '2139' -> '02139'; null where the text is no postal code of five digits. -#}
{% macro parse_zip(text) -%}
    case
        when try_cast(split_part({{ text }}, '.', 1) as integer) between 0 and 99999
        then lpad(cast(try_cast(split_part({{ text }}, '.', 1) as integer) as varchar), 5, '0')
    end
{%- endmacro %}
