{{ fit_table(ref("customer_value_fit"), "evaluation") }}
