{#- The power of ten from which on a column's values are refused; nothing where its type holds whatever it reads. It
    follows from the narrowest type that the value passes on its way (meta held_as, else its own), less two digits for
    what is added to it and multiplied with it. A double is exact up to fifteen digits. -#}
{% macro first_too_large(column) -%}
    {%- set type = column.meta.get("held_as") or ("decimal(18, 2)" if column.meta.get("format") == "money" else column.data_type) -%}
    {%- if type.startswith("decimal") -%}
        {%- set digits = type.split("(")[1].split(",")[0] | int - decimal_places(type) | int - 2 -%}
        {%- if digits > 0 -%} 1e{{ digits }} {%- endif -%}
    {%- elif type == "double" -%} 1e15
    {%- endif -%}
{%- endmacro %}
