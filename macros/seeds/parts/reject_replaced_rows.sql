{#- Keeps the rows of a seed that a later part replaced among the rejected ones, and says whether it has other content. -#}
{% macro reject_replaced_rows(seed, relation) %}
    {%- set keys = seed["config"]["meta"]["unique_key"] -%}
    {%- set columns = seed["columns"] | list -%}
    {%- set rejected_rows = seed["fqn"][1] ~ "_private.rejected_rows" -%}
    {%- set headers = keys | join(", ") -%}
    {% call statement("reject_replaced_rows") %}
        delete from {{ rejected_rows }}
        where seed_name = '{{ seed["name"] }}' and reason like '{{ headers }}: % a later part';
        insert into {{ rejected_rows }}
        select
            '{{ seed["name"] }}', log.file, old.source_line, {{ csv_text("text_row", columns) }},
            '{{ headers }}: ' || case
                when {% for name in columns -%} old.{{ name }} is not distinct from new.{{ name }} {{ "and" if not loop.last }} {% endfor %}
                then 'repeated in a later part'
                else 'corrected by a later part'
            end, {{ utc_now() }}
        from {{ replaced_rows(relation) }} as old
        inner join {{ relation }} as new using ({{ headers }})
        inner join operations_private.seed_part_log as log on log.seed_name = '{{ seed["name"] }}' and log.part = old.part
        cross join lateral (
            select {% for name in columns %} cast(old.{{ name }} as varchar) as {{ name }} {{ "," if not loop.last }} {% endfor %}
        ) as text_row
    {% endcall %}
{% endmacro %}
