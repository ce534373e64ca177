{#- Those of `changing_lists` whose models are all built. -#}
{% macro built_lists() %}
    {%- set built = [] -%}
    {%- for list in changing_lists() -%}
        {%- set history = built_models([list.history], ["publication", "model_version", "rules_fingerprint", list.figure[1]]) -%}
        {%- set names = [list.permitted[0], list.figure[0]] + list.known | map("first") | list -%}
        {%- for read in [list.contacts, list.outcome] if read -%} {%- do names.append(read[0]) -%} {%- endfor -%}
        {%- set others = built_models(names, []) -%}
        {%- set choice = built_models([list.choice], ["share_stable"]) -%}
        {%- if history and choice and others | length == names | length -%}
            {%- do built.append(list) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(built) }}
{% endmacro %}
