{#- Published exports that the log beside the published file lacks: who was on their lists is known from the history, which
    is more than was exported if somebody was left out then. -#}
{% macro restore_lost_exports() %}
    {% set lost = (
        "operations_private.export_log where rows_exported > 0 and export_id not in (select export_id from noted_exports)"
    ) %}
    {% set count = run_query("select count(*) from " ~ lost)[0][0] %}
    {% for log, history in list_logs().items() if count and history.published.endswith("_history") %}
        {% set list_name = history.published.split(".")[1] | replace("_history", "_list") %}
        {% set key = history.columns | select("in", ["customer_id", "client_id"]) | first %}
        {% do run_query(
            "insert into operations_private.export_customer_log select lost.list_name, lists." ~ key ~ ", lost.exported_at"
            ~ " from (select * from " ~ lost ~ ") as lost inner join " ~ log ~ " as lists using (publication)"
            ~ " where lost.list_name = '" ~ list_name ~ "' and not lists.is_held_out"
        ) %}
    {% endfor %}
    {% if count %}
        {% do exceptions.warn(
            "Warning: the log of exports beside " ~ published_path() ~ " lacks " ~ count ~ " that are published. Put it back;"
            ~ " until then everybody on the lists that were exported counts as contacted."
        ) %}
    {% endif %}
{% endmacro %}
