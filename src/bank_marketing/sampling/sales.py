"""Synthetic retail data: raw files in Kaggle's formats, and the truth planted in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from bank_marketing.sampling.draws import Floats, Integers, spread
from bank_marketing.sampling.files import rows_at_scale, write_csv
from bank_marketing.sampling.sales_demand import (
    CHANNELS,
    MONTH_EFFECTS,
    NOISE_SD_LOG,
    WEEKDAY_EFFECTS,
    Demand,
    demand_weights,
    make_demand,
)
from bank_marketing.sampling.sales_orders import COUPON_STATUS, LINES_PER_ORDER, Lines, draw_lines, net_share
from bank_marketing.sampling.sales_products import (
    EXPENSIVE,
    MONTH_NAMES,
    Catalogue,
    coupon_columns,
    discount_pct,
    make_catalogue,
)
from bank_marketing.sampling.sales_shoppers import (
    LOST_ALPHA,
    LOST_BETA,
    RATE_DAYS,
    RATE_SHAPE,
    Shoppers,
    draw_order_values,
    draw_shoppers,
    expected_visits,
)

LINES_AT_ONE, REAL_LINES = 30_000, 52_924
REAL_CUSTOMERS = 1_468
FIRST_ORDER_ID = 20_001
# Numbers that the real file doesn't use.
CUSTOMER_IDS = (20_000, 30_000)
FEMALE_SHARE = 0.636
LOCATIONS = {"California": 464, "Chicago": 456, "New York": 324, "New Jersey": 149, "Washington DC": 75}
TENURE_MONTHS = (2, 50)
SPLIT_DAY = 181


def write_sample(folder: Path, *, scale: float, seed: int) -> dict[str, Any]:
    """Write the five raw files of the retail data.

    Parameters
    ----------
    folder : Path
        Folder that the files `raw_*.csv` are written to; it exists.
    scale : float
        1 gives 30,000 order lines of 832 customers; the real size is the most. Every day has an order, so
        that below a scale of about 0.02 there are more lines than in proportion.
    seed : int
        The same seed and scale give the same bytes.

    Returns
    -------
    dict
        Planted truth: the response to marketing spend, and each customer's latent values.
    """
    rng = np.random.default_rng(seed)
    n_lines = rows_at_scale(scale, at_one=LINES_AT_ONE, real=REAL_LINES)
    n_customers = round(REAL_CUSTOMERS * n_lines / REAL_LINES)
    catalogue, demand = make_catalogue(rng), make_demand(rng)
    shoppers = draw_shoppers(n_customers, demand.expected, demand.month, rng)
    order_value, expensive_share = _order_values(n_customers, catalogue, rng)
    weights = demand_weights(demand, rng)
    lines, wanted, mean_worth = draw_lines(
        weights, n_lines, shoppers, order_value, expensive_share, demand.month, catalogue, rng
    )
    ids = rng.choice(np.arange(*CUSTOMER_IDS), n_customers, replace=False)

    _write_order_lines(folder / "raw_order_lines.csv", lines, ids, catalogue, demand)
    write_csv(
        folder / "raw_retail_customers.csv",
        {
            "CustomerID": ids.tolist(),
            "Gender": ["FM"[i] for i in spread((FEMALE_SHARE, 1 - FEMALE_SHARE), n_customers, rng)],
            "Location": [list(LOCATIONS)[i] for i in spread(list(LOCATIONS.values()), n_customers, rng)],
            "Tenure_Months": rng.integers(TENURE_MONTHS[0], TENURE_MONTHS[1] + 1, n_customers).tolist(),
        },
    )
    write_csv(folder / "raw_coupons.csv", coupon_columns(catalogue.categories))
    write_csv(
        folder / "raw_marketing_spend.csv",
        {
            "Date": _dates(demand.days),
            "Offline_Spend": [_plain(value) for value in demand.spend["offline"]],
            "Online_Spend": [_plain(value) for value in demand.spend["online"]],
        },
    )
    write_csv(
        folder / "raw_product_taxes.csv",
        {
            "Product_Category": catalogue.categories["category"].tolist(),
            "GST": catalogue.categories["gst"].tolist(),
        },
    )
    return {
        "marketing": _marketing_truth(demand, lines, order_value, wanted),
        "customers": _customer_truth(ids, shoppers, demand, wanted, order_value, mean_worth),
    }


def _order_values(n: int, catalogue: Catalogue, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return each customer's mean order value before discounts, and the share of expensive lines for it."""
    weights = catalogue.categories["weight"].to_numpy(dtype=float)
    expensive = catalogue.categories["category"].isin(EXPENSIVE).to_numpy()
    line = catalogue.line_values.mean(axis=1)
    cheap_value = float(np.average(line[~expensive], weights=weights[~expensive]))
    dear_value = float(np.average(line[expensive], weights=weights[expensive]))
    mean = LINES_PER_ORDER * float(np.average(line, weights=weights))
    low, high = (LINES_PER_ORDER * (cheap_value + s * (dear_value - cheap_value)) for s in (0.02, 0.95))
    values = draw_order_values(n, mean, low, high, rng)
    return values, (values / LINES_PER_ORDER - cheap_value) / (dear_value - cheap_value)


def _write_order_lines(path: Path, lines: Lines, ids: Integers, catalogue: Catalogue, demand: Demand) -> None:
    dates = _dates(demand.days)
    categories = catalogue.categories["category"].tolist()
    product, day = lines.product, lines.day
    write_csv(
        path,
        {
            "CustomerID": ids[lines.customer].tolist(),
            "Transaction_ID": (FIRST_ORDER_ID + lines.order).tolist(),
            "Transaction_Date": [dates[d] for d in day],
            "Product_SKU": [catalogue.sku[p] for p in product],
            "Product_Description": [catalogue.description[p] for p in product],
            "Product_Category": [categories[c] for c in catalogue.category[product]],
            "Quantity": lines.quantity.tolist(),
            "Avg_Price": [_plain(value) for value in catalogue.prices[product, demand.month[day]]],
            "Delivery_Charges": [_plain(value) for value in lines.delivery],
            "Coupon_Status": [COUPON_STATUS[c] for c in lines.coupon],
        },
    )


def _marketing_truth(demand: Demand, lines: Lines, order_value: Floats, wanted: Floats) -> dict[str, Any]:
    """Return the response in money: by what the orders of those who were there are worth on average."""
    day_value = np.bincount(lines.day, weights=order_value[lines.customer]) / np.bincount(lines.day)
    shares = np.array([net_share(month) for month in demand.month])
    mean_revenue = float((wanted * day_value * shares).mean())
    base = demand.base * mean_revenue
    return {
        "model": (
            "net_revenue(day) = base x (1 + weekday + month) / season_mean"
            " + sum over channels of most x adstock / (adstock + half_saturation);"
            " adstock(day) = spend(day) + decay x adstock(day before), 0 before the first day;"
            " net revenue: quantity x price x (1 - discount where the coupon is Used)"
        ),
        "unit": "USD a day",
        "base": base,
        "season_mean": float(
            (1 + np.asarray(WEEKDAY_EFFECTS)[demand.weekday] + np.asarray(MONTH_EFFECTS)[demand.month]).mean()
        ),
        "weekday_effects_from_monday": list(WEEKDAY_EFFECTS),
        "month_effects_from_january": list(MONTH_EFFECTS),
        "channels": {
            channel: {
                "decay": decay,
                "half_saturation": half,
                "most": demand.returns[channel] * mean_revenue,
                "share_of_revenue": share,
                "net_revenue_per_usd": share * mean_revenue / float(demand.spend[channel].mean()),
            }
            for channel, (decay, half, share) in CHANNELS.items()
        },
        "noise_of_orders_sd_log": NOISE_SD_LOG,
        "mean_net_revenue": mean_revenue,
        "discount_pct_by_month": {name: discount_pct(month) for month, name in enumerate(MONTH_NAMES)},
    }


def _customer_truth(
    ids: Integers,
    shoppers: Shoppers,
    demand: Demand,
    wanted: Floats,
    order_value: Floats,
    mean_worth: float,
) -> dict[str, Any]:
    shares = np.array([net_share(month) for month in demand.month])
    later = np.arange(len(wanted)) >= SPLIT_DAY
    visits_later = int((shoppers.visit_day >= SPLIT_DAY).sum())
    orders_per_visit = float((wanted * shares)[later].sum()) / visits_later
    visits = expected_visits(shoppers, demand.expected, SPLIT_DAY)
    days = demand.days.astype(str)
    return {
        "process": {
            "purchase_days": "BG/NBD in a clock that runs with daily_demand, first purchase days given",
            "rate_shape": RATE_SHAPE,
            "rate_days": RATE_DAYS,
            "lost_alpha": LOST_ALPHA,
            "lost_beta": LOST_BETA,
            "net_revenue_a_purchase_day_to_mean_order_value": orders_per_visit / mean_worth,
            "split_date": str(days[SPLIT_DAY]),
            "daily_demand": [round(float(value), 4) for value in demand.expected],
        },
        "customer_id": ids.tolist(),
        "lost_date": [str(days[day]) if day >= 0 else None for day in shoppers.lost_day],
        "mean_order_value": [round(float(value), 2) for value in order_value * mean_worth],
        "expected_purchase_days_after_split": [_or_none(value, 4) for value in visits],
        "expected_net_revenue_after_split": [
            _or_none(value, 2) for value in visits * orders_per_visit * order_value
        ],
    }


def _or_none(value: float, digits: int) -> float | None:
    return None if np.isnan(value) else round(float(value), digits)


def _dates(days: np.ndarray) -> list[str]:
    return [f"{day.month}/{day.day}/{day.year}" for day in days.astype("datetime64[D]").tolist()]


def _plain(value: float) -> str:
    """Return money with at most two digits and without closing zeros, as in Kaggle's files: 6.5, 6, 19.99."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
