{#- All rows of the fit tables that exist, so that a shared table works although some domain was never built. The refs
    stand before the check, since dbt learns from them what to build first. -#}
{% macro fits() %}
    {%- set built = [] -%}
    {%- for name in fitted_models() -%}
        {%- set fit = ref(name) -%}
        {%- if execute and load_relation(fit) -%} {%- do built.append(fit) -%} {%- endif -%}
    {%- endfor -%}
    {%- set columns = fit_columns() | join(", ") -%}
    {%- for fit in built -%}
        select {{ columns }} from {{ fit }} {{ "union all" if not loop.last }}
    {% else -%}
        {#- Nothing was ever fitted: no row, under the same names. -#}
        select {{ "null as " ~ fit_columns() | join(", null as ") }} where false
    {%- endfor -%}
{% endmacro %}
