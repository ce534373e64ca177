{#- Statements that bring a table to what its SQL gives, making anew only the months that changed; why and how:
    docs/decisions/0007-months.md. `follows` names the one of the model's sources that comes by month, `month_of` the column
    with the moment of a row. -#}
{% macro made_by_month(former, relation, sql) -%}
    {%- set found = months_to_make(sql) -%}
    {%- if found.are_all or former is none or former.type != "table" or flags.FULL_REFRESH -%}
        {{ in_place_of(former) }} {{ create_table_as(false, relation, sql) }};
    {%- elif found.months -%}
        {{ replace_months(relation, sql, found.months) }};
    {%- endif %}
    delete from operations_private.month_log where table_name = '{{ relation.identifier }}';
    insert into operations_private.month_log select '{{ relation.identifier }}', month, token from ({{ found.now }})
{%- endmacro %}
