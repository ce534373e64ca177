{{ customer_segments(
    ref("bank_segments_score"), "client_id", "bank_customers", ref("stg_transactions__do_not_contact")
) }}
