{{ customer_segments(ref("campaign_segments_score"), "customer_id") }}
