"""One customer: what is known, and what to do in plain words, written from the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from bank_marketing.errors import UserError
from bank_marketing.serving.customers import customer_view
from bank_marketing.serving.lists import LISTS
from bank_marketing.serving.opened import Opened, Row
from bank_marketing.serving.populations import POPULATIONS, Population
from bank_marketing.web.asked import Asked, customer_number
from bank_marketing.web.cards import Card
from bank_marketing.web.evidence import evidence
from bank_marketing.web.tables import Column, Table, estimate
from bank_marketing.web.words import between, money, percent, text

WORDS = {
    "churn_customers": "Bank customers by tenure",
    "campaign_customers": "Campaign customers",
    "bank_customers": "Bank customers with cards",
    "retail_customers": "Retail customers",
}
# Whatever the tenure; `leaving` says the other chance, which money rests on.
HAVING_LEFT = "Chance of having left"
SEGMENT_HISTORIES = {
    "campaigns": "campaign_segment_history",
    "transactions": "bank_segment_history",
    "sales": "retail_segment_history",
}
# What a list planned for a customer, in the words of its history.
ACTIONS = {
    "retention_call_history": "action",
    "campaign_target_history": "campaign_type || ' by ' || campaign_channel",
    "next_best_offer_history": "product",
}


def link(population: str) -> str:
    """Return where a customer is shown, for `Column.link`."""
    return f"/customers?population={population}&number={{{POPULATIONS[population].key}}}#find"


def leaving(rows: Sequence[Row]) -> str:
    """Return what `exit_probability` is called, with its horizon."""
    return f"Chance of leaving within {_years(rows[0]['horizon_years'])}" if rows else "Chance of leaving"


def _years(many: float) -> str:
    return f"{many:g} year{'' if many == 1 else 's'}"


def chosen(asked: Asked) -> tuple[Population, int | None]:
    """Return the population and the number that were asked for."""
    population = POPULATIONS[asked.choice("population", list(WORDS), next(iter(WORDS)))]
    return population, customer_number(asked.text("number").replace(",", ""))


def customer(opened: Opened, asked: Asked) -> dict[str, Any]:
    """Return the customer who was asked for, with what to do; or why there is none to show."""
    population, number = chosen(asked)
    found: dict[str, Any] = {
        "populations": WORDS,
        "population": population.population,
        "number": asked.text("number"),
        "message": "",
        "examples": [],
        "view": None,
    }
    if not found["number"]:
        return {**found, "examples": _examples(opened, population)}
    if number is None:
        return {**found, "message": f"“{found['number']}” is no number of a customer, expected digits alone."}
    view = customer_view(opened, population, number)
    if view is None:
        # Of whoever objects to profiling nothing more is disclosed than of a stranger.
        among = WORDS[population.population]
        return {**found, "message": f"Customer {number} of “{among}” is not in this file, or isn't shown."}
    return {
        **found,
        "view": view,
        "to_do": to_do(opened, population, view),
        "why": _why(view),
        "cards": cards(view),
    }


def _examples(opened: Opened, population: Population) -> list[int]:
    """Return somebody to begin with: who is first on the list, or any."""
    try:
        if population.list_name:
            rows = opened.list_rows(LISTS[population.list_name])[1]
        else:
            rows = opened.rows(
                f"select {population.key} from warehouse.{population.domain}.{population.customers}"
                f" order by {population.key} limit 3"
            )
    except UserError:
        return []
    return [row[population.key] for row in rows[:3]]


def to_do(opened: Opened, population: Population, view: Mapping[str, Any]) -> list[str]:
    """Say what to do, in sentences from the tables.

    Parameters
    ----------
    opened : Opened
        The publication.
    population : Population
        Whose customer it is.
    view : mapping
        As `customer_view` returns it.

    Returns
    -------
    list of str
        At least one.
    """
    if view["objects_to_profiling"]:
        return ["Compute and choose nothing: this customer objects to profiling."]
    if not view["may_be_contacted"]:
        return ["Don't contact this customer for now: they may not be contacted."]
    if view["list_row"]:
        return SENTENCES[population.population](view["list_row"])
    if not population.list_name:
        return _retail(view)
    held_out = _held_out(opened, population, view["customer_id"])
    if held_out:
        until = f" until {_day(held_out[0]['outcome_date'])}" if held_out[0]["outcome_date"] else ""
        return [
            f"Don't contact this customer{until}: they are held out at random, so that we see what contacting"
            " the others changes."
        ]
    return ["Nothing this week: the customer isn't on the list, since others are expected to bring more."]


def _held_out(opened: Opened, population: Population, number: int) -> list[Row]:
    return opened.rows(
        f"select outcome_date from warehouse.{LISTS[population.list_name].holdout}"
        f" where {population.key} = $n order by outcome_date desc limit 1",
        {"n": number},
    )


def _day(value: str) -> str:
    found = date.fromisoformat(value[:10])
    return f"{found.day} {found:%B %Y}"


def _call(row: Row) -> list[str]:
    return [
        f"{row['action_description']}, until {_day(row['valid_until'])}: number {row['call_rank']} of the"
        " calls.",
        f"Talk about {row['talk_about']}.",
        _brings(row, "expected_net_gain", row["currency"]),
    ]


def _campaign(row: Row) -> list[str]:
    return [
        f"Send a {row['campaign_type']} campaign by {row['campaign_channel']} at {text(row['spend_level'])}"
        f" spend, until {_day(row['valid_until'])}: number {row['list_rank']} of the contacts.",
        _brings(row, "expected_profit_usd", "USD"),
    ]


def _offer(row: Row) -> list[str]:
    return [
        f"Offer {text(row['product'])}, until {_day(row['valid_until'])}: {row['product_description']}.",
        _brings(row, "expected_taken_margin_usd", "USD"),
    ]


def _brings(row: Row, name: str, currency: str) -> str:
    interval = between(row[f"{name}_low"], row[f"{name}_high"], "money", currency)
    in_what = " in the file's currency" if currency == "unknown" else ""
    return f"Expected to bring {money(row[name], currency)}{in_what}" + (
        f" ({interval})." if interval else "."
    )


def _retail(view: Mapping[str, Any]) -> list[str]:
    if not view["scores"]:
        return ["Nothing is known that would ask for anything."]
    (row,) = view["scores"]
    return [
        f"A customer of {row['value_tier']} value. No list contacts retail customers; what one may cost is on"
        " the page “Value and return”.",
        f"Expected to buy for {money(row['expected_value_usd_12_months'])} in twelve months.",
    ]


SENTENCES: dict[str, Callable[[Row], list[str]]] = {
    "churn_customers": _call,
    "campaign_customers": _campaign,
    "bank_customers": _offer,
}


def _why(view: Mapping[str, Any]) -> str:
    """Return the reason that may be said to the customer."""
    row = view["list_row"] or {}
    scores = view["scores"][0] if view["scores"] else {}
    return str(row.get("reason") or scores.get("reason") or "")


def cards(view: Mapping[str, Any]) -> list[Card]:
    """Return the segment and the scores of a customer."""
    found = [
        Card(
            "Segment",
            row["segment_name"],
            "text",
            note=""
            if row["membership_strength"] is None
            else f"fits it by {percent(row['membership_strength'], 0)}",
            evidence=evidence("descriptive"),
        )
        for row in view["segments"]
    ]
    for row in view["scores"]:
        found += [card for name, make in SCORES.items() if name in row for card in make(row)]
    return found


def _conversion(row: Row) -> list[Card]:
    label = f"Chance of converting, {text(row['moment'])}"
    return [
        Card(
            label,
            row["conversion_probability"],
            "percent",
            note=_seen(row),
            evidence=evidence("chance, not gain"),
        )
    ]


def _exit(row: Row) -> list[Card]:
    interval = between(row["exit_probability_low"], row["exit_probability_high"], "percent")
    return [
        Card(
            leaving([row]),
            row["exit_probability"],
            "percent",
            interval=interval,
            evidence=evidence("chance, not gain"),
        ),
        Card(
            HAVING_LEFT,
            row["churn_probability"],
            "percent",
            note=_seen(row),
            evidence=evidence("descriptive"),
        ),
        Card(
            "Years to expect", row["expected_remaining_years"], "number", note="that the customer still stays"
        ),
    ]


def _value(row: Row) -> list[Card]:
    return [
        Card(
            f"Expected purchases, {months} months",
            row[f"expected_value_usd_{months}_months"],
            "money",
            interval=between(
                row[f"expected_value_usd_{months}_months_low"],
                row[f"expected_value_usd_{months}_months_high"],
                "money",
            ),
            note="beyond what the data show" if months == 12 and row["is_extrapolated_12_months"] else "",
            evidence=evidence("descriptive"),
        )
        for months in (3, 12)
    ] + [Card("Chance of buying again", row["probability_alive"], "percent")]


def _seen(row: Row) -> str:
    return f"decile {row['decile']} of 10" + (
        "; by models that haven't seen this customer" if row["is_out_of_fold"] else ""
    )


SCORES: dict[str, Callable[[Row], list[Card]]] = {
    "conversion_probability": _conversion,
    "exit_probability": _exit,
    "probability_alive": _value,
}


def offers(opened: Opened, asked: Asked) -> Table:
    """Return all products for one customer, the next best first."""
    population, number = chosen(asked)
    view = None if number is None or not population.offers else customer_view(opened, population, number)
    return Table(
        name="customer_offers",
        title="Next best offers",
        rows=sorted(view["offers"], key=lambda row: (not row["is_eligible"], row["offer_rank"]))
        if view
        else [],
        columns=(
            Column("product"),
            Column("is_eligible", "May be offered", "truth"),
            estimate("expected_taken_margin_usd", "Expected margin", "money"),
            Column("take_up_probability", "Chance of taking it", "percent"),
            Column("evidence", kind="evidence"),
            Column("reason", "Why"),
        ),
        source="transactions.next_best_offers",
        asked=asked,
        empty="There are no offers for this customer.",
        rows_a_page=8,
    )


def history(opened: Opened, asked: Asked) -> Table:
    """Return the segments a customer was in, and the lists that named them."""
    population, number = chosen(asked)
    rows: list[Row] = []
    if number is not None and not opened.rules(population).objects(number):
        rows = [*_segments_before(opened, population, number), *_listed_before(opened, population, number)]
    return Table(
        name="customer_history",
        title="History",
        rows=sorted(rows, key=lambda row: str(row["at"]), reverse=True),
        columns=(Column("at", "Since", "date"), Column("what"), Column("detail"), Column("why")),
        source=", ".join(f"{population.domain}.{one}" for one in _histories(population)),
        asked=asked,
        empty="Nothing is kept of this customer yet.",
    )


def _histories(population: Population) -> list[str]:
    listed = [LISTS[population.list_name].history] if population.list_name else []
    return [one for one in (SEGMENT_HISTORIES.get(population.domain), *listed) if one]


def _segments_before(opened: Opened, population: Population, number: int) -> list[Row]:
    table = SEGMENT_HISTORIES.get(population.domain)
    if not table:
        return []
    return opened.rows(
        f"""
        select valid_from as at, 'segment' as what, segment_name as detail,
            case when previous_segment_name is null then reason
            else concat_ws('; ', 'before: ' || previous_segment_name, reason) end as why
        from warehouse.{population.domain}.{table}
        where {population.key} = $n
        """,
        {"n": number},
    )


def _listed_before(opened: Opened, population: Population, number: int) -> list[Row]:
    if not population.list_name:
        return []
    table = LISTS[population.list_name].history
    return opened.rows(
        f"""
        select listed_at as at,
            case when is_held_out then 'held out at random' else 'on the list' end as what,
            {ACTIONS[table]} as detail, 'publication ' || publication as why
        from warehouse.{population.domain}.{table}
        where {population.key} = $n
        """,
        {"n": number},
    )
