"""Whether groups of people are on the lists alike, against the stated limits."""

from __future__ import annotations

from bank_marketing.serving.opened import Opened
from bank_marketing.web.asked import Asked
from bank_marketing.web.pages.this_week import NAMES
from bank_marketing.web.tables import Column, Table, estimate
from bank_marketing.web.words import counted, text


def list_fairness(opened: Opened, asked: Asked) -> Table:
    """Return how often groups are on each list beside the rest, those outside their limits first."""
    rows = opened.rows("""
        select
            list_name, action, replace(group_name, '_', ' ') || ': ' || group_value as name, n, rate,
            rest_rate, rate_ratio, rate_ratio_low, rate_ratio_high, lowest_ratio, highest_ratio, verdict,
            evidence,
            verdict in ('below limits', 'above limits') as is_outside,
            verdict not in ('cannot be told', 'not comparable') as is_distinguishable
        from warehouse.evaluation.list_fairness
        order by is_outside desc, list_name, action <> 'any', action, name
    """)
    outside = sum(row["is_outside"] for row in rows)
    compared = counted(len(rows), "comparison")
    lie = "lies" if outside == 1 else "lie"
    return Table(
        name="list_fairness",
        title=f"Are groups of people on the lists alike? {outside} of {compared} {lie} outside the limits.",
        rows=[
            {**row, "list": NAMES.get(row["list_name"], row["list_name"]), "action": text(row["action"])}
            for row in rows
        ],
        columns=(
            Column("list", is_filter=True),
            Column("action", is_filter=True),
            Column("name", "Group"),
            Column("n", "Customers", "number"),
            Column("rate", "On the list", "percent"),
            Column("rest_rate", "Of the rest", "percent"),
            estimate("rate_ratio", "Times as often"),
            Column("lowest_ratio", "At least", "number"),
            Column("highest_ratio", "At most", "number"),
            Column("verdict", is_filter=True),
            Column("evidence", kind="evidence"),
        ),
        source="evaluation.list_fairness",
        asked=asked,
        note="By list, action (“any”: all of them) and group. Outside: the whole interval is. A difference"
        " says nothing of its cause: a plan follows expected money.",
        empty="No list names anybody.",
        rows_a_page=10,
    )
