{#- What the result of a node follows from: its code and configuration, what it reads, and the surroundings. None where that
    can't be told: then the node runs. "~" stands before the token of what follows from a log, which may well give the same rows
    after the log has changed. -#}
{% macro token_of(code) %}
    {%- if flags.EMPTY or flags.SAMPLE or (model.config.meta.get("refit") | string | lower) == "true" -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set told = [graph.kept.surroundings, model.relation_name, tojson(model.config), code] -%}
    {%- if model.language == "python" -%}
        {%- if "as_of" in model.config.meta -%} {%- do told.append(as_of_date()) -%} {%- endif -%}
    {%- elif has_unknown_input(code, model.depends_on.nodes) -%} {{ return(none) }}
    {%- endif -%}
    {%- if model.config.get("contract", {}).get("enforced") -%}
        {%- do told.append(tojson(model.constraints)) -%}
        {%- for column in model.columns.values() -%}
            {%- do told.append(tojson([column.name, column.data_type, column.constraints])) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set logs = [] -%}
    {%- for id in model.depends_on.nodes | sort -%}
        {%- do told.append(id ~ " " ~ token_read(id)) -%}
        {%- if id in graph.sources or (graph.kept.tokens.get(id) or "").startswith("~") -%} {%- do logs.append(id) -%} {%- endif -%}
    {%- endfor -%}
    {{ return(("~" if logs else "") ~ local_md5(told | join("\n"))) }}
{% endmacro %}
