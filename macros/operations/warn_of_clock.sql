{#- Says so if the clock is behind the newest publication or the newest state of a snapshot. -#}
{% macro warn_of_clock() %}
    {% set moments = ["select max(published_at) as moment from operations_private.publication_log"] %}
    {% for node in graph.nodes.values() if node.resource_type == "snapshot" %}
        {% set relation = api.Relation.create(
            database=node.database, schema=node.schema, identifier=node.alias, type="table"
        ) %}
        {% if load_relation(relation) %} {% do moments.append("select " ~ newest_moment(relation)) %} {% endif %}
    {% endfor %}
    {% set ahead = run_query(
        "select strftime(max(moment), '%Y-%m-%d %H:%M'), strftime(" ~ utc_now() ~ ", '%Y-%m-%d %H:%M') from ("
        ~ moments | join(" union all ") ~ ") where moment > " ~ utc_now() ~ " + interval 1 minute"
    )[0] %}
    {% if ahead[0] %}
        {% do exceptions.warn(
            "Warning: this clock says " ~ ahead[1] ~ " UTC, and history is dated " ~ ahead[0] ~ ": the clock is behind, or was"
            ~ " ahead then. Set it; until it has caught up, new segment states are dated just after the newest one."
        ) %}
    {% endif %}
{% endmacro %}
