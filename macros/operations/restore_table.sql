{#- Takes a history (fits, a snapshot) back from the published file where the working file lacks it, and gives it its
    present columns where the working file has it from an earlier release. `model_name`: only the rows of that model;
    `columns`: only these. What columns the working and the published file have is given by table. -#}
{% macro restore_table(relation, history, own_columns, published_columns, model_name=none, columns=["*"]) %}
    {% set is_here = load_relation(relation) is not none %}
    {% set table = relation.schema ~ "." ~ relation.identifier if is_here else published_name(history, published_columns) %}
    {% set found = (own_columns if is_here else published_columns).get(table, []) %}
    {% set expressions = former_columns(history, found) %}
    {% if not table or (is_here and not expressions) %} {{ return(none) }} {% endif %}

    {% set packed = former_names().packed.get(history, {}).values() | sum(start=[]) %}
    {% set replaced = ((expressions.values() | list) + packed) | select("in", found) | join(", ") %}
    {% set selected = ["* exclude (" ~ replaced ~ ")" if replaced else "*"] %}
    {% for present, expression in expressions.items() %} {% do selected.append(expression ~ " as " ~ present) %} {% endfor %}
    {% set rows = "select " ~ selected | join(", ") ~ " from " ~ (relation if is_here else "published." ~ table) %}
    {% if model_name %}
        {% set names = [model_name] + former_names().models.get(model_name, []) %}
        {% set rows = (
            "select * replace ('" ~ model_name ~ "' as model_name) from (" ~ rows ~ ") where model_name in ('"
            ~ names | join("', '") ~ "')"
        ) %}
    {% endif %}
    {% set rows = "select " ~ columns | join(", ") ~ " from (" ~ rows ~ ")" %}
    {#- No table without rows, so that the fit or the snapshot starts afresh. -#}
    {% if run_query("select count(*) from (" ~ rows ~ ")")[0][0] %}
        {% do run_query("create or replace table " ~ relation ~ " as " ~ rows) %}
        {#- dbt learned before this hook which tables exist; without this line it would create the table again. -#}
        {% if not is_here %} {% do adapter.cache_added(relation) %} {% endif %}
    {% endif %}
{% endmacro %}
