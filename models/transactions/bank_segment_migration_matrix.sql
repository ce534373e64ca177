{{ segment_migration_matrix(ref("bank_segment_history"), "client_id") }}
