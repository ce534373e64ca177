{{ customer_segments(
    ref("retail_segments_score"), "customer_id", "retail_customers", ref("stg_sales__do_not_contact")
) }}
