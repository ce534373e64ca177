{#- Those of the models that exist and have these columns, so that a shared table works although some domain was never
    built: one of an earlier release waits for the next build of its domain. The refs stand before the check, since dbt
    learns from them what to build first. -#}
{% macro built_models(names, columns) %}
    {%- set built = [] -%}
    {%- for name in names -%}
        {%- set model = ref(name) -%}
        {%- if execute and load_relation(model) -%}
            {%- set found = adapter.get_columns_in_relation(model) | map(attribute="name") | list -%}
            {%- if not columns | reject("in", found) | list -%} {%- do built.append(model) -%} {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(built) }}
{% endmacro %}
