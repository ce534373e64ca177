{#- All rows of the houses' drift scores that exist, as macros/evaluation/fits.sql does it for fits. -#}
{% macro drift_scores() %}
    {%- set names = ["campaigns_drift_score", "transactions_drift_score", "sales_drift_score", "churn_drift_score"] -%}
    {%- set built = [] -%}
    {%- for name in names -%}
        {%- set score = ref(name) -%}
        {%- if execute and load_relation(score) -%} {%- do built.append(score) -%} {%- endif -%}
    {%- endfor -%}
    {%- for score in built -%} select {{ drift_columns() | join(", ") }} from {{ score }} {{ "union all" if not loop.last }}
    {% else -%} select {{ "null as " ~ drift_columns() | join(", null as ") }} where false
    {%- endfor -%}
{% endmacro %}
