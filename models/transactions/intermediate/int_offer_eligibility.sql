{%- set rules = [
    ("credit_score", "customers.credit_score", ">=", "products.minimum_credit_score", "a credit score of ", "", 0),
    ("debt", "customers.debt_to_income", "<=", "products.maximum_debt_to_income", "a debt of at most ", " times the yearly income", 2),
    ("income", "customers.yearly_income_usd", ">=", "products.minimum_yearly_income_usd", "a yearly income of ", " USD", 0),
    ("cards", "coalesce(held.credit_cards, 0)", ">=", "products.minimum_credit_cards", "credit cards here: ", "", 0),
    ("age_from", "customers.age_years", ">=", "products.minimum_age", "an age of ", "", 0),
    ("age_to", "customers.age_years", "<=", "products.maximum_age", "an age of at most ", "", 0),
] -%}
{%- set of_credit = [
    ("distress", "customers.client_id in (select client_id from in_distress)", "no financial distress (now marked)"),
    ("permission", "not " ~ may_be_offered_credit("customers.client_id", "bank_customers"), "permission to be offered credit"),
] -%}
{%- set suitability = ["credit_score", "debt", "distress"] -%}
{%- set all_rules = suitability + ["permission", "income", "cards", "age_from", "age_to"] -%}
with
    customers as (select * from {{ ref('bank_customers') }}),

    products as (select * from {{ ref('stg_transactions__bank_products') }}),

    held as (
        select client_id, count(*) as credit_cards
        from {{ ref('cards') }}
        where card_type = 'credit'
        group by client_id
    ),

    in_distress as (
        select client_id
        from {{ ref('stg_transactions__bank_customers_in_distress') }}
        where until_date is null or until_date >= {{ as_of_date() }}
    ),

    -- A rule that the product lacks passes, what nobody knows doesn't; values are rounded away from limits.
    judged as (
        select
            customers.client_id,
            products.product,
            products.is_credit,
            {% for name, value, comparison, limit, before, after, digits in rules %}
                {%- set now = ("floor" if comparison == ">=" else "ceil") ~ "(round(" ~ value ~ " * " ~ 10**digits ~ ", 6)) / " ~ 10**digits -%}
                {%- set kind = "decimal(18, " ~ digits ~ ")" %}
                case
                    when {{ limit }} is null
                    then 'passes'
                    when {{ value }} is null
                    then 'not known'
                    when {{ value }} {{ comparison }} {{ limit }}
                    then 'passes'
                    else 'fails'
                end as {{ name }}_state,
                '{{ before }}' || cast(
                    cast({{ limit }} as {{ kind if digits == 0 else "double" }}) as {{ dbt.type_string() }}
                )
                || '{{ after }}'
                || '{{ " or more" if comparison == ">=" }} ('
                || coalesce(
                    'now ' || cast(cast({{ now }} as {{ kind }}) as {{ dbt.type_string() }}), 'not known'
                )
                || ')' as {{ name }}_wanted,
            {% endfor %}
            {% for name, forbids, wanted in of_credit %}
                {{ "case when products.is_credit and " ~ forbids ~ " then 'fails' else 'passes' end as " ~ name }}_state,
                '{{ wanted }}' as {{ name }}_wanted{{ "," if not loop.last }}
            {% endfor %}
        from customers
        cross join products
        left join held on customers.client_id = held.client_id
    ),

    final as (
        select
            client_id,
            product,
            case
                when not is_credit
                then 'not asked'
                {% for state in ["fails", "not known"] %}
                    when '{{ state }}' in ({{ suitability | join("_state, ") }}_state) then '{{ state }}'
                {% endfor %}
                else 'passes'
            end as suitability,
            {% for name in all_rules %}
                {{ name }}_state = 'passes' {{ "and" if not loop.last }}
            {% endfor %} as is_eligible,
            nullif(
                concat_ws(
                    '; ',
                    {% for name in all_rules %}
                        case
                            when {{ name }}_state <> 'passes' then {{ name }}_wanted
                        end{{ "," if not loop.last }}
                    {% endfor %}
                ),
                ''
            ) as what_would_change_it
        from judged
    )

select *
from final
