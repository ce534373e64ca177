{{ segment_migrations(ref("campaign_segment_history"), "customer_id") }}
