{{ fit_table(ref("campaign_policy_simulation_fit"), "policy_simulation") }}
