{#- The column that names a customer of a population. -#}
{% macro permission_key(population) %}
    {{ return("client_id" if population == "bank_customers" else "customer_id") }}
{% endmacro %}
