{{ list_draws(source("churn_private", "retention_call_log"), "customer_id", "action", "retention_outcome_days") }}
