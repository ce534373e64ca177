{{ customer_segments(
    ref("campaign_segments_score"), "customer_id", "campaign_customers", ref("stg_campaigns__do_not_contact")
) }}
