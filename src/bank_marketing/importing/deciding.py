"""How each column of a file whose header is known is written: decisions, or refusals with the evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bank_marketing.importing import values as forms
from bank_marketing.importing.converting import (
    CURRENCY,
    DAY_FIRST,
    MONTH_FIRST,
    ValueProblem,
    converter,
    kind_of,
)
from bank_marketing.importing.dates import judge_dates, serial_note
from bank_marketing.importing.mapping import Decision
from bank_marketing.importing.tables import FirstLook, Group, TextTable
from bank_marketing.project import PROGRAM
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat
from bank_marketing.seeds.grammar import value_kind, value_pattern
from bank_marketing.seeds.row_sql import reason_sql, typed_sql
from bank_marketing.sql_text import sql_text

DATES = ("day", "moment", "date")
NUMBERS = ("whole number", "number", "money")
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
NO_VALUE = ("nan", "na", "n/a", "#n/a", "<na>", "nat", "null", "none")
# What nobody means as a text: pandas and SQL write it for no value. `None` and `NA` may well be meant.
NO_TEXT = ("NaN", "nan", "<NA>", "NaT", "NULL", "null")
# What the files are in: the sign isn't what is wrong with an amount that can't be read.
DOLLARS = ("$", "USD", "US$")
# 136.912 and 12.345.678, whatever sign stands beside them.
GROUPED_BY_POINTS = r"[^0-9.,]*[1-9][0-9]{0,2}([.][0-9]{3})+[^0-9.,]*"
FEWEST_GROUPED = 3


@dataclass(frozen=True)
class Verdict:
    """A decision (None: values are as they should be), what is to be said of it, or why there is none."""

    decision: Decision | None = None
    note: str | None = None
    problem: str | None = None


def first_look(columns: Sequence[ColumnFormat | None], seed_format: SeedFormat, delimiter: str) -> FirstLook:
    """Count the rows that the loader wouldn't take, and the values of each column that are odd even so."""
    named = [(n, column) for n, column in enumerate(columns) if column]
    names = [column.name for _, column in named]
    texts = ", ".join(f"c{n} as {column.name}" for n, column in named)
    odd = [_odd(n, column, delimiter, is_sound=True) for n, column in enumerate(columns)]
    return FirstLook(
        (f"{reason_sql(seed_format, names)} is not null", *odd),
        f"(select {typed_sql(seed_format, names)}* from (select *, {texts} from rows))",
    )


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
    numbers = [n for n, column in enumerate(columns) if column and kind_of(column) in NUMBERS]
    groups = {
        n: table.groups(n, by_value=kind_of(column) in WORDS)
        for n, column in enumerate(columns)
        if column and odd[n]
    }
    has_comma_decimals = any(_comma_evidence(groups[n])[1] for n in numbers if n in groups)
    if has_comma_decimals and table.delimiter != ",":
        # Then a point in another column may part thousands.
        groups |= {n: table.groups(n) for n in numbers if n not in groups}
    most = max(1, int(max_reject_share * table.rows))
    decide = _Decider(table, most, has_comma_decimals=has_comma_decimals, leaves_out=leaves_out)
    return [
        decide.nameless(n) if column is None else decide.column(n, column, odd[n], groups.get(n, []))
        for n, column in enumerate(columns)
    ]


def _odd(n: int, column: ColumnFormat | None, delimiter: str, *, is_sound: bool) -> str:
    """Return SQL that tells values that aren't written as the loader wants them."""
    text = f"c{n}"
    if column is None:
        return "false"
    kind = kind_of(column)
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
        if filled == 0:
            return Verdict(note="an empty column without a name was left out")
        if n == 0 and filled == whole:
            return Verdict(note="an index column without a name was left out")
        first = self.table.groups(n)[0]
        return Verdict(
            problem=f"column {n + 1} has no name in the header, but {filled:,} values, the first"
            f" {first.example!r} (line {first.line}). Give it its name, or take it out."
        )

    def column(self, n: int, column: ColumnFormat, odd: int, groups: list[Group]) -> Verdict:
        kind = kind_of(column)
        if kind in DATES:
            return self._dates(n, column, odd)
        if kind in NUMBERS:
            return self._numbers(n, column, odd, groups)
        if not odd:
            return Verdict()
        if kind == "text" and column.is_personal:
            first = next(g for g in groups if forms.has_lost_digits(g.example))
            return Verdict(
                note=f"{odd:,} values have lost digits in a spreadsheet, the first {first.example!r}"
                f" (line {first.line}); nothing after staging reads them"
            )
        return self._verdict(column, Decision(), groups, odd)

    def _dates(self, n: int, column: ColumnFormat, odd: int) -> Verdict:
        days = self.table.days(n, is_timestamp=kind_of(column) == "moment")
        order = judge_dates(days)
        if order.problem:
            return Verdict(problem=order.problem)
        if not odd and not (order.is_day_first and kind_of(column) == "day"):
            return Verdict()
        notes = ["read day first, since some can't be read month first"] if order.is_day_first else []
        if serials := serial_note(text for _, text in days):
            notes.append(serials)
        decision = Decision(date=(DAY_FIRST if order.is_day_first else MONTH_FIRST,))
        groups = self.table.groups(n) if odd else []
        return self._verdict(column, decision, groups, odd, "; ".join(notes) or None)

    def _numbers(self, n: int, column: ColumnFormat, odd: int, groups: list[Group]) -> Verdict:
        if kind_of(column) != "whole number" and is_grouped_by_points(self.table, n):
            return Verdict(problem=two_readings(self.table.groups(n)))
        sign, problem = decide_commas(
            groups,
            is_parted_by_comma=self.table.delimiter == ",",
            has_comma_decimals=self.has_comma_decimals,
        )
        lost = next((g for g in groups if forms.has_lost_digits(g.example)), None)
        if lost and kind_of(column) == "whole number":
            problem = (
                f"a spreadsheet has dropped digits: {lost.example!r} (line {lost.line}). Export it again with"
                " the column as text."
            )
        factor = note = None
        if not problem and column.unit in ("share", "percent") and kind_of(column) == "number":
            factor, note, problem = _scale(self.table, n, str(column.unit), is_comma=sign == ",")
        if problem:
            return Verdict(problem=problem)
        if not odd and not note:
            return Verdict()
        return self._verdict(column, Decision(decimal=sign, factor=factor), groups, odd, note)

    def _verdict(
        self, column: ColumnFormat, decision: Decision, groups: list[Group], odd: int, note: str | None = None
    ) -> Verdict:
        """Hold a decision against all ways of writing: too many that can't be read refuse the file."""
        read = readable(column, decision)
        unread = [g for g in groups if not read(g.example) and g.example.strip()]
        missing = [g for g in unread if g.example.strip().lower() in NO_VALUE]
        if kind_of(column) == "text":
            missing = [g for g in groups if g.example.strip().lower() in NO_VALUE]
        unread = [g for g in unread if g not in missing]
        n_missing, count = sum(g.count for g in missing), sum(g.count for g in unread)
        if column.is_required and n_missing > self.most and not self.leaves_out:
            return Verdict(
                problem=f"{n_missing:,} of {self.table.rows:,} values are words for no value, the first"
                f" {missing[0].example!r} (line {missing[0].line}), but each row must have one. Fill them in,"
                " or let `--leave-out-missing` leave those rows out."
            )
        if count > self.most:
            first, kind = unread[0], kind_of(column)
            is_unit = kind == "number" and column.unit in ("share", "percent")
            return Verdict(
                problem=f"{count:,} of {self.table.rows:,} values can't be read, the first {first.example!r}"
                f" (line {first.line}). Expected {FORMS[str(column.unit) if is_unit else kind]}."
                f" {_what_to_do(first.example, kind)}"
            )
        notes = [note] if note else []
        if missing:
            notes.append(
                f"{n_missing:,} values read as missing, the first {missing[0].example!r}"
                f" (line {missing[0].line})"
                + ("; the build will reject their rows" if column.is_required and not self.leaves_out else "")
            )
        # What can't be read at all stays as it is: the build quarantines those rows.
        said = decision.model_copy(update={"missing": tuple(g.example for g in missing)})
        return Verdict(said if notes or count < odd else None, "; ".join(notes) or None)


def readable(column: ColumnFormat, decision: Decision) -> Callable[[str], bool]:
    """Return a function that tells whether a decision makes a value of a text."""
    convert = converter(column, decision)

    def read(text: str) -> bool:
        try:
            return bool(convert(text).text)
        except ValueProblem:
            return False

    return read


def decide_commas(
    groups: Sequence[Group], *, is_parted_by_comma: bool, has_comma_decimals: bool = False
) -> tuple[str, str | None]:
    """Find out which sign stands before the decimals, or why that can't be told.

    `is_parted_by_comma` is a file whose values are parted by commas, as Kaggle's are, whose decimals follow a
    point; `has_comma_decimals` one with a column that has the comma before its decimals beyond doubt.
    """
    point, comma = _comma_evidence(groups)
    if point and comma:
        return ".", (
            f"{point.example!r} (line {point.line}) has the point before its decimals, {comma.example!r}"
            f" (line {comma.line}) the comma. Write all numbers the same way."
        )
    if point or comma:
        return "," if comma else ".", None
    doubtful = next(
        (g for g in groups if "," in g.example or (has_comma_decimals and "." in g.example)), None
    )
    if doubtful and not is_parted_by_comma:
        return ".", (
            f"{doubtful.example!r} (line {doubtful.line}) can be read as thousands and as decimals, and no"
            " other value tells which. Write the numbers without marks between thousands."
        )
    return ".", None


def _comma_evidence(groups: Sequence[Group]) -> tuple[Group | None, Group | None]:
    """Return the first value that only the point, and the first that only the comma makes a number."""
    point = comma = None
    for group in groups:
        text = CURRENCY.sub("", group.example).strip().removesuffix("%")
        with_point = forms.number(text) is not None
        with_comma = forms.number(text, is_comma_decimal=True) is not None
        if with_point and not with_comma:
            point = point or group
        elif with_comma and not with_point:
            comma = comma or group
    return point, comma


def is_grouped_by_points(table: TextTable, n: int) -> bool:
    """Tell whether in a column of amounts every point may as well stand between thousands."""
    grouped = f"regexp_full_match(c{n}, '{GROUPED_BY_POINTS}')"
    # Most columns have another amount on their first lines, which ends the reading.
    if table.ask("1", f"where (contains(c{n}, '.') or contains(c{n}, ',')) and not {grouped} limit 1"):
        return False
    return table.count_where(grouped)[0] >= FEWEST_GROUPED


def two_readings(groups: Sequence[Group]) -> str:
    """Say that points may part thousands or stand before decimals."""
    first = next(g for g in groups if "." in g.example)
    return (
        f"{first.example!r} (line {first.line}) and all others with a point have three digits behind it:"
        " thousands and decimals can't be told apart. Write the numbers without marks between thousands, or"
        f" say in a mapping which sign is the `decimal` one ({PROGRAM} import --propose)."
    )


def _scale(
    table: TextTable, n: int, unit: str, *, is_comma: bool
) -> tuple[str | None, str | None, str | None]:
    """Tell shares from percentages (all values are below 1, or none is): a factor, a note and a problem."""
    text = f"replace(replace(c{n}, '.', ''), ',', '.')" if is_comma else f"c{n}"
    # NaN is a double, too, and above all others.
    value = f"abs(try_cast({text} as double))"
    value = f"case when isfinite({value}) then {value} end"
    below, one, above = table.count_where(f"{value} > 0 and {value} < 1", f"{value} = 1", f"{value} > 1")
    if below and above:
        return (
            None,
            None,
            f"{below:,} values are below 1 and {above:,} above: shares and percentages can't be told"
            " apart. Write all of them as shares, or with a percent sign.",
        )
    if unit == "share":
        return ("0.01", "taken for percentages, since none is below 1", None) if above else (None, None, None)
    if one and not above and not below:
        return None, None, "all values are 1, which may be 1 % or all. Write them with a percent sign."
    return ("100", "taken for shares, since none is above 1", None) if below else (None, None, None)


def _what_to_do(example: str, kind: str) -> str:
    sign = CURRENCY.search(example)
    if kind == "postal code" and sign:
        return "Write the digits alone, as text: a spreadsheet has taken the code for an amount."
    if sign and sign[0].strip().upper() not in DOLLARS:
        return (
            "Take the sign off if the amounts are meant as they are; else import the file by a mapping that"
            f" says by which `factor` to multiply ({PROGRAM} import --propose)."
        )
    if kind in NUMBERS and re.search(r"\d\s*[kKmM]$", example.strip()):
        return "Write the numbers in full: 59000 instead of 59k."
    if kind in NUMBERS and re.search(r"\d,\d\d?,\d", example):
        return "Write the numbers without marks between thousands: these don't group three digits."
    return f"Mend them in the file, or say in a mapping how they are meant ({PROGRAM} import --propose)."
