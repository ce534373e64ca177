{#- State and fingerprint of a seed's file, read only if it isn't in the state that was noted; no fingerprint where it has to
    be loaded in any case. -#}
{% macro seed_content(seed, noted=none) %}
    {%- set noted = noted or graph.kept.files.get(seed["unique_id"], ["", ""]) -%}
    {%- set found = run_query(
        "select unnest(seed_content(" ~ dbt.string_literal(seed["original_file_path"]) ~ ", '" ~ noted | join("', '") ~ "'))"
    ).columns[0].values() -%}
    {{ return({"state": found[0], "fingerprint": found[1]}) }}
{% endmacro %}
