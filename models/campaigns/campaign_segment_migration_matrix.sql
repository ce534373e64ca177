{{ segment_migration_matrix(ref("campaign_segment_history"), "customer_id") }}
