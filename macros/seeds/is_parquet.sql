{#- Whether a file of a seed is Parquet. -#}
{% macro is_parquet(seed) %} {{ return(seed["original_file_path"].lower().endswith(".parquet")) }} {% endmacro %}
