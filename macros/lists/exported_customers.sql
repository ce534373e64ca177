{#- Who was on an exported list, and on which day: whoever was handed over counts as contacted then. -#}
{% macro exported_customers(list_name) %}
    select subject_id, cast(exported_at as date) as exported_date
    from {{ source("operations_private", "export_customer_log") }}
    where list_name = '{{ list_name }}'
{% endmacro %}
