{#- The keyed hash of a customer's number (bank_marketing.subject_keys). -#}
{% macro hashed_subject(id) -%} hashed_subject(cast({{ id }} as bigint)) {%- endmacro %}
