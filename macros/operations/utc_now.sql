{#- The moment as a timestamp without zone, in UTC: engines differ in what a timestamp with zone is. -#}
{% macro utc_now() -%} cast(current_timestamp at time zone 'UTC' as timestamp) {%- endmacro %}
