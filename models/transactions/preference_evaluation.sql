with
    judged as ({{ fit_table(ref('preferences_fit'), 'candidates') }}),

    offers as (select * from {{ ref('next_best_offers') }}),

    products as (select * from {{ ref('stg_transactions__bank_products') }}),

    first_offers as (
        select count(distinct product) as first_products, count(distinct client_id) as clients
        from offers
        where offer_rank = 1
    ),

    kept as (
        select max(model_version) as model_version, max(candidate) as candidate from judged where is_kept
    ),

    -- The most accurate list may show everybody the same.
    coverage as (
        select
            kept.model_version,
            kept.candidate,
            'all_products' as target,
            'catalogue_coverage' as metric,
            cast(first_offers.first_products as double) / count(products.product) as value,
            {% for name in ["value", "difference_from_popularity", "difference_from_best"] %}
                {% if name != "value" %} null as {{ name }}, {% endif %}
                null as {{ name }}_low,
                null as {{ name }}_high,
            {% endfor %}
            first_offers.clients as n,
            true as is_kept,
            'Share of the catalogue that is the first offer of somebody; counted, so without an interval.'
            as message
        from products
        cross join first_offers
        cross join kept
        group by kept.model_version, kept.candidate, first_offers.first_products, first_offers.clients
    ),

    final as (
        {% for rows in ["judged", "coverage"] %}
            select {{ as_contracted() }} from {{ rows }} {{ "union all" if not loop.last }}
        {% endfor %}
    )

select *
from final
