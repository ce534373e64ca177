"""Which raw file a found file is: by its columns first, by its name second."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from bank_marketing.errors import UserError
from bank_marketing.importing.finding import Candidate
from bank_marketing.importing.naming import likely_format
from bank_marketing.importing.reading import wide_encoding
from bank_marketing.importing.workbooks import sheet_starts
from bank_marketing.project import PROGRAM
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat

LONGEST_HEADER = 1 << 16
LONGEST_NAME = 100  # what a message shows of a name
# The header is looked for in this many lines or rows: titles and notes may stand above it.
HEADER_ROWS = 20
DELIMITERS = (",", ";", "\t", "|")
# Lists of codes are small; a larger JSON file (the labels of the card data) is never read whole.
LARGEST_JSON = 1_000_000
# A file with this share of a raw file's columns is taken for an attempt at it.
LIKENESS = 0.6
# Columns of another raw file from which on a table is taken for a joined one.
FEWEST_JOINED = 3


@dataclass(frozen=True)
class Table:
    """A table within a file, by its header."""

    header: tuple[str, ...]
    delimiter: str = ","
    sheet: str | None = None
    rows_above: int = 0
    encoding: str | None = None  # None where it is to be found out
    has_header: bool = True

    def __str__(self) -> str:
        """Return how the file is written."""
        above = f"skip_lines '{self.rows_above}'" if self.rows_above else ""
        header = "" if self.has_header else "no header"
        written = [f"delimiter {self.delimiter!r}", f"encoding {self.encoding or 'utf-8'!r}"]
        parts = [f"sheet {self.sheet!r}"] if self.sheet else written
        return ", ".join(filter(None, [*parts, above, header]))


@dataclass(frozen=True)
class Recognised:
    """A found file and the raw file that it is."""

    candidate: Candidate
    format: SeedFormat
    table: Table
    columns: tuple[ColumnFormat | None, ...]


@dataclass(frozen=True)
class Unrecognised:
    """A found file that is none of the raw files."""

    candidate: Candidate
    reason: str
    likely: SeedFormat | None = None


def recognise(candidate: Candidate, formats: list[SeedFormat]) -> Recognised | Unrecognised:
    """Tell which raw file a found file is."""
    try:
        if candidate.kind == "unreadable":
            raise UserError(candidate.problem)
        if candidate.kind == "json":
            return _recognise_code_list(candidate, formats)
        return _recognise_table(candidate, formats)
    except UserError as error:
        return Unrecognised(candidate, str(error), _by_name(candidate, formats))


def _recognise_table(candidate: Candidate, formats: list[SeedFormat]) -> Recognised | Unrecognised:
    tables = possible_tables(candidate)
    found: dict[str | None, Recognised] = {}
    for table in tables:
        for seed_format in formats:
            columns = match_header(table.header, seed_format)
            if columns is not None:
                found.setdefault(table.sheet, Recognised(candidate, seed_format, table, columns))
        if found and table.sheet is None:
            break
    if len(found) > 1:
        held = " and ".join(f"{sheet!r} ({r.format.kaggle_file})" for sheet, r in found.items())
        return Unrecognised(
            candidate,
            f"found tables of raw files on {len(found)} sheets, {held}, expected one. Save each that counts"
            " as a file of its own, and import those.",
            next(iter(found.values())).format,
        )
    if found:
        return next(iter(found.values()))
    likeness, likely, header = max(
        ((_likeness(table.header, f), f, table.header) for table in tables for f in formats),
        key=lambda found: found[0],
        default=(0.0, formats[0], ()),
    )
    if likeness < LIKENESS:
        named = _by_name(candidate, formats)
        header = tables[0].header if tables else ()
        if named is None:
            meant = likely_format(header, formats)
            return Unrecognised(
                candidate,
                f"none of the raw files has these columns: {_names(header)}. Another bank's file goes in by a"
                f" mapping: {_by_mapping(candidate, meant)}",
            )
        likely = named
    if others := _joined(header, likely, formats):
        tables_in_it = [likely, *others]
        parts = " and ".join(f.name for f in tables_in_it)
        # Its rows are those of the table that points to the others.
        of_rows = max(tables_in_it, key=lambda f: sum(c.key_of is not None for c in f.columns))
        return Unrecognised(
            candidate,
            f"one table of {parts}, joined in each row. Its {of_rows.name} go in by a mapping:"
            f" {_by_mapping(candidate, of_rows)}. For each of the others write a file with one row for"
            " each key first.",
            likely,
        )
    return Unrecognised(candidate, header_problem(header, likely), likely)


def _by_mapping(candidate: Candidate, seed_format: SeedFormat) -> str:
    words = [PROGRAM, "import", candidate.label.split(": ")[0], "--as", seed_format.name, "--propose"]
    return shlex.join(words)


def _joined(header: Sequence[str], likely: SeedFormat, formats: list[SeedFormat]) -> list[SeedFormat]:
    """Return the raw files of the same domain that the columns too many seem to be of."""
    known = column_by_name(likely)
    unknown = {_key(name) for name in header if known(name) is None}
    same = [f for f in formats if f.domain == likely.domain and f is not likely]
    return [f for f in same if len(unknown & set(map(_key, f.headers))) >= FEWEST_JOINED]


def match_header(header: tuple[str, ...], seed_format: SeedFormat) -> tuple[ColumnFormat | None, ...] | None:
    """Hold a header against a declaration."""
    known = column_by_name(seed_format)
    columns = tuple(None if is_nameless(name) else known(name) for name in header)
    named = [column.header for column in columns if column]
    is_known = len(named) == sum(not is_nameless(name) for name in header)
    if is_known and len(set(named)) == len(named) and set(seed_format.required_headers) <= set(named):
        return columns
    return None


def column_by_name(seed_format: SeedFormat) -> Callable[[str], ColumnFormat | None]:
    """Return a function that finds a declared column by a name in a header."""
    by_key = {
        _key(name): column
        for column in seed_format.columns
        for name in (*column.aliases, column.name, column.header)
    }
    return lambda name: by_key.get(_key(name))


def is_nameless(name: str) -> bool:
    """Tell whether a column has no name, or the one that pandas gives to such a column."""
    return re.fullmatch(r"\s*|Unnamed: \d+(\.\d+)*", name) is not None


def header_problem(header: tuple[str, ...], seed_format: SeedFormat) -> str:
    """Say what keeps a header from being a declared one."""
    known = column_by_name(seed_format)
    columns = {name: known(name) for name in header}
    found = [column.header for name in header if (column := columns[name])]
    missing = [name for name in seed_format.required_headers if name not in found]
    unknown = [name for name in header if columns[name] is None and not is_nameless(name)]
    repeated = sorted({name for name in found if found.count(name) > 1})
    return (
        f"the header isn't that of {seed_format.kaggle_file or seed_format.file_name}."
        f"\n    expected: {_names(seed_format.headers)}\n    found:    {_names(header)}"
        + (f"\n    missing:  {_names(missing)}" if missing else "")
        + (f"\n    unknown:  {_names(unknown)}" if unknown else "")
        + (f"\n    repeated: {_names(repeated)}" if repeated else "")
        + "\n    "
        + (
            f"Take {_names(unknown)} out: the raw file has no such column."
            if unknown and not missing and not repeated
            else "Name the columns as expected, or download the file again."
        )
    )


def possible_tables(candidate: Candidate) -> list[Table]:
    """Return what may be the table of a file: one for each row that may be its header."""
    if candidate.kind == "csv":
        return list(csv_tables(candidate.path))
    return [
        Table(tuple(row), sheet=sheet, rows_above=above)
        for sheet, rows in sheet_starts(candidate.path, HEADER_ROWS).items()
        for above, row in enumerate(rows)
    ]


def csv_tables(path: Path) -> Iterator[Table]:
    """Read the rows that may be the header of a CSV file, from no more than its first 64 kilobytes."""
    with path.open("rb") as file:
        start = file.read(LONGEST_HEADER)
    text = start.decode(wide_encoding(path) or "utf-8-sig", errors="replace")
    for above, line in enumerate(text.splitlines()[:HEADER_ROWS]):
        for delimiter in sorted(DELIMITERS, key=lambda mark: -line.count(mark)):
            rows = csv.reader(
                io.StringIO("\n".join(text.splitlines()[above:]), newline=""), delimiter=delimiter
            )
            try:
                header, first = next(rows, []), next(rows, [])
            except csv.Error:
                continue
            # Empty values may stand at the ends of rows only.
            is_longer = len(first) > len(header) and not any(first[len(header) :])
            names = (*header, *[""] * (len(first) - len(header))) if is_longer else tuple(header)
            if len(header) > 1 or delimiter == DELIMITERS[0]:
                yield Table(names, delimiter, rows_above=above)


def code_list(candidate: Candidate) -> list[tuple[str, str]] | None:
    """Read a JSON object of codes and their names."""
    if candidate.path.stat().st_size > LARGEST_JSON:
        return None
    try:
        pairs = json.loads(candidate.path.read_text(encoding="utf-8-sig"), object_pairs_hook=list)
    except RecursionError as error:
        raise UserError(
            "JSON of lists within lists, nested too deeply to be read. Expected codes with their names, such"
            ' as {"5812": "Eating Places"}.'
        ) from error
    except ValueError as error:  # of JSON, of letters, of whole numbers of thousands of digits
        raise UserError(
            f"no readable JSON ({str(error)[:LONGEST_NAME]}), it may be cut off. Download it again."
        ) from error
    if isinstance(pairs, list) and all(isinstance(p, tuple) and isinstance(p[1], str) for p in pairs):
        return pairs
    return None


def _recognise_code_list(candidate: Candidate, formats: list[SeedFormat]) -> Recognised | Unrecognised:
    lists = [f for f in formats if (f.kaggle_file or "").endswith(".json")]
    likely = _by_name(candidate, lists)
    pairs = code_list(candidate)
    if pairs is None:
        size = candidate.path.stat().st_size
        huge = f" ({size:,} bytes, at most {LARGEST_JSON:,} are read)" if size > LARGEST_JSON else ""
        return Unrecognised(candidate, f"the JSON file is no list of codes with their names{huge}", likely)
    if likely is None and len(lists) == 1 and all(code.isdigit() for code, _ in pairs):
        likely = lists[0]
    if likely is None:
        return Unrecognised(candidate, "none of the raw files is a list of such codes")
    columns = likely.columns[:2]
    return Recognised(candidate, likely, Table(tuple(c.header for c in columns)), columns)


def _by_name(candidate: Candidate, formats: list[SeedFormat]) -> SeedFormat | None:
    name = _file_key(candidate.name)
    for seed_format in formats:
        names = (seed_format.file_name, seed_format.kaggle_file or "", *seed_format.other_names)
        if name in map(_file_key, names):
            return seed_format
    return None


def _file_key(name: str) -> str:
    """Leave out what downloads add to a name: a number in brackets, the ending, marks between words."""
    return _key(re.sub(r"\s*[(]\d+[)]$", "", PurePath(name).stem))


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _likeness(header: tuple[str, ...], seed_format: SeedFormat) -> float:
    return len({_key(name) for name in header} & {_key(name) for name in seed_format.headers}) / len(
        seed_format.headers
    )


def _names(names: Sequence[str]) -> str:
    """Join names, with quotes where a blank at an end would stay unseen."""
    cut = [name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}..." for name in names[:40]]
    shown = [repr(name) if name != name.strip() or not name else name for name in cut]
    return (
        ", ".join(shown) + (f" and {len(names) - 40} more" if len(names) > 40 else "") if names else "nothing"
    )
