{{ segment_migrations(ref("bank_segment_history"), "client_id") }}
