{{
    do_not_contact_entries(
        ref("do_not_contact_bank_customers"), ref("contact_permissions_bank_customers"), "client_id"
    )
}}
