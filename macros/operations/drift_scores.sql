{#- All rows of the domains' drift scores that exist, as macros/evaluation/fits.sql does it for fits. One of an earlier
    release, with other columns, waits for the next build of its domain. -#}
{% macro drift_scores() %}
    {%- set names = ["campaigns_drift_score", "transactions_drift_score", "sales_drift_score", "churn_drift_score"] -%}
    {%- set built = [] -%}
    {%- for name in names -%}
        {%- set score = ref(name) -%}
        {%- if execute and load_relation(score) -%}
            {%- set found = [] -%}
            {%- for column in adapter.get_columns_in_relation(score) -%} {%- do found.append(column.name) -%} {%- endfor -%}
            {%- set missing = [] -%}
            {%- for name in drift_columns() if name not in found -%} {%- do missing.append(name) -%} {%- endfor -%}
            {%- if not missing -%} {%- do built.append(score) -%} {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for score in built -%} select {{ drift_columns() | join(", ") }} from {{ score }} {{ "union all" if not loop.last }}
    {% else -%} select {{ "null as " ~ drift_columns() | join(", null as ") }} where false
    {%- endfor -%}
{% endmacro %}
