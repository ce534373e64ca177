"""Which raw file a found file is: by its columns first, by its name second."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from bank_marketing.errors import UserError
from bank_marketing.importing.finding import Candidate
from bank_marketing.importing.naming import likely_format, name_key
from bank_marketing.importing.opening import Table, possible_tables
from bank_marketing.project import PROGRAM
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat

# What a message shows of a name, and how many names.
LONGEST_NAME, MOST_NAMES = 100, 40
# A file with this share of a raw file's columns is taken for an attempt at it.
LIKENESS = 0.6
# Columns of another raw file from which on a table is taken for a joined one.
FEWEST_JOINED = 3


@dataclass(frozen=True)
class Recognised:
    """A found table and the raw file that it is; None stands for a column without a name."""

    format: SeedFormat
    table: Table
    columns: tuple[ColumnFormat | None, ...]


class UnrecognisedError(UserError):
    """A found file is none of the raw files, though it may be meant for one."""

    def __init__(self, reason: str, likely: SeedFormat | None = None) -> None:
        super().__init__(reason)
        self.likely = likely


def recognise(candidate: Candidate, formats: list[SeedFormat]) -> Recognised:
    """Tell which raw file a found file is."""
    try:
        if candidate.kind == "unreadable":
            raise UserError(candidate.problem)
        return _recognise_table(candidate, formats)
    except UnrecognisedError:
        raise
    except UserError as error:
        raise UnrecognisedError(str(error), _by_name(candidate, formats)) from error


def _recognise_table(candidate: Candidate, formats: list[SeedFormat]) -> Recognised:
    tables: list[Table] = []
    found: dict[str | None, Recognised] = {}
    for table in possible_tables(candidate):
        tables.append(table)
        for seed_format in formats:
            columns = match_header(table.header, seed_format)
            if columns is not None:
                found.setdefault(table.sheet, Recognised(seed_format, table, columns))
        if found and table.sheet is None:
            break
    if len(found) > 1:
        held = " and ".join(f"{sheet!r} ({r.format.kaggle_file})" for sheet, r in found.items())
        raise UnrecognisedError(
            f"found tables of raw files on {len(found)} sheets, {held}, expected one. Save each that counts"
            " as a file of its own, and import those.",
            next(iter(found.values())).format,
        )
    if found:
        return next(iter(found.values()))
    likenesses = [(_likeness(table.header, f), f, table.header) for table in tables for f in formats]
    likeness, likely, header = max(likenesses, key=lambda found: found[0], default=(0.0, formats[0], ()))
    if likeness < LIKENESS:
        named = _by_name(candidate, formats)
        header = max((table.header for table in tables), key=len, default=())  # below titles
        if named is None:
            raise UnrecognisedError(
                f"none of the raw files has these columns: {_names(header)}. Another bank's file goes in by a"
                f" mapping: {_by_mapping(candidate, likely_format(header, formats))}"
            )
        likely = named
    if joined := _joined(header, likely, formats):
        # Its rows are those of the table that points to the others.
        of_rows = max(joined, key=lambda f: sum(c.key_of is not None for c in f.columns))
        raise UnrecognisedError(
            f"one table of {' and '.join(f.name for f in joined)}, joined in each row. Its {of_rows.name} go"
            f" in by a mapping: {_by_mapping(candidate, of_rows)}. For each of the others write a file with"
            " one row for each key first.",
            likely,
        )
    raise UnrecognisedError(header_problem(header, likely), likely)


def _by_mapping(candidate: Candidate, seed_format: SeedFormat | None) -> str:
    name = seed_format.name if seed_format else "NAME"
    words = [PROGRAM, "import", candidate.label.split(": ")[0], "--as", name, "--propose"]
    return shlex.join(words) + ("" if seed_format else f", of which `{PROGRAM} formats` lists the names")


def _joined(header: Sequence[str], likely: SeedFormat, formats: list[SeedFormat]) -> list[SeedFormat]:
    """Return the likely raw file and those of its domain that columns too many are of, if there are any."""
    known = column_by_name(likely)
    unknown = {name_key(name) for name in header if known(name) is None}
    same = [f for f in formats if f.domain == likely.domain and f is not likely]
    others = [f for f in same if len(unknown & set(map(name_key, f.headers))) >= FEWEST_JOINED]
    return [likely, *others] if others else []


def match_header(header: tuple[str, ...], seed_format: SeedFormat) -> tuple[ColumnFormat | None, ...] | None:
    """Hold a header against a declaration."""
    known = column_by_name(seed_format)
    columns = tuple(None if is_nameless(name) else known(name) for name in header)
    named = [column.header for column in columns if column]
    is_known = len(named) == len(set(named)) == sum(not is_nameless(name) for name in header)
    return columns if is_known and set(seed_format.required_headers) <= set(named) else None


def column_by_name(seed_format: SeedFormat) -> Callable[[str], ColumnFormat | None]:
    """Return a function that finds a declared column by a name in a header."""
    by_key = {name_key(n): c for c in seed_format.columns for n in (*c.aliases, c.name, c.header)}
    return lambda name: by_key.get(name_key(name))


def is_nameless(name: str) -> bool:
    """Tell whether a column has no name, or the one that pandas gives to such a column."""
    return re.fullmatch(r"\s*|Unnamed: \d+(\.\d+)*", name) is not None


def header_problem(header: tuple[str, ...], seed_format: SeedFormat) -> str:
    """Say what keeps a header from being a declared one."""
    known = column_by_name(seed_format)
    columns = {name: known(name) for name in header}
    found = [column.header for name in header if (column := columns[name])]
    differences = {
        "missing": [name for name in seed_format.required_headers if name not in found],
        "unknown": [name for name in header if columns[name] is None and not is_nameless(name)],
        "repeated": sorted({name for name in found if found.count(name) > 1}),
    }
    lines = [f"the header isn't that of {seed_format.kaggle_file or seed_format.file_name}."]
    shown = {"expected": seed_format.headers, "found": header, **differences}
    lines += [f"{what + ':':<9} {_names(names)}" for what, names in shown.items() if names or what == "found"]
    is_too_many = [what for what, names in differences.items() if names] == ["unknown"]
    lines.append(
        f"Take {_names(differences['unknown'])} out: the raw file has no such column."
        if is_too_many
        else "Name the columns as expected, or download the file again."
    )
    return "\n    ".join(lines)


def _by_name(candidate: Candidate, formats: list[SeedFormat]) -> SeedFormat | None:
    name = _file_key(candidate.name)
    for seed_format in formats:
        names = (seed_format.file_name, seed_format.kaggle_file or "", *seed_format.other_names)
        if name in map(_file_key, names):
            return seed_format
    return None


def _file_key(name: str) -> str:
    """Leave out what downloads add to a name: a number in brackets, the ending, marks between words."""
    return name_key(re.sub(r"\s*[(]\d+[)]$", "", PurePath(name).stem))


def _likeness(header: tuple[str, ...], seed_format: SeedFormat) -> float:
    declared = set(map(name_key, seed_format.headers))
    return len(set(map(name_key, header)) & declared) / len(seed_format.headers)


def _names(names: Sequence[str]) -> str:
    """Join names, with quotes where a blank at an end would stay unseen."""
    cut = [n if len(n) <= LONGEST_NAME else f"{n[:LONGEST_NAME]}..." for n in names[:MOST_NAMES]]
    shown = ", ".join(repr(name) if name != name.strip() or not name else name for name in cut)
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return shown + more or "nothing"
