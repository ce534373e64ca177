{#- How many decimals a type holds: 2 of decimal(18, 2). -#}
{% macro decimal_places(data_type) -%} {{- data_type.split(",")[-1].strip(" )") -}} {%- endmacro %}
