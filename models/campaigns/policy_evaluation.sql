{{ fit_table(ref("campaign_policies_fit"), "policy_evaluation") }}
