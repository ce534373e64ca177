{#- Whether a folder of parts stands for a seed that may come in parts (`parts_by` names the column of their moment). -#}
{% macro comes_in_parts(seed) %}
    {%- set file = dbt.string_literal(seed["original_file_path"]) -%}
    {{ return(
        seed["config"]["meta"].get("parts_by") is not none
        and run_query("select comes_in_parts(" ~ file ~ ")")[0][0]
    ) }}
{% endmacro %}
