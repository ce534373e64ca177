{#- What decides what the campaign list may hold: vars and seeds. -#}
{% macro target_rules() %}
    {{ return({
        "vars": [
            "campaign_assumptions", "campaign_budget", "campaign_channel_limits", "campaign_contacts",
            "campaign_contacts_a_customer", "campaign_effect_to_see", "campaign_outcome_days", "campaign_spend_is_sunk",
            "campaign_spend_levels", "campaign_type_limits", "campaign_weeks_to_see", "contact_pause_days",
            "holdout_share_limit",
        ],
        "seeds": ["campaign_channels", "campaign_types"],
    }) }}
{% endmacro %}
