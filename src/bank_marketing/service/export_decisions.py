"""``bank-marketing export-decisions``: the log as a raw file, from which the next build judges policies."""

from __future__ import annotations

import argparse
import csv
import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from bank_marketing.errors import UserError
from bank_marketing.project import PROGRAM, project_folder, seed_set
from bank_marketing.seeds.logged_shares import NOTHING_CHOSEN, SEPARATOR
from bank_marketing.service.command import add_log, opened_log
from bank_marketing.service.schema import DECISIONS, OUTCOMES
from bank_marketing.service.store import Store

FILE = "raw_campaign_decisions.csv"
COLUMNS = (
    "decision_id",
    "customer_id",
    "campaign_type",
    "campaign_channel",
    "probability",
    "candidates",
    "policy_version",
    "decided_at",
    "outcome",
    "outcome_at",
)
TOLD = {"converted": 1, "declined": 0, "silent": 0}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``export-decisions`` to its parser."""
    parser.add_argument(
        "--output",
        type=Path,
        metavar="CSV",
        help=f"file to write (default: {FILE} of the seed set; not for the sample)",
    )
    add_log(parser)


def run(args: argparse.Namespace) -> int:
    """Write the log as a raw file.

    Parameters
    ----------
    args : argparse.Namespace
        The words.

    Returns
    -------
    int
        0.

    Raises
    ------
    UserError
        If the log can't be opened, or there is no place for the file.
    """
    target = args.output or project_folder() / "seeds" / seed_set() / "campaigns" / FILE
    if not args.output and seed_set() == "sample":
        raise UserError(f"{target} belongs to the project. Say where to write with --output.")
    if not target.parent.is_dir():
        raise UserError(f"{target.parent}: no such folder, expected one for {target.name}.")
    with opened_log(args) as store:
        rows, known = export(store, target)
    print(
        f"{target}: {rows:,} decisions, the outcome of {known:,} known. The next build judges policies by"
        f" them: {PROGRAM} build"
    )
    return 0


def export(store: Store, target: Path) -> tuple[int, int]:
    """Write the decisions about known customers, each with what came of it.

    Parameters
    ----------
    store : Store
        The log.
    target : Path
        The file; it is replaced as a whole.

    Returns
    -------
    rows, known : int
        Decisions, and those whose outcome is known.
    """
    beside = target.with_name(f".{target.name}.new")
    rows = known = 0
    with store.read() as connection, beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row in _rows(connection):
            writer.writerow(row)
            rows += 1
            known += row["outcome"] is not None
        file.flush()
        os.fsync(file.fileno())
    beside.replace(target)
    return rows, known


def _rows(connection: Connection) -> Iterator[dict[str, Any]]:
    answer, correction = OUTCOMES.alias("answer"), OUTCOMES.alias("correction")
    wanted = (
        select(
            DECISIONS,
            func.coalesce(correction.c.outcome, answer.c.outcome).label("outcome"),
            func.coalesce(correction.c.recorded_at, answer.c.recorded_at).label("outcome_at"),
        )
        .outerjoin(answer, (answer.c.decision_id == DECISIONS.c.decision_id) & (answer.c.place == "answer"))
        .outerjoin(
            correction,
            (correction.c.decision_id == DECISIONS.c.decision_id) & (correction.c.place == "correction"),
        )
        .where(DECISIONS.c.customer_id.is_not(None))
        .order_by(DECISIONS.c.position)
    )
    for row in connection.execute(wanted.execution_options(yield_per=1000)).mappings():
        told = TOLD.get(row["outcome"])
        yield {
            "decision_id": row["decision_id"],
            "customer_id": row["customer_id"],
            "campaign_type": row["campaign_type"],
            "campaign_channel": row["campaign_channel"],
            "probability": row["probability"],
            "candidates": json.dumps(_shares(row["candidates"])),
            "policy_version": f"{row['policy']} {row['model_version']}",
            "decided_at": _seconds(row["decided_at"]),
            "outcome": told,
            "outcome_at": None if told is None else _seconds(row["outcome_at"]),
        }


def _shares(candidates: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the probability of every candidate that could be drawn, and null for who may not get it."""
    named = zip(
        candidates["campaign_type"],
        candidates["campaign_channel"],
        candidates["probability"],
        candidates["stage"],
        strict=True,
    )
    return {
        NOTHING_CHOSEN if kind is None else f"{kind}{SEPARATOR}{channel}": None if stage else share
        for kind, channel, share, stage in named
        if stage or share > 0
    }


def _seconds(moment: datetime | str) -> str:
    # SQLite hands over what isn't a plain column as the text that it keeps.
    return str(moment)[:19]
