{{ segment_history(ref("bank_segment_snapshot"), "client_id") }}
