{#- Statements that make months of a table anew. The months are written out, so that DuckDB reads no others. -#}
{% macro replace_months(relation, sql, months) -%}
    {%- set moment = model.config.meta.month_of -%}
    {%- set dates = [] -%}
    {%- for month in months -%} {%- do dates.append("date '" ~ month ~ "'") -%} {%- endfor -%}
    {%- set in_months = month_of(moment) ~ " in (" ~ dates | join(", ") ~ ")" -%}
    delete from {{ relation }} where {{ in_months }};
    insert into {{ relation }} by name
    select *
    from ({{ sql }})
    where {{ moment }} >= {{ dates[0] }} and {{ moment }} < {{ dates[-1] }} + interval 1 month and {{ in_months }}
{%- endmacro %}
