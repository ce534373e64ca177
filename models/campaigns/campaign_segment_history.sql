{{ segment_history(ref("campaign_segment_snapshot"), "customer_id") }}
