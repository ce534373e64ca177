{{
    do_not_contact_entries(
        ref("do_not_contact_campaign_customers"), ref("contact_permissions_campaign_customers"), "customer_id"
    )
}}
