{#- Those of the models that exist and have these columns, so that a shared table works although some domain was never
    built: one of an earlier release waits for the next build of its domain. The refs stand before the check, since dbt
    learns from them what to build first. -#}
{% macro built_models(names, columns) %}
    {%- set here, built = [], [] -%}
    {%- for name in names -%}
        {%- set model = ref(name) -%}
        {%- if execute and load_relation(model) -%} {%- do here.append(model) -%} {%- endif -%}
    {%- endfor -%}
    {%- set found = columns_by_table(target.database, here | map(attribute="identifier") | list) if here and columns -%}
    {%- for model in here -%}
        {%- if not columns or not columns | reject("in", found[model.schema ~ "." ~ model.identifier]) | list -%}
            {%- do built.append(model) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(built) }}
{% endmacro %}
