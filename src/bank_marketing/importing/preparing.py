"""The pipe: a table of text, one decision a column, a canonical raw file, and the loader's own checks."""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from bank_marketing.errors import UserError
from bank_marketing.importing.converting import Converted, ValueProblem, converter, kind_of, plain_sql
from bank_marketing.importing.dates import judge_dates, serial_note
from bank_marketing.importing.deciding import Verdict, decide_columns, first_look
from bank_marketing.importing.finding import Candidate
from bank_marketing.importing.keys import KeyNumbers
from bank_marketing.importing.mapping import Decision, Mapping
from bank_marketing.importing.reading import write_with_commas
from bank_marketing.importing.recognising import Recognised, Table
from bank_marketing.importing.tables import PlainFile, TextTable, plain_file
from bank_marketing.project import PROGRAM
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat
from bank_marketing.seeds.row_checks import broken_rules, find_repeats
from bank_marketing.sql_text import sql_text

# What keeps a line from being read; DuckDB lets an empty value too many pass.
ONE_TOO_MANY = "unreadable"
BATCH = 100_000
EXAMPLES = 3
LEAVE_OUT = '; `missing: ""` there, or `import-kaggle --leave-out-missing`, leaves out rows without a value.'
KINDS_OF_PROBLEMS = 3
# A century has fewer days; what comes after them proves no more.
MOST_DAYS = 100_000
BLANKS = "' \t\r\n\f\u00a0'"
# One thread keeps the order of the rows in a join, unless it spills some of them to disk.
MOST_JOINED = 4_000_000


@dataclass(frozen=True)
class Prepared:
    """What was made of a file.

    Attributes
    ----------
    bad_lines : int
        Lines that can't be split into the declared columns; the build quarantines them.
    action : str
        linked to, copied from, unpacked from or converted from.
    notes : tuple of str
        What was converted, left out or missing, and which rows the build will reject.
    rows_in, rows_out : int
        Rows in the found and in the canonical file, bad lines included.
    is_sound : bool
        Whether the loader is known to take every row that can be read, repeated keys aside.
    """

    bad_lines: int
    action: str
    notes: tuple[str, ...]
    rows_in: int
    rows_out: int
    is_sound: bool = False


@dataclass
class Occurrences:
    """How often something was seen, and where first."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, line: int, value: str, count: int) -> None:
        """Count rows with a value, the first of them on that line."""
        self.count += count
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"line {line}: {value[:60]!r}")

    def __str__(self) -> str:
        """Return the count and the examples."""
        return f"{self.count:,} row{'s' * (self.count > 1)} ({', '.join(self.examples)})"


@dataclass
class _Fill:
    """A column of the canonical file: the SQL of its text, and what was seen on the way.

    Where `others` holds, `convert` makes the text of the `inputs`.
    """

    column: ColumnFormat
    sql: str = "''"
    inputs: Sequence[str] = ()
    convert: Callable[..., Converted] = Converted
    others: str = "false"
    join: str = ""
    rewritten: int = 0
    first: str = ""
    unread: dict[str, Occurrences] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)
    note: str | None = None
    leaves_out: bool = False
    joined: int = 0
    empty: int = 0


def prepare(
    recognised: Recognised,
    target: Path,
    seed_folder: Path,
    scratch: Path,
    *,
    copy: bool,
    max_reject_share: float = 0.01,
    leaves_out: bool = False,
) -> Prepared:
    """Lay a file whose header is known into the staging folder, by decisions inferred from its values.

    Parameters
    ----------
    recognised : Recognised
        The found file and what it is.
    target : Path
        Where to lay it; a link made here must hold at the final place, too, so both lie equally deep.
    seed_folder : Path
        The folder that the file is meant for, to tell whether a link may lead there.
    scratch : Path
        Folder for intermediate files, on the file system of the target.
    copy : bool
        Never link.
    max_reject_share : float
        The largest share of values that may be unreadable; single ones are left to the build.
    leaves_out : bool
        Whether rows without a value that they must have are left out.

    Returns
    -------
    Prepared
        Rows and what was done.

    Raises
    ------
    UserError
        If the file has no rows, is cut off, can't be read, or a column can't be read without guessing.
    """
    candidate, seed_format, columns = recognised.candidate, recognised.format, recognised.columns
    plain = plain_file(candidate, recognised.table, scratch / f"plain-{seed_format.name}", columns)
    look = first_look(columns, seed_format, plain.table.delimiter)
    with TextTable(plain, candidate.label, scratch, first_look=look) as table:
        if table.rows == 0 and not seed_format.may_be_empty:
            raise UserError(f"{candidate.label}: a header, but no rows after it. Download it again.")
        verdicts = decide_columns(table, columns, max_reject_share, leaves_out=leaves_out)
        _refuse_columns(recognised, verdicts)
        notes = [*plain.notes, *_notes(recognised, verdicts), *_swallowed(table)]
        rows = rows_out = table.rows + table.bad_lines
        is_as_it_is = not any(verdict.decision for verdict in verdicts) and not (
            leaves_out and table.counted[0]
        )
        action = _place(recognised, plain, target, seed_folder, copy=copy) if is_as_it_is else None
        if action is None:
            action = "converted from"
            fills = [
                _inferred(table, n, column, verdict.decision, leaves_out=leaves_out and column.is_required)
                for n, (column, verdict) in enumerate(zip(columns, verdicts, strict=True))
                if column
            ]
            rows_out = _write(table, fills, target) + table.bad_lines
            _append_bad_lines(table, [n for n, column in enumerate(columns) if column], target)
            notes += [
                f"{f.column.header.strip()}: {f.rewritten:,} values rewritten, the first {f.first}"
                for f in fills
                if f.rewritten
            ]
            if rows_out < rows:
                notes.append(
                    f"rows left out, since they lack a value that they must have: {rows - rows_out:,}"
                )
        is_sound = is_as_it_is and not table.counted[0]
        return Prepared(table.bad_lines, action, tuple(notes), rows, rows_out, is_sound=is_sound)


def prepare_mapped(
    candidate: Candidate,
    table_in_file: Table,
    mapping: Mapping,
    seed_format: SeedFormat,
    target: Path,
    scratch: Path,
    numbers: dict[str, KeyNumbers],
) -> Prepared:
    """Write an export in the form of a raw file, by the decisions of a mapping.

    Parameters
    ----------
    candidate, table_in_file
        The export, see `open_export`; only read.
    mapping : Mapping
        One that `mapping_problems` finds nothing in. It speaks of every value: what it can't read is refused.
    seed_format : SeedFormat
        The raw file.
    target : Path
        File to write.
    scratch : Path
        Folder for intermediate files.
    numbers : dict of str to KeyNumbers
        For each of `numbered_keys` the numbers given so far; new keys are added.

    Returns
    -------
    Prepared
        Rows in and out.

    Raises
    ------
    UserError
        If lines or values can't be read, column by column.
    """
    with open_table(candidate, table_in_file, scratch) as table:
        fills = []
        for column in seed_format.columns:
            decision = mapping.columns.get(column.header.strip(), Decision(leave_out=True))
            if decision.leave_out and column.is_optional:
                continue
            fills.append(_mapped(table, table_in_file.header, column, decision, numbers))
        others = table.count_where(*(fill.others for fill in fills))
        for fill in (fill for fill, count in zip(fills, others, strict=True) if count):
            _convert_distinct(table, fill, is_strict=True)
        if unread := [line for fill in fills for line in _unread(fill, mapping)]:
            raise UserError("\n  ".join(["values can't be read.", *unread]))
        if swapped := [line for fill in fills for line in _swapped(fill, mapping)]:
            raise UserError("\n  ".join(["dates can't be trusted.", *swapped]))
        rows = _write(table, fills, target)
        if not rows:
            raise UserError("no row is left: each lacks a value that it must have. Map other columns.")
        notes = [f"{fill.column.header.strip()}: {fill.note}" for fill in fills if fill.note]
        notes += [
            f"{fill.column.header.strip()}: rows left out since they have no value: {fill.empty:,}"
            for fill in fills
            if fill.leaves_out and fill.empty
        ]
        return Prepared(0, "converted from", tuple(notes), table.rows, rows)


def open_table(candidate: Candidate, table_in_file: Table, scratch: Path) -> TextTable:
    """Open a bank's own export, of which every line must be readable; rows without any value don't count."""
    plain = plain_file(candidate, table_in_file, scratch / "plain", [None] * len(table_in_file.header))
    if plain.file_bytes.bad_letters:
        raise UserError(
            f"{candidate.label}: no readable utf-8 text, the first letters that are none in"
            f" {plain.file_bytes.example}. Say the encoding in the mapping (file: {{encoding: NAME}}) or with"
            " --encoding NAME, or save the file as UTF-8."
        )
    table = TextTable(plain, candidate.label, scratch, skips_empty=True)
    if table.rejects:
        line, text, error_type = table.rejects[0]
        found = len(next(csv.reader([text.strip("\r\n")], delimiter=table.delimiter), []))
        what = (
            "a quotation mark opens in this row and doesn't close where it should. Close it, write it twice"
            " if it belongs to the text, or export the table again."
            if "QUOTE" in error_type
            else f"found {found} values, expected {table.width}, one for each column. Mend the line, or say"
            " how the file is written (file: delimiter) in the mapping."
        )
        table.close()
        raise UserError(f"{candidate.label}, line {line}: {what}")
    if not table.rows:
        table.close()
        raise UserError(f"{candidate.label}: found a header, but no rows after it. Export the table again.")
    return table


def _inferred(
    table: TextTable, n: int, column: ColumnFormat, decision: Decision | None, *, leaves_out: bool
) -> _Fill:
    """Rewrite the values that aren't as they should be; what can't be read stays, for the build to tell."""
    fill = _Fill(column, f"c{n}", leaves_out=leaves_out)
    if decision is None:
        return fill
    fill.inputs, fill.convert, fill.others = [f"c{n}"], converter(column, decision), f"c{n} is not null"
    _convert_distinct(table, fill, is_strict=False)
    return fill


def _mapped(
    table: TextTable,
    names: Sequence[str],
    column: ColumnFormat,
    decision: Decision,
    numbers: dict[str, KeyNumbers],
) -> _Fill:
    fill = _Fill(column, leaves_out=column.is_required and bool(decision.missing))
    if decision.row_number:
        fill.sql = "cast(rows.rowid + 1 as varchar)"
    if decision.constant is not None:
        fill.sql = sql_text(converter(column, Decision())(decision.constant).text)
    if not decision.columns:
        return fill
    fill.inputs = [f"coalesce(trim(c{names.index(name)}, {BLANKS}), '')" for name in decision.columns]
    fill.convert, fill.others = converter(column, decision), "true"
    if decision.is_numbered:
        fill.convert = _numbered(fill.convert, numbers[str(column.key_of)])
    # Blanks around a value are looked at only where it isn't plain.
    written = fill.inputs[0] if kind_of(column) == "text" else f"c{names.index(decision.columns[0])}"
    if plain := plain_sql(column, decision, written):
        fill.sql, fill.others = plain.text, f"not coalesce({plain.condition}, false)"
        if plain.day:
            days = table.first_lines(plain.day, f"where {plain.condition}")
            fill.days |= {str(day): line for line, day in days}
    return fill


def _numbered(convert: Callable[..., Converted], numbers: KeyNumbers) -> Callable[..., Converted]:
    def fill(*texts: str) -> Converted:
        key, broken = convert(*texts)
        return Converted(numbers.number_of(key) if key else "", broken)

    return fill


def _convert_distinct(table: TextTable, fill: _Fill, *, is_strict: bool) -> None:
    """Convert each different value once, in the order of the file, and let the rows take them by a join."""
    name = f"converted_{fill.column.name}"
    keys = [f"k{n}" for n in range(len(fill.inputs))]
    select = ", ".join(f"{text} as {key}" for text, key in zip(fill.inputs, keys, strict=True))
    columns = ", ".join(f"{key} varchar" for key in keys)
    table.connection.execute(f"create table {name} ({columns}, made varchar)")
    found = table.connection.cursor().execute(
        f"select {', '.join(keys)}, count(*), min(rowid) from (select rowid, {select} from"
        f" {table.numbered} where {fill.others}) group by {', '.join(keys)} order by min(rowid)"
    )
    is_date = kind_of(fill.column) in ("day", "moment", "date")
    while batch := found.fetchmany(BATCH):
        made = []
        for *texts, count, row in batch:
            line = int(row) + table.first_line
            try:
                text = fill.convert(*texts).text
            except ValueProblem as problem:
                if is_strict:
                    shown = " | ".join(texts)
                    fill.unread.setdefault(str(problem), Occurrences()).add(line, shown, count)
                continue
            if is_strict and is_date and text and len(fill.days) < MOST_DAYS:
                fill.days.setdefault(_year_first(text.partition(" ")[0]), line)
                fill.note = fill.note or serial_note(texts[:1])
            fill.empty += 0 if text else count
            if is_strict or text != texts[0]:
                made.append((*texts, text))
                fill.rewritten += count
                fill.first = fill.first or f"{texts[0]!r} as {text!r} (line {line})"
        if made:
            frame = pd.DataFrame(made, columns=[*keys, "made"], dtype="object")
            table.connection.register("batch", frame)
            table.connection.execute(f"insert into {name} select * from batch")
            table.connection.unregister("batch")
            fill.joined += len(made)
    if fill.joined:
        on = " and ".join(f"{text} = {name}.{key}" for text, key in zip(fill.inputs, keys, strict=True))
        fill.join = f"left join {name} on {on}"
        fill.sql = f"coalesce({name}.made, {fill.sql})"


def _write(table: TextTable, fills: Sequence[_Fill], target: Path) -> int:
    """Write the canonical file in one copy, and count its rows."""
    selected = ", ".join(
        f"nullif({fill.sql}, '') as \"{fill.column.header.replace(chr(34), chr(34) * 2)}\"" for fill in fills
    )
    joins = " ".join(fill.join for fill in fills)
    is_joined, spills = bool(joins.strip()), sum(fill.joined for fill in fills) > MOST_JOINED
    rows = table.numbered if spills or "rowid" in selected else "rows"
    order = "order by rows.rowid" if spills else ""
    where = " and ".join(["true", *(f"trim({fill.sql}) <> ''" for fill in fills if fill.leaves_out)])
    if is_joined:
        table.connection.execute("set threads = 1")
    return table.connection.execute(
        f"copy (select {selected} from {rows} as rows {joins} where {where} {order})"
        f" to {sql_text(str(target))}"
        " (format csv, header, delimiter ',', quote '\"', escape '\"')"
    ).fetchall()[0][0]


def _append_bad_lines(table: TextTable, kept: list[int], target: Path) -> None:
    """Write the lines that can't be read to the end: they must stay unreadable, whatever was left out."""
    with target.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for _, text, _ in table.rejects:
            row = next(csv.reader([text.strip("\r\n")], delimiter=table.delimiter), [])
            row = [re.sub("[\udc80-\udcff]", "\ufffd", value) for value in row]
            if len(row) == table.width:
                row = [row[n] for n in kept]
            writer.writerow([*row, ONE_TOO_MANY] if len(row) == len(kept) else row)


def judge(
    prepared: Prepared,
    label: str,
    seed_format: SeedFormat,
    target: Path,
    scratch: Path,
    max_reject_share: float,
) -> Prepared:
    """Note the rows that the build will reject; refuse a file that has more than it lets through."""
    has_bad_lines, rows = prepared.bad_lines > 0, prepared.rows_out
    rules = (
        [] if prepared.is_sound else broken_rules(target, seed_format, scratch, has_bad_lines=has_bad_lines)
    )
    repeats = find_repeats(target, seed_format, scratch, has_bad_lines=has_bad_lines)
    most = max(1, int(rows * max_reject_share))
    if repeats.count > most:
        raise UserError(
            f"{label}, {repeats.headers}: {repeats.count:,} of {rows:,} rows repeat a key"
            f" ({repeats.example}), at most {100 * max_reject_share:g}% may. Take the copies out, or download"
            " the file again: it may have been appended to itself."
        )
    rejected = [f"{rule}" for rule in rules]
    if repeats.count:
        rejected.append(
            f"{repeats.reason} in {repeats.count:,} row{'s' * (repeats.count > 1)} ({repeats.example})"
        )
    bad = prepared.bad_lines + repeats.count + sum(rule.rows for rule in rules)
    lacks_values = any(rule.reason.endswith(": missing") for rule in rules)
    if rejected and bad > most:
        raise UserError(
            f"{label}: the build would refuse it: {bad:,} of {rows:,} rows break what `{PROGRAM} formats"
            f" {seed_format.name}` says; at most {100 * max_reject_share:g}% may:"
            + "".join(f"\n    {reason}" for reason in rejected)
            + "\n    Mend them in the file, or say in a mapping how they are meant"
            + f" ({PROGRAM} import --propose)"
            + (LEAVE_OUT if lacks_values else ".")
        )
    notes = [
        f"{reason}: the build will reject {'it' if ' 1 row ' in reason else 'them'}" for reason in rejected
    ]
    return replace(prepared, notes=(*prepared.notes, *notes))


def _refuse_columns(recognised: Recognised, verdicts: Sequence[Verdict]) -> None:
    problems = [
        f"{recognised.candidate.label}"
        + (f", column {column.header.strip()}" if column else "")
        + f": {verdict.problem}"
        for column, verdict in zip(recognised.columns, verdicts, strict=True)
        if verdict.problem
    ]
    if problems:
        raise UserError("\n  ".join(problems))


def _notes(recognised: Recognised, verdicts: Sequence[Verdict]) -> list[str]:
    notes = []
    for name, column, verdict in zip(recognised.table.header, recognised.columns, verdicts, strict=True):
        if column and name != column.header:
            notes.append(f"column {name!r} named {column.header!r}")
        if verdict.note:
            notes.append(verdict.note if column is None else f"{column.header.strip()}: {verdict.note}")
    present = {column.name for column in recognised.columns if column}
    notes += [
        f"without {column.header.strip()}, which is optional: nothing is known of it"
        for column in recognised.format.columns
        if column.name not in present
    ]
    return list(dict.fromkeys(notes))


def _swallowed(table: TextTable) -> list[str]:
    """Say that two stray marks close each other: no line is lost from the count of lines, but rows are."""
    if not table.swallowed_lines:
        return []
    return [
        f"line {table.first_swallowing:,}: a quotation mark opens there and takes in lines after it;"
        f" {table.swallowed_lines:,} more than the rows counted here can't be read. Close it, or write it"
        " twice if it belongs to the text"
    ]


def _place(
    recognised: Recognised, plain: PlainFile, target: Path, seed_folder: Path, *, copy: bool
) -> str | None:
    """Place a file whose values are as they should be without reading them again, if that can be done."""
    candidate, written = recognised.candidate, plain.table
    # dbt reads small seeds itself, and nothing but UTF-8.
    if written.rows_above or not written.has_header or plain.file_bytes.bad_letters:
        return None
    if list(written.header) != [column.header if column else None for column in recognised.columns]:
        return None
    if written.delimiter != ",":
        return "converted from" if write_with_commas(plain.path, target, written.delimiter) else None
    if not plain.is_found:
        plain.path.replace(target)
        return "converted from"
    if candidate.is_extracted:
        candidate.path.replace(target)
        return "unpacked from"
    # Relative, since dbt writes below target/run/<path of the seed>; an absolute path is the input itself.
    if not copy and candidate.path.stat().st_dev == seed_folder.stat().st_dev:
        try:
            target.symlink_to(os.path.relpath(candidate.path.resolve(), target.parent.resolve()))
            return "linked to"
        except OSError:  # a file system without links
            pass
    shutil.copyfile(candidate.path, target)
    return "copied from"


def _unread(fill: _Fill, mapping: Mapping) -> list[str]:
    header = fill.column.header.strip()
    by_count = sorted(fill.unread.items(), key=lambda pair: -pair[1].count)
    source = ", ".join(mapping.columns[header].columns) if by_count else ""
    return [
        f"{header}, from {source}: found {seen}, {reason}." for reason, seen in by_count[:KINDS_OF_PROBLEMS]
    ]


def _swapped(fill: _Fill, mapping: Mapping) -> list[str]:
    """Say of a column of dates that a spreadsheet swapped day and month, and by what that shows."""
    decision = mapping.columns.get(fill.column.header.strip())
    if not fill.days or decision is None:
        return []
    # What was written is month first, or year first; now it is the same for all.
    problem = judge_dates([(line, day) for day, line in fill.days.items()]).problem
    source = ", ".join(decision.columns)
    return [f"{fill.column.header.strip()}, from {source}: {problem}"] if problem else []


def _year_first(day: str) -> str:
    if "/" not in day:
        return day[:10]
    month, day_of_month, year = day.split("/")
    return f"{year}-{int(month):02}-{int(day_of_month):02}"
