{{ customer_segments(ref("retail_segments_score"), "customer_id") }}
