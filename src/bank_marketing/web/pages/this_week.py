"""Whom to contact this week with what, what that is expected to bring, and what needs a look before."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from bank_marketing.errors import UserError
from bank_marketing.methods.intervals import wilson_interval
from bank_marketing.serving.lists import LISTS
from bank_marketing.serving.opened import Opened, Row
from bank_marketing.web import charts
from bank_marketing.web.asked import Asked
from bank_marketing.web.cards import Card
from bank_marketing.web.evidence import SUMMED, evidence
from bank_marketing.web.figures import Figure
from bank_marketing.web.page import Page
from bank_marketing.web.pages import budget, one_customer
from bank_marketing.web.tables import Column, Table, estimate
from bank_marketing.web.words import between, counted, day, listed, money, percent, text, without_customers

NAMES = {
    "retention_call_list": "Retention calls",
    "campaign_target_list": "Campaign contacts",
    "next_best_offer_list": "Offers",
}
# What each list brings, and what the list before brought where its history says so.
MONEY = {
    "retention_call_list": """
        select
            sum(expected_net_gain) as money, sum(expected_net_gain_low) as low,
            sum(expected_net_gain_high) as high, min(currency) as currency, 'assumed' as evidence,
            (select sum(expected_net_gain) from warehouse.churn.retention_call_history
             where not is_held_out and publication = $before) as before
        from warehouse.churn.retention_call_list
    """,
    "campaign_target_list": """
        select
            sum(expected_profit_usd) as money, sum(expected_profit_usd_low) as low,
            sum(expected_profit_usd_high) as high, 'USD' as currency, min(evidence) as evidence,
            (select sum(expected_profit_usd) from warehouse.campaigns.campaign_target_history
             where not is_held_out and publication = $before) as before
        from warehouse.campaigns.campaign_target_list
    """,
    "next_best_offer_list": """
        select
            sum(expected_taken_margin_usd) as money, sum(expected_taken_margin_usd_low) as low,
            sum(expected_taken_margin_usd_high) as high, 'USD' as currency, min(evidence) as evidence,
            null as before
        from warehouse.transactions.next_best_offer_list
    """,
}


def list_cards(opened: Opened, _asked: Asked) -> list[Card]:
    """Return a card for each list: how many, what they are expected to bring, and what changed."""
    return [_list_card(opened, name) for name in NAMES if _has(opened, name)]


def _has(opened: Opened, name: str) -> bool:
    found = opened.rows(
        "select 1 from duckdb_tables() where database_name = 'warehouse' and schema_name = $schema"
        " and table_name = $table",
        {"schema": LISTS[name].domain, "table": name},
    )
    return bool(found)


def _list_card(opened: Opened, name: str) -> Card:
    current, rows = opened.list_rows(LISTS[name])
    (found,) = opened.rows(
        MONEY[name], {"before": _publication_before(opened, name)} if "$" in MONEY[name] else {}
    )
    interval = between(found["low"], found["high"], "money", found["currency"])
    note = counted(len(rows), "customer")
    if current.valid_until:
        note += f", valid until {current.valid_until.day} {current.valid_until:%b}"
    if found["currency"] == "unknown":
        note += "; the file names no currency"
    if interval:
        note += f"; {SUMMED}"
    return Card(
        label=f"{NAMES[name]}: expected to bring",
        value=found["money"],
        kind="money",
        currency=found["currency"],
        interval=interval,
        note=note,
        before=found["before"],
        evidence=evidence(found["evidence"]) if found["evidence"] else None,
        link=f"#{name}",
    )


def _publication_before(opened: Opened, name: str) -> int:
    published = LISTS[name]
    history = f"warehouse.{published.domain}.{published.history}"
    rows = opened.rows(
        f"select max(publication) as number from {history}"
        f" where publication < (select max(publication) from {history})"
    )
    return int(rows[0]["number"] or 0)


def warnings(opened: Opened, _asked: Asked) -> list[dict[str, str]]:
    """Return what needs a look: stale data, rejected rows, shrunk files, drift, unlike groups; or nothing."""
    found = [*_stale(opened), *_files(opened), *_drift(opened), *_unlike(opened)]
    return found or [
        {
            "level": "fine",
            "word": "Nothing needs attention.",
            "message": "Lists are valid, no row was rejected, no file has shrunk, nothing has drifted"
            " and no group of people lies outside the limits.",
        }
    ]


def _warning(level: str, word: str, message: str, link: str = "") -> dict[str, str]:
    return {"level": level, "word": word, "message": message, "link": link}


def _stale(opened: Opened) -> list[dict[str, str]]:
    found = []
    for name, said in NAMES.items():
        if _has(opened, name):
            until = opened.list_rows(LISTS[name])[0].valid_until
            if until is not None and until < opened.today:
                message = f"It was valid until {day(until)}: build anew before anybody is contacted."
                found.append(_warning("act", f"{said} have expired.", message))
    (newest,) = opened.rows("""
        select published_at, domains_kept
        from warehouse.operations.publications order by version desc limit 1
    """)
    days = (opened.today - date.fromisoformat(newest["published_at"][:10])).days
    if days > 7:
        found.append(
            _warning("watch", "The figures are old.", f"They were published {counted(days, 'day')} ago.")
        )
    if newest["domains_kept"]:
        message = "They stay as published before: their files were missing, or their build failed."
        found.append(_warning("watch", f"Not built anew: {newest['domains_kept']}.", message))
    return found


def _files(opened: Opened) -> list[dict[str, str]]:
    rows = opened.rows("""
        select
            now.seed_name, now.rows_read, now.rows_loaded, now.rows_rejected,
            before.rows_loaded as rows_before
        from warehouse.operations.publication_files as now
        left join warehouse.operations.publication_files as before
            on now.seed_name = before.seed_name and before.version = now.version - 1
        where now.version = (select max(version) from warehouse.operations.publication_files)
        order by now.seed_name
    """)
    found = []
    for row in rows:
        rejected, before = row["rows_rejected"] or 0, row["rows_before"]
        if rejected:
            message = f"{rejected:,} of {counted(row['rows_read'], 'row')} aren't as the file has to be."
            found.append(_warning("watch", f"Rejected rows: {text(row['seed_name'])}.", message))
        if before is not None and row["rows_loaded"] < before:
            message = (
                f"{counted(row['rows_loaded'], 'row')}, {before - row['rows_loaded']:,} fewer than last time."
            )
            found.append(_warning("watch", f"Fewer rows: {text(row['seed_name'])}.", message))
    return found


def _drift(opened: Opened) -> list[dict[str, str]]:
    rows = opened.rows("""
        select domain, subject, coalesce(needs_action, false) as needs_action, message
        from warehouse.operations.drift_monitor
        where is_drifting or needs_action
        order by needs_action desc, domain, subject
    """)
    return [
        _warning(
            "act" if row["needs_action"] else "watch",
            f"Drift in {row['domain']}: {text(row['subject'])}.",
            without_customers(row["message"]),
        )
        for row in rows
    ]


def _unlike(opened: Opened) -> list[dict[str, str]]:
    rows = opened.rows("""
        select list_name, count(*) as n from warehouse.evaluation.list_fairness
        where verdict in ('below limits', 'above limits') group by list_name order by n desc, list_name
    """)
    if not rows:
        return []
    outside = counted(sum(row["n"] for row in rows), "comparison")
    lists = listed([f"{NAMES.get(row['list_name'], row['list_name'])} {row['n']:,}" for row in rows])
    message = (
        f"By list, action and group: {lists}. Such groups are on a list much oftener or rarer than the rest."
    )
    return [
        _warning(
            "watch", f"{outside} of groups outside the limits of fairness.", message, "/models#list_fairness"
        )
    ]


def calls(opened: Opened, asked: Asked) -> Table:
    """Return whom to call first."""
    current, rows = opened.list_rows(LISTS["retention_call_list"])
    currency = rows[0]["currency"] if rows else None
    columns = (
        Column("call_rank", "Rank", "number"),
        Column("customer_id", "Customer", "id", link=one_customer.link("churn_customers")),
        Column("recommended_action", "Action", is_filter=True),
        estimate("expected_net_gain", "Expected net gain", "money", currency),
        Column("exit_probability", one_customer.leaving(rows), "percent"),
        Column("reason", "Why"),
        Column("talk_about", "Talk about"),
    )
    return _list(
        opened, asked, "retention_call_list", "Whom to call first", rows, columns, _left_out(current)
    )


def targets(opened: Opened, asked: Asked) -> Table:
    """Return who gets which campaign."""
    current, rows = opened.list_rows(LISTS["campaign_target_list"])
    columns = (
        Column("list_rank", "Rank", "number"),
        Column(
            "customer_id",
            "Customer",
            "id",
            link=one_customer.link("campaign_customers"),
        ),
        Column("campaign_type", "Campaign", is_filter=True),
        Column("campaign_channel", "Channel", is_filter=True),
        estimate("expected_profit_usd", "Expected profit", "money"),
        Column("conversion_probability", "Chance of converting", "percent"),
        Column("reason", "Why"),
    )
    return _list(
        opened, asked, "campaign_target_list", "Who gets which campaign", rows, columns, _left_out(current)
    )


def offers(opened: Opened, asked: Asked) -> Table:
    """Return which product to offer to whom."""
    current, rows = opened.list_rows(LISTS["next_best_offer_list"])
    columns = (
        Column("list_rank", "Rank", "number"),
        Column("client_id", "Customer", "id", link=one_customer.link("bank_customers")),
        Column("product", "Product", is_filter=True),
        estimate("expected_taken_margin_usd", "Expected margin", "money"),
        Column("take_up_probability", "Chance of taking it", "percent"),
        Column("reason", "Why"),
    )
    return _list(
        opened, asked, "next_best_offer_list", "Which product to offer", rows, columns, _left_out(current)
    )


def _left_out(current: Any) -> str:
    left_out = current.forbidden + current.just_exported
    if not left_out:
        return ""
    return f"{counted(left_out, 'customer')} left out since the build: contact was withdrawn, or just made. "


def _list(
    opened: Opened,
    asked: Asked,
    name: str,
    title: str,
    rows: list[Row],
    columns: tuple[Column, ...],
    note: str,
) -> Table:
    published = LISTS[name]
    held_out = opened.rows(
        f"select count(*) as n, min(message) as message from warehouse.{published.holdout}"
    )
    if held_out[0]["n"]:
        note += (
            f"{counted(held_out[0]['n'], 'customer')} held out at random, so that the effect can be measured."
        )
    return Table(
        name=name,
        title=title,
        rows=rows,
        columns=columns,
        source=published.path,
        asked=asked,
        note=note,
        more=held_out[0]["message"] or "",
        empty="Nobody is on this list: nobody may be contacted now, or no contact is worth its cost.",
        rows_a_page=10 if name == "retention_call_list" else 5,
    )


def funnel(opened: Opened, asked: Asked) -> Figure:
    """Return what stands between all customers and a list, stage by stage."""
    name = asked.choice("funnel", list(NAMES), next((one for one in NAMES if _has(opened, one)), ""))
    rows = opened.rows(
        """
        select stage, customers, expected_money, currency, message
        from warehouse.operations.decision_funnel
        where list_name = $name and action = 'any'
        order by stage_number
        """,
        {"name": name},
    )
    finding = "Nothing is known of how customers come onto lists."
    if rows:
        lost = [before["customers"] - after["customers"] for before, after in pairwise(rows)]
        most = max(range(len(lost)), key=lost.__getitem__, default=0)
        finding = (
            f"{NAMES[name]}: {rows[-1]['customers']:,} of {rows[0]['customers']:,} customers are chosen;"
            f" most fall at “{text(rows[most + 1]['stage'])}” ({lost[most]:,})."
        )
    return Figure(
        name="funnel",
        finding=finding,
        rows=rows,
        columns=(
            Column("stage"),
            Column("customers", "Customers who pass", "number"),
            Column(
                "expected_money", "Money to expect of them", "money", rows[0]["currency"] if rows else None
            ),
            Column("message", "What it asks"),
        ),
        chart=charts.bars("stage", "customers", "customers who pass"),
        unit="customers",
        interval="counted, so no interval",
        source="operations.decision_funnel",
        height=300,
    )


def weeks(opened: Opened, _asked: Asked) -> Figure:
    """Return what calls are expected to bring in the weeks ahead."""
    rows = opened.rows("""
        select
            week, from_date, calls, cost,
            expected_net_gain, expected_net_gain_low, expected_net_gain_high, currency
        from warehouse.churn.retention_call_plan order by week
    """)
    finding = "No calls are planned."
    if rows:
        first, last = rows[0], rows[-1]
        share = last["expected_net_gain"] / first["expected_net_gain"] if first["expected_net_gain"] else 0
        finding = (
            f"Calls bring most now: {money(first['expected_net_gain'], first['currency'])} this week,"
            f" {percent(share, 0)} of that in week {last['week']}."
            if share < 1
            else f"Calls go on bringing about {money(first['expected_net_gain'], first['currency'])} a week."
        )
    currency = rows[0]["currency"] if rows else None
    unit = "expected net gain a week" + (", no currency in the file" if currency == "unknown" else "")
    return Figure(
        name="weeks",
        finding=finding,
        rows=rows,
        columns=(
            Column("week", kind="number"),
            Column("from_date", "From", "date"),
            Column("calls", kind="number"),
            Column("cost", kind="money", currency=currency),
            estimate("expected_net_gain", "Expected net gain", "money", currency),
        ),
        chart=charts.bars("week", "expected_net_gain", unit, has_interval=True),
        unit=unit,
        interval=SUMMED,
        source="churn.retention_call_plan",
        evidence=evidence("assumed"),
        height=330,
        note="The interval covers chances, values and the assumed effects of actions together.",
    )


def changes(opened: Opened, asked: Asked) -> Table:
    """Return why customers are on lists or no longer there."""
    rows = opened.rows("""
        select list_name, change, cause, sum(customers) as customers
        from warehouse.operations.list_changes
        where (list_name, publication) in (
            select list_name, max(publication) from warehouse.operations.list_changes group by list_name
        )
        group by list_name, change, cause
        order by list_name, customers desc, change, cause
    """)
    return Table(
        name="changes",
        title="What changed on the lists, and why",
        rows=rows,
        columns=(
            Column("list_name", "List", is_filter=True),
            Column("change"),
            Column("cause"),
            Column("customers", kind="number"),
        ),
        source="operations.list_changes",
        asked=asked,
        note="Since the publication before; of a first list everybody has entered.",
    )


def rates(opened: Opened, _asked: Asked) -> list[Card]:
    """Return how each domain goes, by its public tables."""
    return [card for read in (_conversion, _churn, _sales) for card in read(opened)]


def _conversion(opened: Opened) -> list[Card]:
    return _rate(
        opened,
        "select sum(conversions) as events, sum(customers) as customers"
        " from warehouse.campaigns.campaign_performance",
        "Customers who converted",
        "/campaigns",
    )


def _churn(opened: Opened) -> list[Card]:
    return _rate(
        opened,
        "select sum(exits) as events, sum(customers) as customers from warehouse.churn.churn_rates",
        "Bank customers who have left",
        "/retention",
    )


def _rate(opened: Opened, query: str, label: str, link: str) -> list[Card]:
    try:
        (row,) = opened.rows(query)
    except UserError:
        return []
    if not row["customers"]:
        return []
    low, high = (float(end) for end in wilson_interval(row["events"], row["customers"]))
    return [
        Card(
            label,
            row["events"] / row["customers"],
            "percent",
            interval=between(low, high, "percent"),
            note=f"of {counted(int(row['customers']), 'customer')}",
            evidence=evidence("descriptive"),
            link=link,
        )
    ]


def _sales(opened: Opened) -> list[Card]:
    try:
        rows = opened.rows("""
            select month, net_revenue_usd, marketing_spend_usd, net_revenue_per_marketing_usd
            from warehouse.sales.sales_performance_monthly order by month desc limit 2
        """)
    except UserError:
        return []
    if not rows:
        return []
    month = date.fromisoformat(rows[0]["month"])
    note = f"{money(rows[0]['marketing_spend_usd'])} spent on marketing"
    if len(rows) > 1 and rows[1]["net_revenue_usd"]:
        change = rows[0]["net_revenue_usd"] / rows[1]["net_revenue_usd"] - 1
        note += f"; {percent(abs(change))} {'more' if change >= 0 else 'less'} revenue than the month before"
    return [
        Card(
            f"Net revenue in {month:%B %Y}",
            rows[0]["net_revenue_usd"],
            "money",
            note=note,
            evidence=evidence("descriptive"),
            link="/value",
        )
    ]


PAGE = Page(
    name="this_week",
    path="/",
    title="This week",
    questions=(
        "Whom do we contact this week, with what, and why?",
        "What is that expected to bring, and how sure is it?",
        "What needs a look before?",
    ),
    reading=(
        "Warnings come first: a list that has expired, or data that have shrunk, matter more than any"
        " figure below. The lists are as they may be used now: whoever may not be contacted, was contacted"
        " within the pause or is held out at random isn't on them. Money is expected, with an interval below"
        " it; what an action changes is an assumption until outcomes of the held-out customers are in."
        " Looking notes nothing: who contacts customers takes the list by bank-marketing export, which does."
    ),
    parts={
        "warnings": warnings,
        "list_cards": list_cards,
        "rates": rates,
        "retention_call_list": calls,
        "campaign_target_list": targets,
        "next_best_offer_list": offers,
        "funnel": funnel,
        "weeks": weeks,
        "changes": changes,
        "budgets": budget.budgets,
    },
)
