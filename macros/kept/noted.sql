{#- Statements that note the token of a table or view, for the transaction that makes it; without a token it is forgotten. -#}
{% macro noted(token, state="", fingerprint="") -%}
    ; delete from kept_private.results where relation = '{{ model.schema }}.{{ model.alias }}'
    {%- if token -%}
        ; insert into kept_private.results values (
            '{{ model.unique_id }}', '{{ model.schema }}.{{ model.alias }}', '{{ token }}',
            '{{ state or "" }}', '{{ fingerprint }}'
        )
    {%- endif -%}
{%- endmacro %}
