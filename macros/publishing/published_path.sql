{#- The file that readers see: warehouse/sample.duckdb beside the working file warehouse/sample_build.duckdb. -#}
{% macro published_path() %} {{ return(target.path | replace("_build.duckdb", ".duckdb")) }} {% endmacro %}
