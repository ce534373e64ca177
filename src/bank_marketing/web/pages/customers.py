"""Who the customers are: segments of each population, and one customer with what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from bank_marketing.serving.opened import Opened, Row
from bank_marketing.web import charts
from bank_marketing.web.asked import Asked
from bank_marketing.web.evidence import and_others, evidence
from bank_marketing.web.figures import Figure
from bank_marketing.web.page import Page, first_held
from bank_marketing.web.pages import one_customer
from bank_marketing.web.tables import Column, Table, estimate
from bank_marketing.web.words import percent, text

MOST_TRAITS = 14
INDEX = "population_index"


@dataclass(frozen=True)
class Segmented:
    """A population with segments.

    Parameters
    ----------
    word : str
        For people.
    domain, profiles : str
        Where its profiles are.
    """

    word: str
    domain: str
    profiles: str

    @property
    def source(self) -> str:
        """The table of the published file."""
        return f"{self.domain}.{self.profiles}"


SEGMENTED = {
    name: Segmented(one_customer.WORDS[name], domain, profiles)
    for name, domain, profiles in (
        ("campaign_customers", "campaigns", "campaign_segment_profiles"),
        ("bank_customers", "transactions", "bank_segment_profiles"),
        ("retail_customers", "sales", "retail_segment_profiles"),
    )
}


def of(opened: Opened, asked: Asked) -> Segmented:
    """Return the population whose segments are asked for; by default the first that the file holds."""
    return SEGMENTED[asked.choice("of", list(SEGMENTED), first_held(opened, SEGMENTED))]


def _profiles(opened: Opened, population: Segmented) -> list[Row]:
    return opened.rows(f"select * from warehouse.{population.source} order by segment_id, theme, trait, kind")


def choices(opened: Opened, asked: Asked) -> dict[str, Any]:
    """Return what the form offers: populations, and the segments of the one that is asked for."""
    rows = _profiles(opened, of(opened, asked))
    names = list(dict.fromkeys(row["segment_name"] for row in rows))
    return {
        "populations": {name: one.word for name, one in SEGMENTED.items()},
        "segments": names,
        "segment": asked.choice("segment", names, _most_unusual(rows)),
    }


def _telling(rows: Sequence[Row]) -> list[Row]:
    """Return traits that tell a segment from all customers, the most unusual first."""
    found = [
        row
        for row in rows
        if row["kind"] != "size"
        and row["is_distinguishable"]
        and not row["is_by_construction"]
        and row["population_index"]
    ]
    return sorted(found, key=lambda row: (-abs(log(row["population_index"] / 100)), row["trait"]))


def _trait(row: Row) -> str:
    return text(row["trait"])


def _most_unusual(rows: Sequence[Row]) -> str:
    told = _telling(rows)
    return str((told or rows)[0]["segment_name"]) if rows else ""


def segments(opened: Opened, asked: Asked) -> Table:
    """Return each segment with its size and what it is known by."""
    population = of(opened, asked)
    rows = _profiles(opened, population)
    found = []
    for row in rows:
        if row["kind"] == "size":
            told = _telling([one for one in rows if one["segment_id"] == row["segment_id"]])
            known_by = [f"{_trait(one)} {one['population_index']:.0f}" for one in told[:3]]
            found.append(
                {
                    "segment_name": row["segment_name"],
                    "customers": row["n"],
                    "share": row["value"],
                    "share_low": row["value_low"],
                    "share_high": row["value_high"],
                    "known_by": "; ".join(known_by) or "nothing beyond what it is made of",
                }
            )
    return Table(
        name="segments",
        title=f"{population.word}: segments",
        rows=sorted(found, key=lambda row: -row["customers"]),
        columns=(
            Column("segment_name", "Segment"),
            Column("customers", kind="number"),
            estimate("share", "Of all customers", "percent"),
            Column("known_by", "Known by (index, all customers = 100)"),
        ),
        source=population.source,
        asked=asked,
        note="What a segment is made of isn't counted as a finding.",
        empty="There are no segments: too few customers.",
    )


def sizes(opened: Opened, asked: Asked) -> Figure:
    """Return how large the segments are."""
    rows = segments(opened, asked).rows
    finding, alike = "There are no segments.", ""
    if rows:
        first, alike = rows[0], and_others(rows[0], rows, "share")
        share = percent(first["share"])
        finding = f"“{first['segment_name']}” is the largest segment: {share} of customers{alike}."
    return Figure(
        name="sizes",
        finding=finding,
        rows=rows,
        columns=(
            Column("segment_name", "Segment"),
            Column("customers", kind="number"),
            estimate("share", "Of all customers", "percent"),
        ),
        chart=charts.bars(
            "segment_name",
            "share",
            "share of customers",
            form=charts.PERCENT,
            has_interval=bool(rows) and rows[0]["share_low"] is not None,
        ),
        unit="share of all customers",
        source=of(opened, asked).source,
        evidence=evidence("descriptive", not alike),
        height=60 + 32 * max(len(rows), 3),
    )


def profile(opened: Opened, asked: Asked) -> Figure:
    """Return in what a segment differs from all customers."""
    population = of(opened, asked)
    rows = _profiles(opened, population)
    name = asked.choice("segment", [row["segment_name"] for row in rows], _most_unusual(rows))
    of_segment = [
        row
        for row in rows
        if row["segment_name"] == name and row["kind"] != "size" and row["population_index"] is not None
    ]
    told = _telling(of_segment)
    shown = [
        row
        for row in of_segment
        if row["population_index_low"] is not None and row["population_index_high"] is not None
    ]
    shown.sort(key=lambda row: (not row["is_distinguishable"], -abs(row["population_index"] - 100)))
    shown = [{**row, "trait": _trait(row)} for row in shown[:MOST_TRAITS]]
    shown.sort(key=lambda row: -row["population_index"])
    finding = f"“{name}” can't be told from other customers by anything that it isn't made of."
    if told:
        first = told[0]
        way = "above" if first["population_index"] > 100 else "below"
        finding = (
            f"“{name}” differs most in “{_trait(first)}”:"
            f" {percent(abs(first['population_index'] / 100 - 1), 0)} {way} all customers."
        )
    return Figure(
        name="profile",
        finding=finding,
        rows=shown,
        columns=(
            Column("trait"),
            Column("theme"),
            estimate("value", "Value in the segment", "number"),
            Column("population_value", "Of all customers", "number"),
            estimate("population_index", "Index", "number"),
            Column("is_distinguishable", "Told from chance", "truth"),
            Column("is_by_construction", "Made of it", "truth"),
            Column("evidence", kind="evidence"),
        ),
        chart=charts.points(
            "trait",
            INDEX,
            "index, all customers = 100",
            told_apart="is_distinguishable",
            reference=100,
        ),
        unit="index, all customers = 100",
        source=population.source,
        evidence=evidence("descriptive", bool(told)),
        note="Hollow: what can't be told from chance, corrected for the many comparisons, and what the"
        f" segment is made of. Shown are the {MOST_TRAITS} traits that differ most.",
        height=60 + 30 * max(len(shown), 4),
        empty="This segment has no traits to compare.",
    )


def moves(opened: Opened, asked: Asked) -> Table:
    """Return who went from which segment to which, from one build to another."""
    population = of(opened, asked)
    rows = opened.rows(
        """
        select from_segment_name, to_segment_name, customers, share, share_low, share_high
        from warehouse.evaluation.segment_migration_matrix
        where domain = $domain
        order by from_segment_id, customers desc, to_segment_id
        """,
        {"domain": population.domain},
    )
    moved = sum(row["customers"] for row in rows if row["from_segment_name"] != row["to_segment_name"])
    customers = sum(row["customers"] for row in rows)
    return Table(
        name="moves",
        title="Who moved between segments",
        rows=rows if moved else [],
        columns=(
            Column("from_segment_name", "From", is_filter=True),
            Column("to_segment_name", "To", is_filter=True),
            Column("customers", kind="number"),
            estimate("share", "Of those who were there", "percent"),
        ),
        source="evaluation.segment_migration_matrix",
        asked=asked,
        note=f"{moved:,} of {customers:,} customers changed segment since segments are kept."
        if moved
        else "",
        empty="Nobody has changed segment yet.",
    )


PAGE = Page(
    name="customers",
    path="/customers",
    title="Customers",
    questions=(
        "What kinds of customers do we have?",
        "What do we know of this one, and what do we do now?",
        "Why did the service decide as it did?",
    ),
    reading=(
        "The four populations come from four files that share no customer, so each is looked at by itself."
        " An index of 120 says that a trait is a fifth higher in the segment than among all customers. Of one"
        " customer is shown what may be said to them; whoever objects to profiling has neither segment nor"
        " score."
    ),
    parts={
        "choices": choices,
        "segments": segments,
        "sizes": sizes,
        "profile": profile,
        "moves": moves,
        "customer": one_customer.customer,
        "customer_offers": one_customer.offers,
        "customer_history": one_customer.history,
    },
)
