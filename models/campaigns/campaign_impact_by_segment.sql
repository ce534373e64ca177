{{ fit_table(ref("campaign_impact_fit"), "by_segment") }}
