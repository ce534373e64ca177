{{ segment_migration_matrix(ref("retail_segment_history"), "customer_id") }}
