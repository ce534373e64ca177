{{ fit_table(ref("campaign_engagement_fit"), "curves") }}
