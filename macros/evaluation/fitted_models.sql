{#- The fit of every model: a new one is one more line here, and registry, metrics, effects, calibration and lift
    follow. -#}
{% macro fitted_models() %}
    {{ return([
        "conversion_before_contact_fit",
    ]) }}
{% endmacro %}
