{#- The segment history of every domain that has one. -#}
{% macro segment_histories() %}
    {{ return(["campaign_segment_history", "bank_segment_history", "retail_segment_history"]) }}
{% endmacro %}
