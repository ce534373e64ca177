with
    earlier as (select * from {{ source('churn_private', 'retention_call_log') }}),

    chosen as (select * from {{ ref('retention_choice_score') }}),

    customers as (select * from {{ ref('churn_customers') }}),

    scores as (select * from {{ ref('churn_scores') }}),

    today as (
        select
            chosen.publication,
            chosen.customer_id,
            cast({{ as_of_date() }} as {{ dbt.type_timestamp() }}) as listed_at,
            chosen.action,
            chosen.is_held_out,
            chosen.is_carried_over,
            chosen.holdout_share,
            customers.country,
            customers.age_years,
            customers.tenure_years,
            customers.balance,
            customers.products,
            customers.is_active,
            scores.churn_probability,
            scores.decile,
            scores.exit_probability,
            scores.horizon_years,
            chosen.value_at_risk,
            chosen.expected_net_gain
        from chosen
        inner join customers on chosen.customer_id = customers.customer_id
        inner join scores on chosen.customer_id = scores.customer_id
    ),

    {% set columns = {
        "publication": "bigint", "customer_id": "bigint", "listed_at": dbt.type_timestamp(),
        "action": dbt.type_string(), "is_held_out": "boolean", "is_carried_over": "boolean",
        "holdout_share": "double", "country": dbt.type_string(), "age_years": "integer", "tenure_years": "integer",
        "balance": "double", "products": "integer", "is_active": "boolean", "churn_probability": "double",
        "decile": "integer", "exit_probability": "double", "horizon_years": "double", "value_at_risk": "double",
        "expected_net_gain": "double",
    } %}
    final as (
        {% for lists in ["earlier", "today"] %}
            select
                {% for name, type in columns.items() %}
                    cast({{ name }} as {{ type }}) as {{ name }}{{ "," if not loop.last }}
                {% endfor %}
            from {{ lists }} {{ "union all" if not loop.last }}
        {% endfor %}
    )

select *
from final
