{#- What the bank would lose with a customer, in the currency of the balances: the margin on the balance and what each
    product earns, a year, times the years that count. The three vars are assumptions; whoever has a better formula puts
    it here. An overdrawn balance earns nothing. -#}
{% macro value_at_risk(balance, products) -%}
    (
        cast({{ var("churn_value_years") }} as double) * (
            cast({{ var("churn_balance_margin") }} as double) * greatest(cast({{ balance }} as double), 0)
            + cast({{ var("churn_product_margin") }} as double) * {{ products }}
        )
    )
{%- endmacro %}
