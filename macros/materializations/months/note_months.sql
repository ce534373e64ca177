{#- Gives the months of a table that changed (months_changed) a new token, and forgets those that have no row. -#}
{% macro note_months(name, relation, month) %}
    {% call statement("note_months") %}
        delete from operations_private.month_log where table_name = '{{ name }}' and month in (select month from months_changed);
        insert into operations_private.month_log
        select '{{ name }}', month, '{{ invocation_id }}'
        from (select distinct {{ month }} as month from {{ relation }})
        where month in (select month from months_changed)
    {% endcall %}
{% endmacro %}
