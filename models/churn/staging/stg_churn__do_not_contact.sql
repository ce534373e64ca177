{{
    do_not_contact_entries(
        ref("do_not_contact_churn_customers"), ref("contact_permissions_churn_customers"), "customer_id"
    )
}}
