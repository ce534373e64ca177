{{ segment_history(ref("retail_segment_snapshot"), "customer_id") }}
