{#- Which months of a model changed: those whose token isn't the one it was made from. A token stands for the rows of the
    month in what the model follows, for its SQL and for all else that it reads. Without tokens (a seed in one file) all
    months are made. `now` is SQL of the tokens. -#}
{% macro months_to_make(sql) %}
    {%- set followed = followed_table() -%}
    {%- set columns = tojson(model.columns.values() | list) -%}
    {%- set now -%}
        select month, md5(token || {{ followed.definition }} || {{ content_of_lookups(sql) }} || '{{ local_md5(sql ~ columns) }}') as token
        from operations_private.month_log
        where table_name = '{{ followed.table }}'
    {%- endset -%}
    {%- set rows = run_query(
        "select coalesce(now.month, before.month), now.token is distinct from before.token from (" ~ now ~ ") as now"
        ~ " full join (select month, token from operations_private.month_log where table_name = '" ~ this.identifier
        ~ "') as before using (month) order by 1"
    ) -%}
    {%- set months = [] -%}
    {%- for row in rows if row[1] -%} {%- do months.append(row[0]) -%} {%- endfor -%}
    {{ return({"months": months, "are_all": rows | length == months | length, "now": now}) }}
{% endmacro %}
