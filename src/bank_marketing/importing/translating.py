"""An export's rows through a mapping into the file that the build reads, with all that didn't fit."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bank_marketing.errors import UserError
from bank_marketing.importing.converting import Converted, Reading, ValueProblem, converter, kind_of
from bank_marketing.importing.dates import judge_dates, serial_note
from bank_marketing.importing.exports import Export
from bank_marketing.importing.keys import KeyNumbers
from bank_marketing.importing.mapping import ColumnMapping, Mapping
from bank_marketing.importing.repeats import find_repeats
from bank_marketing.project import PROGRAM
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat
from bank_marketing.seeds.row_checks import broken_rules

EXAMPLES = 3
KINDS_OF_PROBLEMS = 3
PROGRESS_EVERY = 500_000
# A century has fewer; what comes after them proves no more.
MOST_DAYS = 100_000


@dataclass
class Occurrences:
    """How often something was seen, and where first.

    Attributes
    ----------
    count : int
        Rows.
    examples : list of str
        The first different values with their lines.
    values : set of str
        The values of the examples.
    """

    count: int = 0
    examples: list[str] = field(default_factory=list)
    values: set[str] = field(default_factory=set)

    def add(self, line: int, value: str) -> None:
        """Count one more row.

        Parameters
        ----------
        line : int
            Line of the file.
        value : str
            What stands there.
        """
        self.count += 1
        if len(self.examples) < EXAMPLES and value not in self.values:
            self.values.add(value)
            self.examples.append(f"line {line}: {value[:60]!r}")

    def __str__(self) -> str:
        """Return the count and the examples."""
        rows = f"{self.count:,} row{'s' * (self.count > 1)}"
        return f"{rows} ({', '.join(self.examples)})" if self.examples else rows


@dataclass(frozen=True)
class Translation:
    """What came of an export.

    Attributes
    ----------
    rows_in, rows_out : int
        Rows of the export and of the written file.
    bad : dict of str to Occurrences
        By reason the rows that the build will put aside.
    notes : list of str
        What a person should know of how columns were read.
    """

    rows_in: int
    rows_out: int
    bad: dict[str, Occurrences]
    notes: list[str] = field(default_factory=list)


def translate(
    export: Export,
    mapping: Mapping,
    seed_format: SeedFormat,
    target: Path,
    max_reject_share: float,
    numbers: dict[str, KeyNumbers],
) -> Translation:
    """Write an export in the form of a raw file.

    Parameters
    ----------
    export : Export
        The table; only read.
    mapping : Mapping
        One that `mapping_problems` finds nothing in.
    seed_format : SeedFormat
        The raw file.
    target : Path
        File to write.
    max_reject_share : float
        The largest share of rows with a reason to be put aside that the build lets through.
    numbers : dict of str to KeyNumbers
        For each of `numbered_keys` the numbers given so far; new keys are added.

    Returns
    -------
    Translation
        Rows in and out.

    Raises
    ------
    UserError
        If values can't be read, column by column, or more rows than the build lets through break what is
        declared.
    """
    columns = _filled(mapping, seed_format)
    fills = [_fill(column, of_column, export, numbers) for column, of_column in columns]
    unread: dict[str, dict[str, Occurrences]] = {}
    bad: dict[str, Occurrences] = {}
    # By column of dates, each day as it was written and the line where it stands first.
    days: dict[str, dict[str, int]] = {c.header: {} for c, _ in columns if kind_of(c) in ("day", "moment")}
    serials: dict[str, str] = {}
    rows_in = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.header for column, _ in columns])
        for line, values in export.rows():
            rows_in += 1
            row: list[str] = []
            for (column, of_column), fill in zip(columns, fills, strict=True):
                try:
                    text, broken = fill(rows_in, values)
                except ValueProblem as problem:
                    _count(
                        unread.setdefault(column.header, {}),
                        str(problem),
                        line,
                        _found(of_column, export, values),
                    )
                    continue
                if broken:
                    _count(bad, f"{column.header.strip()}: {broken}", line, _found(of_column, export, values))
                row.append(text)
                seen = days.get(column.header)
                day = text.partition(" ")[0]
                if seen is not None and day and day not in seen and len(seen) < MOST_DAYS:
                    seen[day] = line
                    # Where the mapping says how dates are written, none is a serial number.
                    source = "" if of_column.reading.date else _found(of_column, export, values)
                    if column.header not in serials and (note := serial_note([source])):
                        serials[column.header] = note
            writer.writerow(row)
            if rows_in % PROGRESS_EVERY == 0:
                print(f"{export.label}: {rows_in:,} rows ...", file=sys.stderr, flush=True)
    _refuse_what_cannot_be_read(unread, days, mapping, rows_in)
    # The loader's own decision: bounds that follow from types, places that a price has too many of.
    rules = broken_rules(target, seed_format, target.parent)
    for rule in rules:
        bad.setdefault(rule.reason, Occurrences(rule.rows, [f"row {rule.row}: {rule.value!r}"]))
    bad_rows = sum(rule.rows for rule in rules)
    if (repeats := find_repeats(target, seed_format, target.parent)).count:
        bad[repeats.reason] = Occurrences(
            repeats.count, [f"row {row}: {repeats.key!r}" for row in repeats.lines]
        )
    if bad_rows + repeats.count > max(1, int(rows_in * max_reject_share)):
        raise UserError(
            f"the build would refuse it: of {rows_in:,} rows, at most {max_reject_share:.0%} may break what"
            f" `{PROGRAM} formats` says. Map another column, say `values`, `missing` or `factor`, or mend"
            " the export." + "".join(f"\n  {reason}: {seen}" for reason, seen in bad.items())
        )
    return Translation(
        rows_in, rows_in, bad, [f"{header.strip()}: {note}" for header, note in serials.items()]
    )


def _refuse_what_cannot_be_read(
    unread: dict[str, dict[str, Occurrences]], days: dict[str, dict[str, int]], mapping: Mapping, rows_in: int
) -> None:
    if unread:
        raise UserError(_refusal(unread, mapping))
    if swapped := _swapped_days(days, mapping):
        raise UserError("\n  ".join(["dates can't be trusted.", *swapped]))
    if not rows_in:
        raise UserError("found a header, but no rows after it. Export the table again.")


def _filled(mapping: Mapping, seed_format: SeedFormat) -> list[tuple[ColumnFormat, ColumnMapping]]:
    """Return the columns that the raw file gets, in the order in which it declares them."""
    return [
        (column, of_column)
        for column in seed_format.columns
        if (of_column := mapping.columns.get(column.header.strip())) is not None and not of_column.leave_out
    ]


def _fill(
    column: ColumnFormat, of_column: ColumnMapping, export: Export, numbers: dict[str, KeyNumbers]
) -> Callable[[int, list[str]], Converted]:
    if of_column.row_number:
        return lambda number, values: Converted(str(number), None)
    if of_column.constant is not None:
        constant = converter(column, Reading())(of_column.constant)
        return lambda number, values: constant
    position = export.columns.index(str(of_column.column))
    convert = converter(column, of_column.reading)
    if of_column.reading.numbered:
        return _numbered(position, convert, numbers[str(column.key_of)])
    return lambda number, values: convert(values[position])


def _numbered(
    position: int, convert: Callable[[str], Converted], numbers: KeyNumbers
) -> Callable[[int, list[str]], Converted]:
    def fill(number: int, values: list[str]) -> Converted:
        key, broken = convert(values[position])
        return Converted(numbers.number_of(key) if key else "", broken)

    return fill


def _swapped_days(days: dict[str, dict[str, int]], mapping: Mapping) -> list[str]:
    """Say of each column of dates that a spreadsheet swapped day and month, and by what that shows."""
    problems = []
    for header, seen in days.items():
        # What was written is month first, or year first; now it is the same for all.
        written = [(line, _year_first(day)) for day, line in seen.items()]
        if problem := judge_dates(written).problem:
            problems.append(f"{header.strip()}, from {mapping.columns[header.strip()].column}: {problem}")
    return problems


def _year_first(day: str) -> str:
    if "/" not in day:
        return day
    month, day_of_month, year = day.split("/")
    return f"{year}-{int(month):02}-{int(day_of_month):02}"


def _found(of_column: ColumnMapping, export: Export, values: list[str]) -> str:
    return values[export.columns.index(of_column.column)] if of_column.column is not None else ""


def _count(seen: dict[str, Occurrences], reason: str, line: int, value: str) -> None:
    seen.setdefault(reason, Occurrences()).add(line, value)


def _refusal(unread: dict[str, dict[str, Occurrences]], mapping: Mapping) -> str:
    lines = ["values can't be read."]
    for header, reasons in unread.items():
        by_count = sorted(reasons.items(), key=lambda pair: -pair[1].count)
        source = mapping.columns[header.strip()].column
        lines += [
            f"{header.strip()}, from {source}: found {seen}, {reason}."
            for reason, seen in by_count[:KINDS_OF_PROBLEMS]
        ]
    return "\n  ".join(lines)
