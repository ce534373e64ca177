{{ segment_migrations(ref("retail_segment_history"), "customer_id") }}
