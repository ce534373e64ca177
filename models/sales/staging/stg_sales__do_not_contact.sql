{{
    do_not_contact_entries(
        ref("do_not_contact_retail_customers"), ref("contact_permissions_retail_customers"), "customer_id"
    )
}}
