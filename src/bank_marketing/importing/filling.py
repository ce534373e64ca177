"""The columns of a canonical file: each different value is converted once, and one copy writes them all."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bank_marketing.importing.converting import Converted, ValueProblem, converter, plain_sql
from bank_marketing.importing.dates import judge_dates, serial_note
from bank_marketing.importing.keys import KeyNumbers
from bank_marketing.importing.tables import TextTable
from bank_marketing.importing.values import kind_of
from bank_marketing.seeds.formats import ColumnFormat
from bank_marketing.sql_text import sql_text

# What checks decisions takes long to import, and a file as it should be needs none.
if TYPE_CHECKING:
    from bank_marketing.importing.decisions import Decision

# What keeps a line from being read; DuckDB lets an empty value too many pass.
ONE_TOO_MANY = "unreadable"
BATCH = 100_000
EXAMPLES = 3
KINDS_OF_PROBLEMS = 3
# A century has fewer days; what comes after them proves no more.
MOST_DAYS = 100_000
BLANKS = "' \t\r\n\f\u00a0'"
# One thread keeps the order of the rows in a join, unless it spills some of them to disk.
MOST_JOINED = 4_000_000


@dataclass
class Fill:
    """A column of the canonical file: the SQL of its text, and what was seen on the way.

    Where `others` holds, `convert` makes the text of the `inputs`. What it can't read is refused if
    `is_strict`, else it stays as it is, for the build to tell.
    """

    column: ColumnFormat
    sql: str = "''"
    inputs: Sequence[str] = ()
    convert: Callable[..., Converted] = Converted
    others: str = "false"
    plain_day: str = ""
    leaves_out: bool = False
    is_strict: bool = True
    source: str = ""
    join: str = ""
    joined: int = 0
    rewritten: int = 0
    empty: int = 0
    first: str = ""
    note: str | None = None
    unread: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)

    @property
    def header(self) -> str:
        """The column's name for a message."""
        return self.column.header.strip()

    @property
    def notes(self) -> list[str]:
        """What is to be said of the column."""
        left_out = self.empty if self.is_strict and self.leaves_out else 0
        notes = [self.note] if self.note else []
        notes += [f"rows left out since they have no value: {left_out:,}"] if left_out else []
        notes += [f"{self.rewritten:,} values rewritten, the first {self.first}"] if self.first else []
        return [f"{self.header}: {note}" for note in notes]

    @property
    def problems(self) -> list[str]:
        """What can't be read, and, of dates, whether a spreadsheet swapped day and month."""
        problems = [
            f"found {count:,} row{'s' * (count > 1)} ({', '.join(self.examples[reason])}), {reason}."
            for reason, count in self.unread.most_common(KINDS_OF_PROBLEMS)
        ]
        # What was written is month first, or year first; now it is the same for all.
        order = judge_dates([(line, day) for day, line in self.days.items()])
        problems += [order.problem] if order.problem and not problems else []
        return [f"{self.header}, from {self.source}: {problem}" for problem in problems]

    def convert_distinct(self, table: TextTable) -> None:
        """Convert each different value once, in the order of the file; the rows take them by a join."""
        name, keys = f"converted_{self.column.name}", [f"k{n}" for n in range(len(self.inputs))]
        select = ", ".join(f"{text} as {key}" for text, key in zip(self.inputs, keys, strict=True))
        table.connection.execute(f"create table {name} ({' varchar, '.join(keys)} varchar, made varchar)")
        found = table.connection.cursor().execute(
            f"select {', '.join(keys)}, count(*), min(rowid) from (select rowid, {select} from"
            f" {table.numbered} where {self.others}) group by {', '.join(keys)} order by min(rowid)"
        )
        while batch := found.fetchmany(BATCH):
            made = [row for found in batch if (row := self._converted(*found, first_line=table.first_line))]
            if made:
                columns = ", ".join("unnest(?)" for _ in (*keys, "made"))
                table.connection.execute(
                    f"insert into {name} select {columns}", list(map(list, zip(*made, strict=True)))
                )
                self.joined += len(made)
        if self.joined:
            pairs = zip(self.inputs, keys, strict=True)
            self.join = f"left join {name} on {' and '.join(f'{text} = {name}.{key}' for text, key in pairs)}"
            self.sql = f"coalesce({name}.made, {self.sql})"

    def _converted(self, *found: str | int, first_line: int) -> tuple[str, ...] | None:
        *texts, count, row = found
        shown, line, times = [str(text) for text in texts], int(row) + first_line, int(count)
        try:
            text = self.convert(*shown).text
        except ValueProblem as problem:
            if self.is_strict:
                self.unread[str(problem)] += times
                examples = self.examples.setdefault(str(problem), [])
                examples += [f"line {line}: {' | '.join(shown)[:60]!r}"] if len(examples) < EXAMPLES else []
            return None
        if self.is_strict and kind_of(self.column) in ("day", "moment", "date") and text:
            if len(self.days) < MOST_DAYS:
                self.days.setdefault(_year_first(text.partition(" ")[0]), line)
            self.note = self.note or serial_note(shown[:1])
        self.empty += 0 if text else times
        if not self.is_strict:
            if text == shown[0]:
                return None
            self.rewritten += times
            self.first = self.first or f"{shown[0]!r} as {text!r} (line {line})"
        return (*shown, text)


def inferred(n: int, column: ColumnFormat, decision: Decision | None, *, leaves_out: bool) -> Fill:
    """Fill a column from the one that has its name; without a decision its values are as they should be."""
    fill = Fill(column, f"c{n}", leaves_out=leaves_out and column.is_required, is_strict=False)
    if decision is not None:
        fill.inputs, fill.convert, fill.others = [f"c{n}"], converter(column, decision), f"c{n} is not null"
    return fill


def mapped(
    names: Sequence[str], column: ColumnFormat, decision: Decision, numbers: dict[str, KeyNumbers]
) -> Fill:
    """Fill a column as a mapping says, from columns of these names."""
    fill = Fill(column, leaves_out=column.is_required and bool(decision.missing))
    fill.source = ", ".join(decision.columns)
    if decision.row_number:
        fill.sql = "cast(rows.rowid + 1 as varchar)"
    if decision.constant is not None:
        fill.sql = sql_text(converter(column, type(decision)())(decision.constant).text)
    if not decision.columns:
        return fill
    convert = converter(column, decision)
    fill.inputs = [f"coalesce(trim(c{names.index(name)}, {BLANKS}), '')" for name in decision.columns]
    fill.convert, fill.others = convert, "true"
    if decision.is_numbered:
        of_kind = numbers[str(column.key_of)]

        def number(*texts: str) -> Converted:
            key, broken = convert(*texts)
            return Converted(of_kind.number_of(key) if key else "", broken)

        fill.convert = number
    # Blanks around a value are looked at only where it isn't plain.
    is_text = kind_of(column) == "text"
    plain = plain_sql(column, decision, fill.inputs[0] if is_text else f"c{names.index(decision.columns[0])}")
    if plain:
        condition, fill.sql = plain
        fill.others = f"not coalesce({condition}, false)"
        fill.plain_day = f"left({fill.inputs[0]}, 10)" if kind_of(column) == "moment" else ""
    return fill


def convert_values(table: TextTable, fills: Sequence[Fill]) -> None:
    """Convert what isn't yet as it should be."""
    others = table.count_where(*(fill.others for fill in fills))
    for fill in (fill for fill in fills if fill.plain_day):
        found = table.first_lines(fill.plain_day, f"not ({fill.others})")
        fill.days |= {day: line for line, day in found}
    for fill in (fill for fill, count in zip(fills, others, strict=True) if count):
        fill.convert_distinct(table)


def write_rows(table: TextTable, fills: Sequence[Fill], target: Path) -> int:
    """Write the canonical file in one copy, and count its rows."""
    names = [fill.column.header.replace('"', '""') for fill in fills]
    selected = ", ".join(
        f"nullif({fill.sql}, '') as \"{name}\"" for fill, name in zip(fills, names, strict=True)
    )
    joins = " ".join(fill.join for fill in fills)
    spills = sum(fill.joined for fill in fills) > MOST_JOINED
    rows = table.numbered if spills or "rowid" in selected else "rows"
    where = " and ".join(["true", *(f"trim({fill.sql}) <> ''" for fill in fills if fill.leaves_out)])
    if joins.strip():
        table.connection.execute("set threads = 1")
    return table.connection.execute(
        f"copy (select {selected} from {rows} as rows {joins} where {where}"
        f" {'order by rows.rowid' if spills else ''}) to {sql_text(str(target))}"
        " (format csv, header, delimiter ',', quote '\"', escape '\"')"
    ).fetchall()[0][0]


def append_bad_lines(table: TextTable, kept: list[int], target: Path) -> None:
    """Write the lines that can't be read to the end: they must stay unreadable, whatever was left out."""
    with target.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for _, text, _ in table.rejects:
            row = [re.sub("[\udc80-\udcff]", "\ufffd", value) for value in table.values_in(text)]
            if len(row) == table.width:
                row = [row[n] for n in kept]
            writer.writerow([*row, ONE_TOO_MANY] if len(row) == len(kept) else row)


def _year_first(day: str) -> str:
    if "/" not in day:
        return day[:10]
    month, day_of_month, year = day.split("/")
    return f"{year}-{int(month):02}-{int(day_of_month):02}"
