"""A file of customers who aren't in the warehouse: errors, or segments and scores."""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import duckdb
import pandas as pd

from bank_marketing.errors import UserError
from bank_marketing.seeds.format_listing import describe
from bank_marketing.seeds.formats import ColumnFormat
from bank_marketing.serving.opened import Opened, Row, plain
from bank_marketing.serving.populations import POPULATIONS
from bank_marketing.serving.scoring import needed_columns, score_by
from bank_marketing.serving.tasks import CAMPAIGN_SEGMENTS, CHURN, CONVERSION_BEFORE_CONTACT, Served
from bank_marketing.web import keeping
from bank_marketing.web.asked import Asked
from bank_marketing.web.page import Page, first_held
from bank_marketing.web.pages.one_customer import HAVING_LEFT, WORDS
from bank_marketing.web.tables import Column, Table

# One file at a time: pages need the processor, too.
SCORING = threading.Lock()
ROWS_SHOWN = 20
# What a file is called while it is scored; messages have its own name.
SENT = "sent_customers.csv"
# How a problem with values is said, see `serving.reading`.
PROBLEM = re.compile(
    r"(?P<column>.+?): (?P<what>.+) in (?P<rows>[\d,]+) rows?, the first on line (?P<line>\d+):"
    r" found (?P<found>.+), expected (?P<expected>.+)"
)


@dataclass(frozen=True)
class Kind:
    """What a file may hold.

    Parameters
    ----------
    word : str
        For people.
    tasks : tuple of Served
        What is scored; all read the same raw file, with a row for each customer.
    columns : tuple of Column
        What is shown and downloaded: no drivers, which name any trait.
    """

    word: str
    tasks: tuple[Served, ...]
    columns: tuple[Column, ...]


KINDS = {
    "campaign_customers": Kind(
        WORDS["campaign_customers"],
        (CAMPAIGN_SEGMENTS, CONVERSION_BEFORE_CONTACT),
        (
            Column("customer_id", "Customer", "id"),
            Column("segment_name", "Segment"),
            Column("conversion_probability", "Chance of converting", "percent"),
            Column("decile", kind="number"),
            Column("may_be_contacted", kind="truth"),
        ),
    ),
    "churn_customers": Kind(
        WORDS["churn_customers"],
        (CHURN,),
        (
            Column("customer_id", "Customer", "id"),
            Column("churn_probability", HAVING_LEFT, "percent"),
            Column("expected_remaining_years", "Years to expect", "number"),
            Column("decile", kind="number"),
            Column("reason", "Why"),
            Column("talk_about"),
            Column("may_be_contacted", kind="truth"),
        ),
    ),
}


def kinds(opened: Opened, asked: Asked) -> dict[str, Any]:
    """Return what a file may hold, which of it is asked for, and where a file would be kept."""
    return {
        "words": {name: kind.word for name, kind in KINDS.items()},
        "chosen": chosen(opened, asked),
        "folder": keeping.sent_folder(opened.warehouse).name,
    }


def chosen(opened: Opened, asked: Asked) -> str:
    """Return what the file holds."""
    return asked.choice("kind", list(KINDS), first_held(opened, KINDS))


def expected(opened: Opened, asked: Asked) -> Table:
    """Return what columns a file needs."""
    name = chosen(opened, asked)
    opened.need(POPULATIONS[name].domain)
    kind = KINDS[name]
    declaration = opened.model(kind.tasks[0]).declaration
    outcomes = {task.outcome for task in kind.tasks}
    needed = {header for task in kind.tasks for header in needed_columns(opened.model(task))}
    rows = [
        {
            "column": column.header.strip(),
            "is_needed": column.header in needed,
            "holds": column.description,
            "expected": _written(column),
        }
        for column in declaration.columns
        if column.header not in outcomes
    ]
    rows.sort(key=lambda row: not row["is_needed"])
    return Table(
        name="expected",
        title=f"{kind.word}: columns of a file",
        rows=rows,
        columns=(
            Column("column"),
            Column("is_needed", "Needed", "truth"),
            Column("holds"),
            Column("expected", "Written as"),
        ),
        source=declaration.kaggle_file or declaration.file_name,
        asked=asked,
        note=f"{len(needed)} are needed, in any order; the others may be missing. The outcome isn't asked"
        " for, and columns of other names are left out.",
        rows_a_page=30,
    )


def _written(column: ColumnFormat) -> str:
    _, kind, unit, _, allowed, _ = describe(column)
    return "; ".join(said for said in (kind, unit, allowed) if said)


def scored(
    opened: Opened, name: str, file: IO[bytes] | None, *, called: str = "", is_kept: bool = False
) -> dict[str, Any]:
    """Score a file, or say what is wrong with it; it is gone before this returns, unless it is to be kept.

    Parameters
    ----------
    opened : Opened
        The publication.
    name : str
        What the file holds, of `KINDS`.
    file : binary file or None
        CSV.
    called : str
        Its name where it came from, for messages.
    is_kept : bool
        Whether a file that could be scored is kept.

    Returns
    -------
    dict of str to any
        message, errors (a table), scores (a table of all rows) and notes, each empty for none.
    """
    answer: dict[str, Any] = {"message": "", "errors": None, "scores": None, "notes": []}
    kind = KINDS[name]
    content = file.read() if file else b""
    if not content:
        return {**answer, "message": "No file came, or an empty one. Choose a CSV file."}
    if content.startswith(b"PK"):
        return {**answer, "message": "That is an archive or a workbook, expected a CSV file."}
    with SCORING, tempfile.TemporaryDirectory(prefix="bank-marketing-") as folder:
        path = Path(folder, SENT)
        path.write_bytes(content)
        try:
            found, notes = _by_all(opened, kind, path)
        except (UserError, duckdb.Error) as error:
            said = str(error) if isinstance(error, UserError) else str(error).splitlines()[0]
            said = said.replace(f"{folder}/", "").replace(SENT, called[-100:] or "the file")
            return {**answer, **problems(said[:5000])}
    rows: list[Row] = [
        {column.name: plain(row[column.name]) for column in kind.columns}
        for row in found.astype(object).where(found.notna(), None).to_dict("records")
    ]
    table = Table(
        "scores", f"{len(rows):,} customers", rows, kind.columns, "this file", rows_a_page=ROWS_SHOWN
    )
    if is_kept:
        notes = [*notes, keeping.kept(content, keeping.sent_folder(opened.warehouse), name)]
    return {**answer, "scores": table, "notes": notes}


def _by_all(opened: Opened, kind: Kind, path: Path) -> tuple[pd.DataFrame, list[str]]:
    whole, notes = pd.DataFrame(), list[str]()
    for task in kind.tasks:
        found = opened.model(task)
        # A page shows a row for each customer, whatever the task would take.
        model = replace(found, served=replace(found.served, is_one_row_a_customer=True))
        with opened.undone() as connection:
            scores, said = score_by(model, connection, path, opened.warehouse)
        more = [name for name in scores.columns if name == task.key or name not in whole.columns]
        whole = scores if whole.empty else whole.merge(scores[more], on=task.key)
        notes += [note.strip() for note in said]
    return whole, list(dict.fromkeys(notes))


def problems(said: str) -> Mapping[str, Any]:
    """Return what is wrong with a file: in a sentence, and by column and line."""
    lines = said.splitlines()
    matched = {line: PROBLEM.fullmatch(line.strip()) for line in lines}
    rows = [{**found.groupdict(), "line": int(found["line"])} for found in matched.values() if found]
    columns = (
        Column("column"),
        Column("what", "Problem"),
        Column("rows"),
        Column("line", "First on line", "id"),
        Column("found"),
        Column("expected"),
    )
    return {
        "message": "\n".join(line for line in lines if not matched[line]),
        "errors": Table("errors", "Values that can't be used", rows, columns, "this file") if rows else None,
    }


PAGE = Page(
    name="new_data",
    path="/new-data",
    title="New data",
    questions=(
        "Which segment are these new customers in, and what is to be expected of them?",
        "What is wrong with this file?",
    ),
    reading=(
        "The newest published models score the file; who is already in the warehouse gets the score of a"
        " model that hasn't seen them. A file with a value that can't be used is refused as a whole, with the"
        " column and the first line of each problem. Nothing that you send is kept, neither file nor scores,"
        " unless you ask for it: then the file stays beside the published one."
    ),
    parts={"kinds": kinds, "expected": expected},
)
