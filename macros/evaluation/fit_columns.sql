{#- The columns of every fit table, as bank_marketing.fitting.fits writes them. -#}
{% macro fit_columns() %}
    {{ return([
        "domain", "model_name", "model_version", "fitted_at", "status", "code_version", "data_fingerprint", "depth",
        "n_rows", "params", "metrics", "effects", "calibration", "lift", "card", "artefact",
    ]) }}
{% endmacro %}
