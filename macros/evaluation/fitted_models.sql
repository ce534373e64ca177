{#- The fit of every model: a new one is one more line here, and registry, metrics, effects, calibration and lift
    follow. -#}
{% macro fitted_models() %}
    {{ return([
        "campaign_engagement_fit",
        "campaign_impact_fit",
        "campaign_kpis_fit",
        "campaign_profit_fit",
        "campaign_personalisation_fit",
        "campaign_policies_fit",
        "campaign_policy_simulation_fit",
        "campaign_segments_fit",
        "bank_segments_fit",
        "preferences_fit",
        "retail_segments_fit",
        "customer_value_fit",
        "marketing_mix_fit",
        "conversion_before_contact_fit",
        "conversion_in_campaign_fit",
        "retention_fit",
    ]) }}
{% endmacro %}
