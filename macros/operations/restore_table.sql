{#- Takes a history (fits, a snapshot) back from the published file where the working file lacks it, and gives columns
    their present names where it has it from an earlier release. `model_name`: only the rows of that model. -#}
{% macro restore_table(relation, history, model_name=none) %}
    {% if load_relation(relation) %}
        {% set found = columns_of(relation.database, relation.schema ~ "." ~ relation.identifier) %}
        {% for present, name in renamed_columns(found).items() %}
            {% do run_query("alter table " ~ relation ~ " rename column " ~ name ~ " to " ~ present) %}
        {% endfor %}
        {{ return(none) }}
    {% endif %}
    {% set table = published_name(history) %}
    {% set found = columns_of("published", table) if table else [] %}
    {% set renamed = [] %}
    {% for present, name in renamed_columns(found).items() %} {% do renamed.append(name ~ " as " ~ present) %} {% endfor %}
    {% set rename = " rename (" ~ renamed | join(", ") ~ ")" if renamed else "" %}
    {% set rows = "select *" ~ rename ~ " from published." ~ table %}
    {% if model_name %}
        {% set names = [model_name] + former_names().models.get(model_name, []) %}
        {% set rows = (
            "select * replace ('" ~ model_name ~ "' as model_name) from (" ~ rows ~ ") where model_name in ('"
            ~ names | join("', '") ~ "')"
        ) %}
    {% endif %}
    {#- No table without rows, so that the fit or the snapshot starts afresh. -#}
    {% if table and run_query("select count(*) from (" ~ rows ~ ")")[0][0] %}
        {% do run_query("create table " ~ relation ~ " as " ~ rows) %}
        {#- dbt learned before this hook which tables exist; without this line it would create the table again. -#}
        {% do adapter.cache_added(relation) %}
    {% endif %}
{% endmacro %}
