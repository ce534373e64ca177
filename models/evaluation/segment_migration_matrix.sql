{%- set columns = ["segment_id", "segment_name", "valid_from", "valid_to"] -%}
{{ depends_on_raw_seeds() }}
with
    -- The first column of a history is its customer.
    known as (
        {% for history in built_models(segment_histories(), columns) -%}
            select
                '{{ history.schema }}' as domain,
                {{ adapter.get_columns_in_relation(history)[0].name }} as customer,
                {{ columns | join(", ") }}
            from {{ history }}
            where segment_id is not null {{ "union all" if not loop.last }}
        {% else -%}
            select null as domain, null as customer, null as {{ columns | join(", null as ") }} where false
        {%- endfor %}
    ),

    ranked as (
        select *, row_number() over (partition by domain, customer order by valid_from) as place from known
    ),

    -- Segments go by the name they have today, which a refit may have changed.
    names as (
        select
            domain,
            segment_id,
            segment_name,
            row_number() over (partition by domain, segment_id order by valid_from desc) as place
        from known
    ),

    counted as (
        select
            firsts.domain,
            firsts.segment_id as from_segment_id,
            present.segment_id as to_segment_id,
            count(*) as customers,
            sum(count(*)) over (partition by firsts.domain, firsts.segment_id) as from_customers
        from known as present
        inner join
            ranked as firsts
            on present.domain = firsts.domain
            and present.customer = firsts.customer
            and firsts.place = 1
        where present.valid_to is null
        group by firsts.domain, firsts.segment_id, present.segment_id
    ),

    final as (
        select
            cast(counted.domain as {{ dbt.type_string() }}) as domain,
            cast(counted.from_segment_id as integer) as from_segment_id,
            cast(from_names.segment_name as {{ dbt.type_string() }}) as from_segment_name,
            cast(counted.to_segment_id as integer) as to_segment_id,
            cast(to_names.segment_name as {{ dbt.type_string() }}) as to_segment_name,
            cast(counted.customers as bigint) as customers,
            cast(counted.from_customers as bigint) as from_customers,
            cast(counted.customers as double) / counted.from_customers as share,
            {{ wilson_low("counted.customers", "counted.from_customers") }} as share_low,
            {{ wilson_high("counted.customers", "counted.from_customers") }} as share_high
        from counted
        inner join
            names as from_names
            on counted.domain = from_names.domain
            and counted.from_segment_id = from_names.segment_id
            and from_names.place = 1
        inner join
            names as to_names
            on counted.domain = to_names.domain
            and counted.to_segment_id = to_names.segment_id
            and to_names.place = 1
    )

select *
from final
