"""Claim: scoring new customers by the published models is a matter of seconds for 100,000 of them.

Artefacts come from the published `evaluation.model_registry`, customers from the public tables, and for
the command from files made of the raw ones.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from measuring import REPOSITORY, gigabytes, held_against, run_measured, table

from bank_marketing.campaigns import conversion_before_contact, conversion_in_campaign
from bank_marketing.churn import retention
from bank_marketing.fitting.fits import Task
from bank_marketing.serving.published import attach_published, newest_artefact, newest_model
from bank_marketing.serving.reading import load_customers
from bank_marketing.serving.tasks import SERVED, Served

ROWS = 100_000
ROUNDS = 3
SECONDS = 10
TIMES_THE_MODEL = 2
CAMPAIGN_CUSTOMERS = "select * from campaigns.campaign_responses"
MODELS: list[tuple[Task, Callable[..., pd.DataFrame], str]] = [
    (conversion_before_contact.TASK, conversion_before_contact.score, CAMPAIGN_CUSTOMERS),
    (conversion_in_campaign.TASK, conversion_in_campaign.score, CAMPAIGN_CUSTOMERS),
    (retention.TASK, retention.score, "select * from churn.churn_customers"),
]


def measure(published: Path) -> str:
    """Score customers that the models haven't seen, made of those in the file by giving them other numbers.

    Parameters
    ----------
    published : Path
        A published file with both domains.

    Returns
    -------
    str
        A Markdown table.
    """
    rows = []
    with duckdb.connect() as connection:
        attach_published(connection, published)
        connection.execute("use warehouse")
        for task, score, query in MODELS:
            _, artefact = newest_artefact(connection, published, task)
            customers = _new_customers(connection.execute(query).df())
            seconds, cpu_seconds = _fastest(score, customers, artefact)
            one, _ = _fastest(score, customers.head(1), artefact)
            rows.append(
                [
                    task.name,
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
        "rows of the many that cost as much as one alone",
    ]
    return table(heading, rows)


def measure_command(published: Path) -> str:
    """Score a file of customers by the command, from its start to the written output.

    Parameters
    ----------
    published : Path
        A published file with both domains; the customers are made of its raw files in seeds.

    Returns
    -------
    str
        A Markdown table.
    """
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, variant, file, key, words in (
            (
                "conversion",
                "before_contact",
                "campaigns/raw_campaign_responses.csv",
                "CustomerID",
                ["--moment", "before_contact"],
            ),
            ("churn", "", "churn/raw_churn_customers.csv", "CustomerId", []),
        ):
            known = pd.read_csv(
                REPOSITORY / "seeds" / published.stem / file, dtype=str, keep_default_na=False
            )
            took = []
            for count in (1, ROWS):
                customers, output = Path(folder, f"{kind}_{count}.csv"), Path(folder, "scores.csv")
                repeated = known.sample(count, replace=True, random_state=0, ignore_index=True)
                repeated.assign(**{key: range(10**9, 10**9 + count)}).to_csv(customers, index=False)
                command = [sys.executable, "-m", "bank_marketing.cli", "score", kind, str(customers)]
                options = ["--output", str(output), "--overwrite", "--warehouse", str(published), *words]
                source = {"PYTHONPATH": str(REPOSITORY / "src")}
                runs = [run_measured([*command, *options], source) for _ in range(ROUNDS)]
                took.append(min(runs, key=lambda run: run.cpu_seconds))
                assert len(pd.read_csv(output)) == count
            one, many = took
            model = _model_alone(published, SERVED[kind][variant], customers)
            rows.append(
                [
                    f"`score {kind}`",
                    held_against(many.seconds, SECONDS),
                    f"{many.cpu_seconds:.1f}",
                    held_against(many.cpu_seconds / model, TIMES_THE_MODEL),
                    f"{many.cpu_seconds / one.cpu_seconds:.1f}",
                    gigabytes(many.peak_memory),
                ]
            )
    heading = [
        f"a file of {ROWS:,} customers, with drivers",
        f"seconds (at most {SECONDS})",
        "processor seconds",
        f"times those of the model's own score and drivers (at most {TIMES_THE_MODEL})",
        "times a file of one",
        "peak memory",
    ]
    return table(heading, rows)


def _model_alone(published: Path, served: Served, customers: Path) -> float:
    """Return the processor seconds of score and drivers on the features of a file, in memory."""
    with duckdb.connect() as connection:
        attach_published(connection, published)
        model = newest_model(connection, published, served)
        load_customers(
            connection, customers, model.declaration, outcome=served.outcome, needed=[], may_be_missing=True
        )
        features = model.features(connection)
    took = []
    for _ in range(ROUNDS):
        started = time.process_time()
        model.scores(features)
        took.append(time.process_time() - started)
    return min(took)


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
    published_file = REPOSITORY / "warehouse" / f"{os.environ.get('SEED_SET', 'sample')}.duckdb"
    print(measure(published_file), measure_command(published_file), sep="\n\n")
