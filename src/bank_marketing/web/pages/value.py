"""What customers buy and are worth, what marketing and coupons bring of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import log10

from bank_marketing.serving.opened import Opened
from bank_marketing.web import charts
from bank_marketing.web.asked import Asked
from bank_marketing.web.cards import Card
from bank_marketing.web.evidence import evidence
from bank_marketing.web.figures import Figure
from bank_marketing.web.page import Page
from bank_marketing.web.pages import marketing
from bank_marketing.web.tables import Column, Row, Table, estimate
from bank_marketing.web.words import between, counted, money, percent

MOST_BARS = 10
MOST_CATEGORIES = 14


def totals(opened: Opened, asked: Asked) -> list[Card]:
    """Return revenue, spend and what a dollar of it brought."""
    (row,) = opened.rows("""
        select
            sum(net_revenue_usd) as revenue, sum(marketing_spend_usd) as spend, sum(new_customers) as gained,
            min(month) as first, max(month) as last
        from warehouse.sales.sales_performance_monthly
    """)
    if row["revenue"] is None:
        return []
    months = f"{_month(row['first'])} to {_month(row['last'])}"
    gained = counted(int(row["gained"]), "new customer")
    return [
        Card("Net revenue", row["revenue"], "money", note=months, evidence=evidence("descriptive")),
        Card(
            "Marketing spend",
            row["spend"],
            "money",
            note=f"{months}; {gained}",
            evidence=evidence("descriptive"),
        ),
        *marketing.channels(opened, asked),
    ]


def _month(day: str) -> str:
    return f"{date.fromisoformat(day):%b %Y}"


def over_time(opened: Opened, _asked: Asked) -> Figure:
    """Return revenue and spend, month by month."""
    rows = opened.rows("""
        select
            month, net_revenue_usd, marketing_spend_usd, net_revenue_per_marketing_usd, orders, customers,
            new_customers
        from warehouse.sales.sales_performance_monthly order by month
    """)
    finding = "No sales are known."
    rated = [row for row in rows if row["net_revenue_per_marketing_usd"] is not None]
    if rated:
        best = max(rated, key=lambda row: row["net_revenue_per_marketing_usd"])
        worst = min(rated, key=lambda row: row["net_revenue_per_marketing_usd"])
        finding = (
            f"Revenue per dollar of spend ran from {money(worst['net_revenue_per_marketing_usd'])}"
            f" ({_month(worst['month'])}) to {money(best['net_revenue_per_marketing_usd'])}"
            f" ({_month(best['month'])})."
        )
    return Figure(
        name="over_time",
        finding=finding,
        rows=rows,
        columns=(
            Column("month", kind="date"),
            Column("net_revenue_usd", "Net revenue", "money"),
            Column("marketing_spend_usd", "Marketing spend", "money"),
            Column("net_revenue_per_marketing_usd", "Revenue per dollar", "money"),
            Column("orders", kind="number"),
            Column("customers", kind="number"),
            Column("new_customers", kind="number"),
        ),
        chart=_monthly,
        unit="USD a month",
        interval="counted, so no interval",
        source="sales.sales_performance_monthly",
        evidence=evidence("descriptive"),
        note="All revenue is divided by all spend; what the spend itself brought is below.",
        height=300,
    )


def _monthly(rows: Sequence[Row]) -> charts.Drawing:
    named = {"net_revenue_usd": "net revenue", "marketing_spend_usd": "marketing spend"}
    long = [
        {"month": row["month"], "usd": row[name], "what": word}
        for name, word in named.items()
        for row in rows
    ]
    drawn = charts.lines("month", "usd", "USD a month", form=charts.MONEY, series="what", is_time=True)
    return drawn(long)


def values(opened: Opened, _asked: Asked) -> Figure:
    """Return how many customers are worth how much."""
    found = opened.rows("""
        select expected_value_usd_12_months as value from warehouse.sales.customer_lifetime_values
        where expected_value_usd_12_months is not null order by value desc
    """)
    worth = [row["value"] for row in found]
    finding = "No customer's value is known."
    if worth and sum(worth):
        share = sum(worth[: max(len(worth) // 5, 1)]) / sum(worth)
        finding = (
            f"A fifth of customers holds {percent(share, 0)} of the {money(sum(worth))} that all are"
            " expected to buy for in twelve months."
        )
    return Figure(
        name="values",
        finding=finding,
        rows=binned(worth),
        columns=(
            Column("range", "Expected to buy for"),
            Column("customers", kind="number"),
            Column("value_usd", "Together", "money"),
        ),
        chart=charts.bars("range", "customers", "customers"),
        unit="customers by what they are expected to buy for in twelve months",
        interval="intervals of single customers are in the table it comes from",
        source="sales.customer_lifetime_values",
        evidence=evidence("descriptive"),
        height=330,
        empty="Too few customers to tell values.",
    )


def binned(worth: Sequence[float]) -> list[Row]:
    """Count values in ranges of a round width; the last is open.

    Parameters
    ----------
    worth : sequence of float
        Values, the largest first.

    Returns
    -------
    list of dict
        range, customers, value_usd; every value is in one.
    """
    if not worth:
        return []
    most = max(worth[len(worth) // 20], 1.0)
    power = 10 ** int(log10(most / MOST_BARS)) if most > MOST_BARS else 1
    width = next(power * step for step in (1, 2, 5, 10, 20, 50) if power * step * MOST_BARS >= most)
    rows: list[Row] = []
    for place in range(MOST_BARS):
        low, is_last = width * place, place == MOST_BARS - 1
        inside = [one for one in worth if (one >= low or place == 0) and (is_last or one < low + width)]
        said = f"{money(low)} and more" if is_last else f"{money(low)} to {money(low + width)}"
        rows.append({"range": said, "customers": len(inside), "value_usd": sum(inside)})
    return rows


def coupons(opened: Opened, _asked: Asked) -> Figure:
    """Return how many coupons went to customers who bought without one before."""
    rows = opened.rows("""
        select
            product_category, coupon_lines, discount_usd, discount_to_buyers_without_usd,
            share_to_buyers_without, share_to_buyers_without_low, share_to_buyers_without_high
        from warehouse.sales.coupon_economics
        where share_to_buyers_without is not null
        order by product_category = 'all' desc, coupon_lines desc, product_category
    """)
    finding = "No coupon was used."
    if rows:
        (whole,) = [row for row in rows if row["product_category"] == "all"]
        interval = between(
            whole["share_to_buyers_without_low"], whole["share_to_buyers_without_high"], "percent"
        )
        finding = (
            f"{percent(whole['share_to_buyers_without'])} of coupons ({interval}) went to customers who"
            f" had bought without one before: {money(whole['discount_to_buyers_without_usd'])} of discount."
        )
    return Figure(
        name="coupons",
        finding=finding,
        rows=rows[:MOST_CATEGORIES],
        columns=(
            Column("product_category", "Category"),
            Column("coupon_lines", "Order lines with coupon", "number"),
            Column("discount_usd", "Discount", "money"),
            Column("discount_to_buyers_without_usd", "Of it to such customers", "money"),
            estimate("share_to_buyers_without", "Share to such customers", "percent"),
        ),
        chart=charts.points(
            "product_category",
            "share_to_buyers_without",
            "share of coupons",
            form=charts.PERCENT,
        ),
        unit="share of order lines with coupon whose buyers had bought without one before",
        source="sales.coupon_economics",
        evidence=evidence("descriptive"),
        note=f"The {MOST_CATEGORIES - 1} categories with most coupons, and all. Whether customers would have"
        " bought again without one isn't known.",
        height=60 + 26 * max(min(len(rows), MOST_CATEGORIES), 3),
        is_whole=True,
        empty="No coupon was used.",
    )


def bids(opened: Opened, asked: Asked) -> Table:
    """Return what a customer may cost at most."""
    rows = opened.rows("""
        select *
        from warehouse.sales.acquisition_bids order by highest_bid_usd desc, segment_name, value_tier
    """)
    return Table(
        name="bids",
        title="What a new customer may cost at most",
        rows=rows,
        columns=(
            Column("segment_name", "Customers like", is_filter=True),
            Column("value_tier", "Value", is_filter=True),
            Column("customers", kind="number"),
            Column("expected_value_usd", "Expected purchases, 12 months", "money"),
            estimate("highest_bid_usd", "Highest bid", "money"),
        ),
        source="sales.acquisition_bids",
        asked=asked,
        note=f"At an assumed margin of {percent(rows[0]['margin'], 0)}." if rows else "",
        empty="No values are known, so no bids.",
        rows_a_page=8,
    )


PAGE = Page(
    name="value",
    path="/value",
    title="Value and return",
    domain="sales",
    questions=(
        "What do we sell and spend?",
        "What does the next dollar of marketing bring?",
        "What are customers worth, and what do coupons cost?",
    ),
    reading=(
        "Revenue beside spend describes; what the spend brought is told by a model of season, weekday and"
        " spend, and only if its checks are met: where they aren't, its figures can't be told and no budget"
        " should follow them. Expected purchases are of customers as they are, not what contacting them adds."
    ),
    parts={
        "totals": totals,
        "over_time": over_time,
        **marketing.PARTS,
        "values": values,
        "coupons": coupons,
        "bids": bids,
    },
)
