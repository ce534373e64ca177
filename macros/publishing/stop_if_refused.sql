{#- Ends the build with a sentence of bank_marketing.warehouse.publishing (its REFUSED); any other is let pass. -#}
{% macro stop_if_refused(sentence) %}
    {% if sentence.startswith("Can't publish: ") %} {{ exceptions.raise_compiler_error(sentence) }} {% endif %}
{% endmacro %}
