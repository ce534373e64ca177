{#- A unit test is dbt's own, if its result isn't kept (docs/decisions/0006-kept-results.md). dbt gives it a manifest of its own,
    without what all nodes share, so the working file is asked. What it passed with, `note_passed_tests` notes. -#}
{% materialization unit, adapter='duckdb' %}
    {% set noted = run_query(
        "select unnest(['actual', 'expected']) as actual_or_expected, token, made_by"
        ~ " from kept_private.results, kept_private.surroundings where unique_id = '" ~ model.unique_id ~ "'"
    ) %}
    {% if noted.rows and not flags.FULL_REFRESH and noted[0][1] == unit_token(sql, config, noted[0][2]) %}
        {% do store_raw_result("main", message="kept", code="KEPT", rows_affected=0, agate_table=noted) %}
        {{ return({"relations": []}) }}
    {% endif %}
    {{ return(dbt.materialization_unit_default()) }}
{% endmaterialization %}
