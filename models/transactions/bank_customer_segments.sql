{{ customer_segments(ref("bank_segments_score"), "client_id") }}
