{{ fit_table(ref("campaign_personalisation_fit"), "personalisation_value") }}
