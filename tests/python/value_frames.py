"""Plain frames in the form of the features of value and mix, with a planted truth."""

import numpy as np
import pandas as pd

FIRST = np.datetime64("2019-01-01")
DAYS = 365


def order_days(customers: int = 600, seed: int = 1) -> pd.DataFrame:
    """Draw order days of a year by BG/NBD, with a spend of their own for each customer."""
    rng = np.random.default_rng(seed)
    rate, chance = rng.gamma(0.6, 1 / 40.0, customers), rng.beta(0.8, 4.0, customers)
    level = rng.gamma(4.0, 100.0, customers)
    rows = []
    for customer in range(customers):
        day = int(rng.integers(0, 330))
        while day < DAYS:
            rows.append((customer + 100, day, 1 + int(rng.integers(3)), level[customer] * rng.gamma(6) / 6))
            if rng.random() < chance[customer]:
                break
            day += 1 + int(rng.exponential(1 / rate[customer]))
    return pd.DataFrame(rows, columns=["customer_id", "day", "orders", "revenue"])


def value_features(orders: pd.DataFrame) -> pd.DataFrame:
    """Summarise order days at the three moments, as features_customer_value does."""
    moments = {"early": (90, 90, 181), "split": (181, 181, DAYS), "today": (DAYS, 181, None)}
    tables = []
    for moment, (now, window, until) in moments.items():
        past, late = (
            orders[orders["day"] < now],
            orders[(orders["day"] >= now) & (orders["day"] < (until or 0))],
        )
        inside = past[past["day"] >= now - window]
        second = past[past["day"] >= now - window / 2]
        by = past.groupby("customer_id")
        table = pd.DataFrame(
            {
                "moment": moment,
                "as_of_date": FIRST + np.timedelta64(now, "D"),
                "window_days": window,
                "horizon_days": np.nan if until is None else until - now,
                "age_days": now - by["day"].min(),
                "last_order_age_days": by["day"].max() - by["day"].min(),
                "repeat_order_days": by.size() - 1,
                "orders": by["orders"].sum(),
                "order_lines": 2 * by["orders"].sum(),
                "coupon_lines": by["orders"].sum() // 2,
                "product_categories": 2,
                "net_revenue_usd": by["revenue"].sum(),
                "largest_day_usd": by["revenue"].max(),
                "window_order_days": inside.groupby("customer_id").size(),
                "window_orders": inside.groupby("customer_id")["orders"].sum(),
                "window_revenue_usd": inside.groupby("customer_id")["revenue"].sum(),
                "late_revenue_usd": second.groupby("customer_id")["revenue"].sum(),
                "future_order_days": late.groupby("customer_id").size(),
                "future_revenue_usd": late.groupby("customer_id")["revenue"].sum(),
            }
        ).loc[by.groups.keys()]
        known = table.columns.difference(["horizon_days", *([] if until else table.columns[-2:])])
        table[known] = table[known].fillna(0)
        if until is None:
            table[["future_order_days", "future_revenue_usd"]] = np.nan
        tables.append(table.rename_axis("customer_id").reset_index())
    return pd.concat(tables, ignore_index=True)


def mix_features(
    *, noise: float = 500.0, off: float = 0.3, online: float = 4500.0, offline: float = 4000.0, seed: int = 1
) -> pd.DataFrame:
    """Draw days of a year with independent spend, what it brings, weekdays and a season."""
    rng = np.random.default_rng(seed)
    spend = np.exp(rng.normal(0, 0.6, (DAYS, 2))) * [2000, 3000] * (rng.random((DAYS, 2)) >= off)
    day, carried = np.arange(DAYS), np.zeros(2)
    brought = np.empty(DAYS)
    for number in day:
        carried = spend[number] + np.array([0.3, 0.6]) * carried
        brought[number] = (
            np.array([online, offline]) * carried / (carried + np.array([2500.0, 7000.0]))
        ).sum()
    base = 4000 + 800 * (day % 7 < 2) + 500 * np.sin(2 * np.pi * day / 365)
    dates = pd.date_range("2019-01-01", periods=DAYS)
    return pd.DataFrame(
        {
            "kind": "day",
            "from_date": dates,
            "to_date": dates,
            "channel": "all",
            "online_spend_usd": spend[:, 0],
            "offline_spend_usd": spend[:, 1],
            "net_revenue_usd": base + brought + rng.normal(0, noise, DAYS),
            "offered_discount_share": np.array([0.1, 0.2, 0.3])[(dates.month - 1) % 3],
            "spend_change_usd": np.nan,
            "revenue_change_usd": np.nan,
            "revenue_change_error_usd": np.nan,
        }
    )
