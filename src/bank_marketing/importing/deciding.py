"""How each column of a file whose header is known is written: decisions, or refusals with the evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bank_marketing.importing import values as forms
from bank_marketing.importing.converting import CURRENCY, DAY_FIRST, MONTH_FIRST, readable
from bank_marketing.importing.dates import judge_dates, serial_note
from bank_marketing.importing.tables import Group, TextTable
from bank_marketing.importing.values import NUMBERS, kind_of
from bank_marketing.project import PROGRAM
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat
from bank_marketing.seeds.grammar import value_kind, value_pattern
from bank_marketing.seeds.row_sql import reason_sql, typed_sql
from bank_marketing.sql_text import sql_text

# What checks decisions takes long to import, and a file as it should be needs none.
if TYPE_CHECKING:
    from bank_marketing.importing.decisions import Decision

WORDS = ("yes or no", "one of the allowed values", "month and year", "month")
FORMS = {
    "whole number": "whole numbers",
    "number": "numbers",
    "share": "shares like 0.1 or 10%",
    "percent": "percentages like 10 or 10%",
    "money": "dollars like $77.00, -77, ($77.00) or $29,278",
    "postal code": "postal codes of five digits",
    "yes or no": "1/0, True/False or Yes/No",
    "one of the allowed values": "the allowed values",
    "month and year": "months like 12/2022, 2022-12, Dec-22, or the first of a month",
    "month": "months like Jan, January or 1",
    "day": "dates like 1/31/2019, 2019-01-31, 20190131, 43496 or 31-Jan-2019",
    "date": "dates like 2019-01-31, 1/31/2019, 20190131, 43496 or 31-Jan-2019",
    "moment": "moments like 2010-01-01 00:01:00, 1/1/2010 0:01 or 40339.61528",
}
# The one form in which the importers write months, of those that the loader takes.
MONTHS = "|".join(forms.MONTHS)
# Words for no value, as pandas, SQL and spreadsheets write it; `-` and `unknown` may mean something.
NO_NUMBER = ("nan", "na", "n/a", "#n/a", "<na>", "nat", "null", "none")
# What nobody means as a text: pandas and SQL write it for no value. `None` and `NA` may well be meant.
NO_TEXT = ("NaN", "nan", "<NA>", "NaT", "NULL", "null")
# What the files are in: the sign isn't what is wrong with an amount that can't be read.
DOLLARS = ("$", "USD", "US$")
# 136.912 and 12.345.678, whatever sign stands beside them.
GROUPED_BY_POINTS = r"[^0-9.,]*[1-9][0-9]{0,2}([.][0-9]{3})+[^0-9.,]*"
FEWEST_GROUPED = 3
BY_MAPPING = f"({PROGRAM} import --propose)"


@dataclass(frozen=True)
class Verdict:
    """A decision (None: values are as they should be), what is to be said of it, or why there is none."""

    decision: Decision | None = None
    note: str | None = None
    problem: str | None = None


def first_look(
    columns: Sequence[ColumnFormat | None], seed_format: SeedFormat, delimiter: str
) -> tuple[list[str], str]:
    """Return what to count in one reading, and of which query.

    First the rows that the loader wouldn't take, then for each column the values that are odd even so, last
    the rows without a whole number for a key of their own: this counts distinct ones, which other keys don't.
    """
    named = {f"c{n}": column.name for n, column in enumerate(columns) if column}
    names, texts = list(named.values()), ", ".join(f"{text} as {name}" for text, name in named.items())
    odd = [_odd(n, column, delimiter, is_sound=True) for n, column in enumerate(columns)]
    asked = f"(select {typed_sql(seed_format, names)}* from (select *, {texts} from rows))"
    keys = [column for column in columns if column and column.name in seed_format.unique_key]
    is_whole = len(keys) == len(seed_format.unique_key) == 1 and kind_of(keys[0]) == "whole number"
    own = f"count(distinct typed_{keys[0].name})" if is_whole else "0"
    conditions = [f"{reason_sql(seed_format, names)} is not null", *odd]
    return [*(f"count(*) filter ({condition})" for condition in conditions), f"count(*) - {own}"], asked


def decide_columns(
    table: TextTable,
    columns: Sequence[ColumnFormat | None],
    max_reject_share: float,
    *,
    leaves_out: bool = False,
) -> list[Verdict]:
    """Decide on each column of a file, opened with its `first_look`; None stands for one without a name.

    `leaves_out` says that rows without a value that they must have don't count.
    """
    unsound, *odd = table.counted or [1]  # not looked at yet
    if unsound:
        odd = table.count_where(
            *(_odd(n, column, table.delimiter, is_sound=False) for n, column in enumerate(columns))
        )
    kinds = {n: kind_of(column) for n, column in enumerate(columns) if column}
    groups = {n: table.groups(n, by_value=kind in WORDS) for n, kind in kinds.items() if odd[n]}
    numbers = [n for n, kind in kinds.items() if kind in NUMBERS]
    has_comma = any(_comma_evidence(groups[n])[1] for n in numbers if n in groups)
    if has_comma and table.delimiter != ",":
        # Then a point in another column may part thousands.
        groups |= {n: table.groups(n) for n in numbers if n not in groups}
    most = max(1, int(max_reject_share * table.rows))
    decide = _Decider(table, most, has_comma_decimals=has_comma, leaves_out=leaves_out)
    return [
        decide.nameless(n) if column is None else decide.column(n, column, odd[n], groups.get(n, []))
        for n, column in enumerate(columns)
    ]


def _decision(**said: Any) -> Decision:
    from bank_marketing.importing.decisions import Decision

    return Decision(**said)


def _odd(n: int, column: ColumnFormat | None, delimiter: str, *, is_sound: bool) -> str:
    """Return SQL that tells values that aren't written as the loader wants them."""
    if column is None:
        return "false"
    text, kind = f"c{n}", kind_of(column)
    if kind in ("yes or no", "one of the allowed values"):
        listed = ", ".join(sql_text(str(value)) for value in column.allowed_values)
        return f"trim({text}) not in ({listed})" if listed else "false"
    if kind == "text" and column.is_personal:
        return f"regexp_full_match({text}, '[0-9][.][0-9]+[eE][+][0-9]+')"
    if kind == "text":
        return f"trim({text}) in ({', '.join(map(sql_text, NO_TEXT))})"
    # A comma in a number is odd where it doesn't part values; months have more forms than one.
    commas = f"contains({text}, ',')" if delimiter != "," and kind in NUMBERS else "false"
    if is_sound and kind != "month":
        return commas
    pattern = MONTHS if kind == "month" else value_pattern(value_kind(column))
    return f"not regexp_full_match(trim({text}), '{pattern}') or {commas}"


class _Decider:
    def __init__(self, table: TextTable, most: int, *, has_comma_decimals: bool, leaves_out: bool) -> None:
        self.table, self.most, self.leaves_out = table, most, leaves_out
        self.has_comma_decimals = has_comma_decimals

    def nameless(self, n: int) -> Verdict:
        """Leave out what is empty, and an index of whole numbers in the first place."""
        filled, whole = self.table.count_where(
            f"trim(c{n}) <> ''", f"regexp_full_match(trim(c{n}), '[0-9]+([.]0)?')"
        )
        if filled == 0 or (n == 0 and filled == whole):
            what = "an index" if filled else "an empty"
            return Verdict(note=f"{what} column without a name was left out")
        first = self.table.groups(n)[0]
        return Verdict(
            problem=f"column {n + 1} has no name in the header, but {filled:,} values, the first {first}."
            " Give it its name, or take it out."
        )

    def column(self, n: int, column: ColumnFormat, odd: int, groups: list[Group]) -> Verdict:
        kind = kind_of(column)
        if kind in ("day", "moment", "date"):
            return self._dates(n, column, odd)
        if kind in NUMBERS:
            return self._numbers(n, column, odd, groups)
        if not odd:
            return Verdict()
        if kind == "text" and column.is_personal:
            first = next(g for g in groups if forms.has_lost_digits(g.example))
            return Verdict(
                note=f"{odd:,} values have lost digits in a spreadsheet, the first {first}; nothing after"
                " staging reads them"
            )
        return self._verdict(column, _decision(), groups, odd)

    def _dates(self, n: int, column: ColumnFormat, odd: int) -> Verdict:
        days = self.table.days(n, is_timestamp=kind_of(column) == "moment")
        order = judge_dates(days)
        if order.problem or not (odd or (order.is_day_first and kind_of(column) == "day")):
            return Verdict(problem=order.problem)
        notes = ["read day first, since some can't be read month first"] if order.is_day_first else []
        notes += [note for note in [serial_note(text for _, text in days)] if note]
        decision = _decision(date=(DAY_FIRST if order.is_day_first else MONTH_FIRST,))
        return self._verdict(column, decision, self.table.groups(n) if odd else [], odd, notes)

    def _numbers(self, n: int, column: ColumnFormat, odd: int, groups: list[Group]) -> Verdict:
        is_whole = kind_of(column) == "whole number"
        if not is_whole and is_grouped_by_points(self.table, n):
            first = next(g for g in self.table.groups(n) if "." in g.example)
            return Verdict(
                problem=f"{first} and all others with a point have three digits behind it: thousands and"
                " decimals can't be told apart. Write the numbers without marks between thousands, or say in"
                f" a mapping which sign is the `decimal` one {BY_MAPPING}."
            )
        is_parted = self.table.delimiter == ","
        sign, problem = decide_commas(groups, is_parted, has_comma_decimals=self.has_comma_decimals)
        lost = next((g for g in groups if forms.has_lost_digits(g.example)), None)
        if lost and is_whole:
            problem = f"a spreadsheet has dropped digits: {lost}. Export it again with the column as text."
        factor = note = None
        if not problem and column.unit in ("share", "percent") and not is_whole:
            factor, note, problem = _scale(self.table, n, str(column.unit), is_comma=sign == ",")
        if problem or not (odd or note):
            return Verdict(problem=problem)
        return self._verdict(
            column, _decision(decimal=sign, factor=factor), groups, odd, [note] if note else []
        )

    def _verdict(
        self,
        column: ColumnFormat,
        decision: Decision,
        groups: list[Group],
        odd: int,
        notes: Sequence[str] = (),
    ) -> Verdict:
        """Hold a decision against all ways of writing: too many that can't be read refuse the file."""
        kind, read, rows = kind_of(column), readable(column, decision), self.table.rows
        unread = [g for g in groups if g.example.strip() and not read(g.example)]
        lacking = [g for g in (groups if kind == "text" else unread) if _key(g.example) in NO_NUMBER]
        unread = [g for g in unread if g not in lacking]
        missing, count = (sum(g.count for g in found) for found in (lacking, unread))
        if column.is_required and missing > self.most and not self.leaves_out:
            return Verdict(
                problem=f"{missing:,} of {rows:,} values are words for no value, the first {lacking[0]}, but"
                " each row must have one. Fill them in, or let `--leave-out-missing` leave those rows out."
            )
        if count > self.most:
            is_unit = kind == "number" and column.unit in ("share", "percent")
            return Verdict(
                problem=f"{count:,} of {rows:,} values can't be read, the first {unread[0]}. Expected"
                f" {FORMS[str(column.unit) if is_unit else kind]}. {_what_to_do(unread[0].example, kind)}"
            )
        said = list(notes)
        if lacking:
            is_rejected = column.is_required and not self.leaves_out
            rejected = "; the build will reject their rows" if is_rejected else ""
            said.append(f"{missing:,} values read as missing, the first {lacking[0]}{rejected}")
        # What can't be read at all stays as it is: the build quarantines those rows.
        decision = decision.model_copy(update={"missing": tuple(g.example for g in lacking)})
        return Verdict(decision if said or count < odd else None, "; ".join(said) or None)


def _key(text: str) -> str:
    return text.strip().lower()


def decide_commas(
    groups: Sequence[Group], is_parted_by_comma: bool, *, has_comma_decimals: bool = False
) -> tuple[str, str | None]:
    """Find out which sign stands before the decimals, or why that can't be told.

    `is_parted_by_comma` is a file whose values are parted by commas, as Kaggle's are, whose decimals follow a
    point; `has_comma_decimals` one with a column that has the comma before its decimals beyond doubt.
    """
    point, comma = _comma_evidence(groups)
    if point and comma:
        return ".", (
            f"{point} has the point before its decimals, {comma} the comma. Write all numbers the same way."
        )
    doubtful = [g for g in groups if "," in g.example or (has_comma_decimals and "." in g.example)]
    if point or comma or not doubtful or is_parted_by_comma:
        return "," if comma else ".", None
    return ".", (
        f"{doubtful[0]} can be read as thousands and as decimals, and no other value tells which. Write the"
        " numbers without marks between thousands."
    )


def _comma_evidence(groups: Sequence[Group]) -> tuple[Group | None, Group | None]:
    """Return the first value that only the point, and the first that only the comma makes a number."""
    found: dict[tuple[bool, bool], Group] = {}
    for group in groups:
        text = CURRENCY.sub("", group.example).strip().removesuffix("%")
        is_read = [forms.number(text, is_comma_decimal=is_comma) is not None for is_comma in (False, True)]
        found.setdefault((is_read[0], is_read[1]), group)
    return found.get((True, False)), found.get((False, True))


def is_grouped_by_points(table: TextTable, n: int) -> bool:
    """Tell whether in a column of amounts every point may as well stand between thousands."""
    grouped = f"regexp_full_match(c{n}, '{GROUPED_BY_POINTS}')"
    # Most columns have another amount on their first lines, which ends the reading.
    if table.ask("1", f"where (contains(c{n}, '.') or contains(c{n}, ',')) and not {grouped} limit 1"):
        return False
    return table.count_where(grouped)[0] >= FEWEST_GROUPED


def _scale(
    table: TextTable, n: int, unit: str, *, is_comma: bool
) -> tuple[str | None, str | None, str | None]:
    """Tell shares from percentages (all values are below 1, or none is): a factor, a note and a problem."""
    text = f"replace(replace(c{n}, '.', ''), ',', '.')" if is_comma else f"c{n}"
    # NaN is a double, too, and above all others.
    value = f"abs(try_cast({text} as double))"
    value = f"case when isfinite({value}) then {value} end"
    below, one, above = table.count_where(f"{value} > 0 and {value} < 1", f"{value} = 1", f"{value} > 1")
    factor = note = problem = None
    if below and above:
        problem = (
            f"{below:,} values are below 1 and {above:,} above: shares and percentages can't be told apart."
            " Write all of them as shares, or with a percent sign."
        )
    elif unit == "share" and above:
        factor, note = "0.01", "taken for percentages, since none is below 1"
    elif unit == "percent" and below:
        factor, note = "100", "taken for shares, since none is above 1"
    elif unit == "percent" and one and not above:
        problem = "all values are 1, which may be 1 % or all. Write them with a percent sign."
    return factor, note, problem


def _what_to_do(example: str, kind: str) -> str:
    sign = CURRENCY.search(example)
    if kind == "postal code" and sign:
        return "Write the digits alone, as text: a spreadsheet has taken the code for an amount."
    if sign and sign[0].upper() not in DOLLARS:
        return (
            "Take the sign off if the amounts are meant as they are; else import the file by a mapping that"
            f" says by which `factor` to multiply {BY_MAPPING}."
        )
    if kind in NUMBERS and re.search(r"\d\s*[kKmM]$", example.strip()):
        return "Write the numbers in full: 59000 instead of 59k."
    if kind in NUMBERS and re.search(r"\d,\d\d?,\d", example):
        return "Write the numbers without marks between thousands: these don't group three digits."
    return f"Mend them in the file, or say in a mapping how they are meant {BY_MAPPING}."
