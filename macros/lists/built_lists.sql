{#- Those of `changing_lists` whose models are all built. -#}
{% macro built_lists() %}
    {%- set built = [] -%}
    {%- for list in changing_lists() -%}
        {%- set history = built_models([list.history], ["publication", "model_version", "rules_fingerprint"]) -%}
        {%- set choice = built_models([list.choice], ["share_stable"]) -%}
        {%- set names = [list.permitted[0], list.contacts[0], list.outcome[0]] + list.known | map("first") | list -%}
        {%- set others = built_models(names, []) -%}
        {%- if history and choice and others | length == names | length -%}
            {%- do built.append(list) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(built) }}
{% endmacro %}
