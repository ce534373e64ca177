"""Which raw file a found file is: by its columns first, by its name second."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

from bank_marketing.errors import UserError
from bank_marketing.formats import SeedFormat
from bank_marketing.importing.finding import Candidate
from bank_marketing.importing.workbooks import sheet_headers

LONGEST_HEADER = 1 << 16
# Lists of codes are small; a larger JSON file (the labels of the card data) is never read whole.
LARGEST_JSON = 1_000_000
# A file with this share of a raw file's columns is taken for an attempt at it.
LIKENESS = 0.6


@dataclass(frozen=True)
class Recognised:
    """A found file and the raw file that it is.

    Attributes
    ----------
    candidate : Candidate
        The found file.
    format : SeedFormat
        What it must look like.
    sheet : str or None
        The sheet that holds the table, for a workbook.
    """

    candidate: Candidate
    format: SeedFormat
    sheet: str | None = None


@dataclass(frozen=True)
class Unrecognised:
    """A found file that is none of the raw files.

    Attributes
    ----------
    candidate : Candidate
        The found file.
    reason : str
        What was found and what was expected.
    likely : SeedFormat or None
        The raw file that it seems meant to be, by most of its columns or by its name.
    """

    candidate: Candidate
    reason: str
    likely: SeedFormat | None = None


def recognise(candidate: Candidate, formats: list[SeedFormat]) -> Recognised | Unrecognised:
    """Tell which raw file a found file is.

    Parameters
    ----------
    candidate : Candidate
        The found file.
    formats : list of SeedFormat
        All raw files.

    Returns
    -------
    Recognised or Unrecognised
        Recognised if its header is exactly a declared one (optional columns may lack, the order is free).
    """
    try:
        if candidate.kind == "unreadable":
            raise UserError(candidate.problem)
        if candidate.kind == "json":
            return _recognise_code_list(candidate, formats)
        return _recognise_table(candidate, formats)
    except UserError as error:
        return Unrecognised(candidate, str(error), _by_name(candidate, formats))


def _recognise_table(candidate: Candidate, formats: list[SeedFormat]) -> Recognised | Unrecognised:
    tables: list[tuple[str | None, list[str]]] = (
        [(None, csv_header(candidate.path))]
        if candidate.kind == "csv"
        else list(sheet_headers(candidate.path).items())
    )
    for sheet, header in tables:
        for seed_format in formats:
            if header_problem(header, seed_format) is None:
                return Recognised(candidate, seed_format, sheet)
    likeness, likely, header = max(
        ((_likeness(header, f), f, header) for _, header in tables for f in formats),
        key=lambda found: found[0],
    )
    if likeness < LIKENESS:
        named = _by_name(candidate, formats)
        if named is None:
            return Unrecognised(candidate, f"none of the raw files has these columns: {_names(header)}")
        likely, header = named, tables[0][1]
    return Unrecognised(candidate, str(header_problem(header, likely)), likely)


def header_problem(header: list[str], seed_format: SeedFormat) -> str | None:
    """Say what keeps a header from being a declared one.

    Parameters
    ----------
    header : list of str
        Names as the file has them.
    seed_format : SeedFormat
        The raw file that it should be.

    Returns
    -------
    str or None
        None if the header is right.
    """
    missing = [name for name in seed_format.required_headers if name not in header]
    unknown = [name for name in header if name not in seed_format.headers]
    repeated = sorted({name for name in header if header.count(name) > 1})
    if not (missing or unknown or repeated):
        return None
    return (
        f"the header isn't that of {seed_format.kaggle_file or seed_format.file_name}."
        f"\n    expected: {_names(seed_format.headers)}\n    found:    {_names(header)}"
        + (f"\n    missing:  {_names(missing)}" if missing else "")
        + (f"\n    unknown:  {_names(unknown)}" if unknown else "")
        + (f"\n    repeated: {_names(repeated)}" if repeated else "")
        + "\n    Name the columns as expected, or download the file again."
    )


def csv_header(path: Path) -> list[str]:
    """Read the column names of a CSV file, from no more than its first 64 kilobytes.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    list of str
        The names as written, without byte-order mark; empty for an empty file.
    """
    with path.open("rb") as file:
        start = file.read(LONGEST_HEADER).decode("utf-8-sig", errors="replace")
    try:
        return next(csv.reader(io.StringIO(start, newline="")), [])
    except csv.Error:
        return []


def code_list(candidate: Candidate) -> list[tuple[str, str]] | None:
    """Read a JSON object of codes and their names.

    Parameters
    ----------
    candidate : Candidate
        The file.

    Returns
    -------
    list of (str, str) or None
        The pairs in their order, repeated codes included; None if the file holds something else.

    Raises
    ------
    UserError
        If the file is no JSON.
    """
    if candidate.path.stat().st_size > LARGEST_JSON:
        return None
    try:
        pairs = json.loads(candidate.path.read_text(encoding="utf-8-sig"), object_pairs_hook=list)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"no readable JSON ({error}), it may be cut off. Download it again.") from error
    if isinstance(pairs, list) and all(isinstance(p, tuple) and isinstance(p[1], str) for p in pairs):
        return pairs
    return None


def _recognise_code_list(candidate: Candidate, formats: list[SeedFormat]) -> Recognised | Unrecognised:
    lists = [f for f in formats if (f.kaggle_file or "").endswith(".json")]
    likely = _by_name(candidate, lists)
    pairs = code_list(candidate)
    if pairs is None:
        return Unrecognised(candidate, "the JSON file is no list of codes with their names", likely)
    if likely is None and len(lists) == 1 and all(code.isdigit() for code, _ in pairs):
        likely = lists[0]
    if likely is None:
        return Unrecognised(candidate, "none of the raw files is a list of such codes")
    return Recognised(candidate, likely)


def _by_name(candidate: Candidate, formats: list[SeedFormat]) -> SeedFormat | None:
    name = candidate.name.lower()
    return next((f for f in formats if name in ((f.kaggle_file or "").lower(), f.file_name)), None)


def _likeness(header: list[str], seed_format: SeedFormat) -> float:
    shared = {name.strip().lower() for name in header} & {
        name.strip().lower() for name in seed_format.headers
    }
    return len(shared) / len(seed_format.headers)


def _names(names: list[str]) -> str:
    """Join names, with quotes where a blank at an end would stay unseen."""
    shown = [repr(name) if name != name.strip() or not name else name for name in names[:40]]
    return (
        ", ".join(shown) + (f" and {len(names) - 40} more" if len(names) > 40 else "") if names else "nothing"
    )
