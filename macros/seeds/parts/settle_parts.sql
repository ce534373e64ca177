{#- Of rows with the same key in several parts, that of the last part (in the order of names) counts; the others are kept beside
    and among the rejected rows. Parts whose keys lie apart have none in common: seen at once, where grouping costs seconds. -#}
{% macro settle_parts(seed, relation, plan) %}
    {%- set keys = seed["config"]["meta"]["unique_key"] | join(", ") -%}
    {%- set month = month_of(seed["config"]["meta"]["parts_by"]) -%}
    {%- set replaced = replaced_rows(relation) -%}
    {%- set added = [] -%}
    {%- for name in plan.load -%} {%- do added.append(dbt.string_literal(name)) -%} {%- endfor -%}
    {%- set is_added = "part in (" ~ (added | join(", ") or "''") ~ ")" -%}
    {% call statement("settle_parts") %}
        create or replace temp table newest_parts as
        with
            ranges as (
                select part, min({{ seed["config"]["meta"]["unique_key"][0] }}) as first_key,
                    max({{ seed["config"]["meta"]["unique_key"][0] }}) as last_key
                from {{ relation }}
                group by part
            ),
            overlapping as (
                select distinct one.part
                from ranges as one
                inner join ranges as other on one.part <> other.part
                    and one.first_key <= other.last_key and other.first_key <= one.last_key
            ),
            repeated as (
                select {{ keys }}
                from {{ relation }}
                where part in (select part from overlapping)
                    {%- if not plan.afresh %}
                    and ({{ keys }}) in (select ({{ keys }}) from {{ relation }} where {{ is_added }})
                    {%- endif %}
                group by {{ keys }}
                having count(*) > 1
                union
                select {{ keys }} from {{ replaced }}
            )
        select {{ keys }}, max(part) as newest_part
        from (select part, {{ keys }} from {{ relation }} union all select part, {{ keys }} from {{ replaced }})
        inner join repeated using ({{ keys }})
        group by {{ keys }};

        create or replace temp table moved_rows as
        select *, false as counts from {{ relation }} inner join newest_parts using ({{ keys }}) where part < newest_part
        union all by name
        select *, true as counts from {{ replaced }} inner join newest_parts using ({{ keys }}) where part = newest_part;

        delete from {{ relation }} where (part, {{ keys }}) in (select (part, {{ keys }}) from moved_rows where not counts);
        delete from {{ replaced }} where (part, {{ keys }}) in (select (part, {{ keys }}) from moved_rows where counts);
        insert into {{ replaced }} by name select * exclude (counts, newest_part) from moved_rows where not counts;
        insert into {{ relation }} by name select * exclude (counts, newest_part) from moved_rows where counts;

        insert into months_changed
        select {{ month }} from moved_rows
        union
        select {{ month }} from {{ relation }} where {{ is_added }};
    {% endcall %}
    {% do reject_replaced_rows(seed, relation) %}
    {% do note_months(relation.identifier, relation, month) %}
{% endmacro %}
