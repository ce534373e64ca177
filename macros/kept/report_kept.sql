{#- Reports the success of a node whose result stands. -#}
{% macro report_kept() %}
    {% do store_raw_result(
        "main", message="kept", code="KEPT", rows_affected=0, agate_table=graph.kept.passed
    ) %}
{% endmacro %}
