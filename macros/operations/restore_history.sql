{% macro restore_history() %}{% endmacro %}
