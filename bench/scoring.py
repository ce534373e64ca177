"""Claim: scoring new customers by the published models is a matter of seconds for 100,000 of them.

Reads the published file alone: artefacts from `evaluation.model_registry`, customers from the public tables.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from measuring import REPOSITORY, table

from bank_marketing.artefacts import load_artefact
from bank_marketing.campaigns import conversion_before_contact, conversion_in_campaign
from bank_marketing.churn import retention

ROWS = 100_000
ROUNDS = 3
CAMPAIGN_CUSTOMERS = (
    "select * from campaigns.campaign_customers inner join campaigns.campaign_responses using (customer_id)"
)
MODELS: dict[str, tuple[Callable[..., pd.DataFrame], str]] = {
    conversion_before_contact.MODEL_NAME: (conversion_before_contact.score, CAMPAIGN_CUSTOMERS),
    conversion_in_campaign.MODEL_NAME: (conversion_in_campaign.score, CAMPAIGN_CUSTOMERS),
    retention.MODEL_NAME: (retention.score, "select * from churn.churn_customers"),
}


def measure(published: Path) -> str:
    """Score customers that the models haven't seen, made of those in the file by giving them other numbers.

    Parameters
    ----------
    published : Path
        A published file with both houses.

    Returns
    -------
    str
        A Markdown table.
    """
    rows = []
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published}' as warehouse (read_only)")
        connection.execute("use warehouse")
        for name, (score, query) in MODELS.items():
            newest = connection.execute(
                "select artefact from evaluation.model_registry where model_name = $name"
                " order by model_version desc limit 1",
                {"name": name},
            ).fetchall()
            artefact = load_artefact(newest[0][0])
            customers = _new_customers(connection.execute(query).df())
            seconds, cpu_seconds = _fastest(score, customers, artefact)
            one, _ = _fastest(score, customers.head(1), artefact)
            rows.append(
                [
                    name,
                    f"{ROWS / seconds:,.0f}",
                    f"{ROWS / cpu_seconds:,.0f}",
                    f"{1000 * one:.0f}",
                    f"{one / (seconds / ROWS):,.0f}",
                ]
            )
    heading = [
        f"scoring {ROWS:,} customers",
        "rows a second",
        "rows a processor second",
        "one alone, milliseconds",
        "one alone costs as much as",
    ]
    return table(heading, rows)


def _new_customers(known: pd.DataFrame) -> pd.DataFrame:
    repeated = known.sample(ROWS, replace=True, random_state=0, ignore_index=True)
    return repeated.assign(customer_id=range(10**9, 10**9 + ROWS))


def _fastest(
    score: Callable[..., pd.DataFrame], customers: pd.DataFrame, artefact: Any
) -> tuple[float, float]:
    took = []
    for _ in range(ROUNDS):
        started, cpu = time.perf_counter(), time.process_time()
        scored = score(customers, artefact)
        took.append((time.perf_counter() - started, time.process_time() - cpu))
        assert len(scored) == len(customers) and scored.notna().any(axis=None)
    return min(took)


if __name__ == "__main__":
    print(measure(REPOSITORY / "warehouse" / f"{os.environ.get('SEED_SET', 'sample')}.duckdb"))
