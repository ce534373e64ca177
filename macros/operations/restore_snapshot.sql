{#- Takes a snapshot back from the public model that shows all of it: campaigns.campaign_segment_history for
    campaign_segment_snapshot. -#}
{% macro restore_snapshot(snapshot, node) %}
    {% set house = node.fqn[1] %}
    {% set history = node.name | replace("_snapshot", "_history") %}
    {% set is_published = run_query(
        "select count(*) from duckdb_tables() where database_name = 'published' and schema_name = '" ~ house
        ~ "' and table_name = '" ~ history ~ "'"
    )[0][0] %}
    {% if is_published %}
        {% do run_query("create table " ~ snapshot ~ " as select * from published." ~ house ~ "." ~ history) %}
        {#- As in restore_fits: dbt learned before this hook which tables exist. -#}
        {% do adapter.cache_added(snapshot) %}
    {% endif %}
{% endmacro %}
