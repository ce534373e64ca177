"""What a person is told after an import: words that lists lack, domains that can be built."""

from __future__ import annotations

import csv
import glob
from collections.abc import Iterable
from pathlib import Path

import duckdb

from bank_marketing.importing.naming import vocabulary
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat
from bank_marketing.seeds.grammar import value_sql
from bank_marketing.seeds.line_counts import has_rows
from bank_marketing.seeds.seed_folders import domains_with_files
from bank_marketing.sql_text import sql_text

# What a message lists by name.
MOST_NAMED = 100


def said_afterwards(formats: Iterable[SeedFormat], seed_folder: Path) -> str:
    """Name what lists lack, the domains that can't be built yet, and how to build the others."""
    missing = domains_with_files(seed_folder)
    complete = [domain for domain, files in missing.items() if not files]
    lacking = [f"Not to be built: {d}, it lacks {', '.join(files)}" for d, files in missing.items() if files]
    build = f"Next: make build SEED_SET={seed_folder.name} (builds {', '.join(complete)})"
    return "\n".join([*_unlisted(formats, seed_folder), *lacking, *([build] if complete else [])])


def _unlisted(formats: Iterable[SeedFormat], seed_folder: Path) -> list[str]:
    """Name the words in raw files that a vocabulary, or the file that should list them, lacks."""
    said = []
    for seed_format, column in ((f, c) for f in formats for c in f.columns):
        made, list_name = seed_format.path_in(seed_folder), f"{seed_format.domain}/{column.listed_in}.csv"
        lists = [seed_folder.parent / "reference" / list_name, seed_folder / list_name]
        listed = next(filter(has_rows, lists), None)
        if not (column.vocabulary or listed) or not has_rows(made):
            continue
        known = vocabulary(column.vocabulary) if column.vocabulary else {}
        known |= {word.casefold(): word for word in (_words(listed, column, None) if listed else ())}
        lacking = [word for word in _words(made, column, column.header) if word.casefold() not in known]
        if not lacking:
            continue
        more = f" and {len(lacking) - MOST_NAMED:,} more" if len(lacking) > MOST_NAMED else ""
        shown, meant = ", ".join(lacking[:MOST_NAMED]) + more, ", ".join(dict.fromkeys(known.values()))
        said.append(
            f"{column.header}: seeds/{listed.relative_to(seed_folder.parent)} lacks some, add: {shown}"
            if listed
            else f"{column.header}: {shown} is none of {meant}; if one of them is meant, say so in `values`"
        )
    return said


def _words(path: Path, column: ColumnFormat, name: str | None) -> list[str]:
    """Return the different values of a column of a file, of its first one without a name."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        names = next(csv.reader(file))
    if name not in (None, *names):
        return []
    quoted = (name or names[0]).replace('"', '""')
    value = value_sql(column, f'"{quoted}"')
    types = ", ".join(f"{sql_text(name)}: 'varchar'" for name in names)
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select distinct trim(cast({value} as varchar)) as value from"
            f" read_csv({sql_text(glob.escape(str(path)))}, columns = {{{types}}}, auto_detect = false,"
            " header = true, delim = ',', quote = '\"', escape = '\"', ignore_errors = true)"
            " where value <> '' order by 1"
        )
        return [value for (value,) in found.fetchall()]
