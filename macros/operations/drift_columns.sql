{#- The columns of every drift score, as bank_marketing.operations.drift_monitor writes them. -#}
{% macro drift_columns() %}
    {{ return([
        "domain", "subject", "kind", "value", "threshold", "visible_distance", "psi", "p_value", "p_value_corrected",
        "n_reference", "n", "rows_before", "rows", "place", "rate_before", "rate_before_low", "rate_before_high",
        "rate_after", "rate_after_low", "rate_after_high", "is_changed", "needs_action", "is_drifting", "message",
        "model_name", "model_version", "reference_at",
    ]) }}
{% endmacro %}
