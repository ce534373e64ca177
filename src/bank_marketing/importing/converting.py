"""The values of one column, brought by a decision into the form that the raw file has."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any, NamedTuple

from bank_marketing.importing import values as forms
from bank_marketing.importing.values import NUMBERS, kind_of
from bank_marketing.seeds.formats import ColumnFormat
from bank_marketing.seeds.grammar import decimal_places
from bank_marketing.sql_text import sql_text

# What checks decisions takes long to import, and a file as it should be needs none.
if TYPE_CHECKING:
    from bank_marketing.importing.decisions import Decision

# What a decision may say of dates in any form: which of two numbers before a year is the day.
DAY_FIRST, MONTH_FIRST = "day first", "month first"
ORDERS = (DAY_FIRST, MONTH_FIRST)
# What a mapping may write in a date's pattern, longest first, and what Python calls it.
DATE_PARTS = {
    **{"YYYY": "%Y", "YY": "%y", "Mon": "%b", "MM": "%m", "M": "%m", "DD": "%d", "D": "%d"},
    **{"hh": "%H", "mm": "%M", "ss": "%S", "AM": "%p"},
}
# The parts without which a kind of date isn't whole; Python would put the first of the year in their place.
NEEDED_PARTS = {"month and year": ("year", "month"), "month": ("month",)}
PROBE = datetime(2022, 11, 23)
SIGNS = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
_CODES = "USD|EUR|GBP|CHF|JPY|INR|CNY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|HUF|VND|MXN|BRL|TRY|ZAR"
CURRENCY = re.compile(rf"(?i)US\$|[$€£¥₹]|(?<![A-Z])(?:{_CODES})(?![A-Z])")
# Thousands of a currency: kEUR, TEUR, k€.
THOUSANDS = re.compile(rf"(?<![A-Za-z])[kKTM](?=[$€£]|(?i:{_CODES})(?![A-Za-z]))")
# How values are mostly written, whatever is said, and what is put before them.
PLAIN = {
    "text": ("", "''"),
    "whole number": ("-?[1-9][0-9]{0,17}|0", "''"),
    "number": ("-?[0-9]+([.][0-9]+)?", "''"),
    "money": ("-?[0-9]+([.][0-9]+)?", "'$'"),
    "moment": ("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", "''"),
}


class ValueProblem(ValueError):  # noqa: N818, since it isn't an error of ours but a property of a value
    """A value that can't be brought into form; the message says what was expected and what to do."""


class Converted(NamedTuple):
    """A value in the raw file's form, empty for no value, and the declared bound that it breaks, if any."""

    text: str
    broken: str | None


def plain_sql(column: ColumnFormat, decision: Decision, text: str) -> tuple[str, str] | None:
    """Return where and how SQL reads a column's plainly written values as `converter` does; None: nowhere."""
    kind, said = kind_of(column), decision.model_dump(exclude_defaults=True)
    is_order = not decision.date or decision.date[0] in ORDERS
    if not said.keys() <= {"column", "missing", "decimal", "date"} or kind not in PLAIN or not is_order:
        return None
    (pattern, before), number = PLAIN[kind], text
    if decision.decimal == ",":
        pattern, number = pattern.replace("[.]", ","), f"replace({text}, ',', '.')"
    condition = f"regexp_full_match({text}, '{pattern}')" if pattern else "true"
    if kind == "moment":
        condition += f" and try_cast({text} as timestamp) is not null"
    if decision.missing:
        condition += f" and {text} not in ({', '.join(map(sql_text, decision.missing))})"
    return condition, f"{before} || {number}"


def converter(column: ColumnFormat, decision: Decision) -> Callable[..., Converted]:
    """Return a function that writes what a row has in the columns of a decision as the raw file has it.

    It takes one text for each of `decision.columns` and raises `ValueProblem` for what can't be read. It
    remembers the currency that it saw first, since a column has one. Keys to be numbered stay as they are.
    """
    read = _reader(column, decision)

    def convert(*texts: str) -> Converted:
        if text := read(*texts):
            return Converted(text, None if decision.is_numbered else _broken_bound(column, text))
        return Converted("", "missing" if column.is_required else None)

    return convert


def readable(column: ColumnFormat, decision: Decision) -> Callable[[str], bool]:
    """Return a function that tells whether a decision makes a value of a text."""
    convert = converter(column, decision)

    def read(text: str) -> bool:
        with suppress(ValueProblem):
            return bool(convert(text).text)
        return False

    return read


def _reader(column: ColumnFormat, decision: Decision) -> Callable[..., str]:
    kind = kind_of(column)
    if decision.key_of:
        return lambda *texts: "" if {"", *decision.missing} & set(texts) else "/".join(texts)
    if kind in NUMBERS and not decision.numbered and not decision.years_since:
        return _Numbers(column, decision).read
    write = _writer(column, decision, kind)

    def read(*texts: str) -> str:
        text = _replaced(" ".join(filter(None, texts)), decision)
        return write(text) if text else ""

    return read


def _replaced(text: str, decision: Decision) -> str:
    """Take codes for what they stand for, and words for no value out."""
    if text in decision.missing or (not text and text not in decision.values):
        return ""
    if not decision.values:
        return text
    if text not in decision.values:
        raise ValueProblem(f"expected one of the codes {', '.join(decision.values)}; add it to `values`")
    return decision.values[text]


def _writer(column: ColumnFormat, decision: Decision, kind: str) -> Callable[[str], str]:
    # What `values` gives is written in our own form, not the export's.
    patterns = () if decision.values else decision.date
    if decision.numbered or kind == "text":
        return str
    if decision.years_since:
        until = date.fromisoformat(decision.years_since)
        return lambda text: _years(text, patterns, until)
    if kind in ("day", "moment", "date") or (patterns and kind in NEEDED_PARTS):
        return lambda text: date_text(_moment(text, patterns), kind)
    allowed = column.allowed_values
    one_of = f"one of {', '.join(map(str, allowed))}; say what it stands for in `values`"
    readings: dict[str, tuple[Callable[[str], str | None], str]] = {
        "yes or no": (lambda text: forms.boolean(text, allowed or (0, 1)), one_of),
        "one of the allowed values": (lambda text: forms.code(text, allowed), one_of),
        "postal code": (forms.zip_code, "a postal code of five digits; leave the column out if they differ"),
        "month and year": (forms.month_year, "12/2022; or say how it is written: `date: MM/YYYY`"),
        "month": (
            forms.month_name,
            "Jan, January or 1; say in `values` what it stands for, or `date: MM/YYYY`",
        ),
    }
    read, expected = readings[kind]

    def write(text: str) -> str:
        if (found := read(text)) is None:
            raise ValueProblem(f"expected {expected}")
        return f"{int(found)}.0" if kind == "postal code" else found

    return write


class _Numbers:
    """Reads numbers and amounts, computes what the decision says, and writes them in the column's form.

    All amounts of a column are of one currency: the declared one, unless told.
    """

    def __init__(self, column: ColumnFormat, decision: Decision) -> None:
        self.column, self.decision, self.kind = column, decision, kind_of(column)
        # What `values` gives is written in our own form, not the export's.
        self.decimal = "." if decision.values else decision.decimal
        self.factor = Fraction(decision.factor or 1)
        self.first_currency = ""

    def read(self, *texts: str) -> str:
        """Read the columns of the source, then those of sign and currency."""
        said = self.decision
        others = sum(other is not None for other in (said.sign_from, said.currency_from))
        own, rest = texts[: len(texts) - others], list(texts[len(texts) - others :])
        if said.quotient or said.minus:
            first, second = (_replaced(text, said) for text in own)
            if not (first and second) and not (said.minus and (first or second)):
                return ""
            a, b = (Fraction(self.number(text)[0]) if text else Fraction(0) for text in (first, second))
            if said.quotient and not b:
                raise ValueProblem("expected a number other than 0 to divide by; say it in `missing`")
            value = (a / b if said.quotient else a - b) * self.factor
        else:
            text = _replaced(" ".join(filter(None, own)), said)
            if not text:
                return ""
            plain, has_percent = self.number(text)  # a percent sign says the unit itself
            if not rest and (self.factor == 1 or has_percent):
                return self.write(plain, is_computed=has_percent)
            value = Fraction(plain) * (1 if has_percent else self.factor)
        if said.sign_from:
            word = rest.pop(0)
            if word not in (*said.sign_from.negative, *said.sign_from.positive):
                raise ValueProblem(
                    f"expected a sign: {word!r} is neither in `negative` nor in `positive`; add it"
                )
            value = -value if word in said.sign_from.negative else value
        if said.currency_from:
            rates, code = said.currency_from.rates, rest.pop()
            if code not in rates:
                raise ValueProblem(
                    f"expected one of {', '.join(rates)}: say in `rates` what {code!r} is worth"
                )
            value *= Fraction(rates[code])
        return self.write(self._rounded(value), is_computed=True)

    def number(self, text: str) -> tuple[Decimal, bool]:
        """Read one number; return it and whether it had a percent sign."""
        plain = self._without_currency(text.strip())
        if "," in plain and self.decimal is None:
            raise ValueProblem(
                """expected a number; say what its comma means: `decimal: ","` or `decimal: "."`"""
            )
        has_percent = plain.endswith("%")
        found = forms.number(plain.removesuffix("%"), is_comma_decimal=self.decimal == ",")
        if found is None and self.column.key_of:
            raise ValueProblem(
                "expected a whole number; if the bank's keys are none, say `numbered: true`, which numbers"
                " them and keeps which is which"
            )
        if found is None:
            sign = self.decision.decimal or "."
            raise ValueProblem(
                f"expected a number (decimal sign {sign!r}); if it stands for no value, add it to `missing`"
            )
        if self.column.data_type != "double" and forms.has_lost_digits(found):
            raise ValueProblem(
                "expected all digits of the number; format the column as one and export it again"
            )
        is_hundredth = has_percent and self.column.unit != "percent"
        return Decimal(found).scaleb(-2) if is_hundredth else Decimal(found), has_percent

    def write(self, number: Decimal, *, is_computed: bool = False) -> str:
        """Write a number in the column's form; what is computed has no zeros at its end."""
        if self.kind == "whole number":
            if number != number.to_integral_value():
                raise ValueProblem("expected a whole number; `round` says how what is computed is rounded")
            return str(int(number))
        text = f"{number.normalize():f}" if is_computed else format(number, "f")
        return f"${text}" if self.kind == "money" else text

    def _rounded(self, value: Fraction) -> Decimal:
        """Round what is computed to what the column holds; for whole numbers only where it is said how."""
        places = {"money": 2, "whole number": 0}.get(self.kind, decimal_places(self.column))
        if places is None or (self.kind == "whole number" and self.decision.round is None):
            return Decimal(value.numerator) / Decimal(value.denominator)
        shifted = value * 10**places
        # Of the fraction itself, since 60/12 in binary decimals may be 4.999...
        half_up = int(abs(shifted) + Fraction(1, 2)) * (1 if shifted > 0 else -1)
        whole = {"down": floor(shifted), "up": ceil(shifted)}.get(self.decision.round or "", half_up)
        return Decimal(whole).scaleb(-places)

    def _without_currency(self, text: str) -> str:
        found, unit, said = currency_in(text), self.column.unit or "", self.decision
        if found is None:
            return text
        if foreign_currency(self.column, text) and said.factor is None and said.currency_from is None:
            raise ValueProblem(
                f"expected USD; say by `factor` how many USD one {found} is, or `factor: 1` if the amounts"
                " are meant as they are"
                if unit.startswith("USD")
                else f"expected {unit or 'a number'} and no amount of {found}; map another column, or say"
                " `factor: 1` if the sign means nothing"
            )
        self.first_currency = self.first_currency or found
        if found != self.first_currency and said.currency_from is None:
            raise ValueProblem(f"expected {self.first_currency} as before; bring them into one currency")
        return CURRENCY.sub("", text)


def foreign_currency(column: ColumnFormat, text: str) -> str | None:
    """Return the currency that an amount bears, such as EUR, if the column declares another one.

    None without a sign, and where the unit is whichever currency the bank has.
    """
    found = currency_in(text)
    unit = column.unit or ""
    return None if unit.startswith("currency") or (found and unit.startswith(found)) else found


def currency_in(text: str) -> str | None:
    """Return the code of the currency that stands in a text."""
    match = CURRENCY.search(THOUSANDS.sub("", text))
    return SIGNS.get(found := match[0].upper(), found) if match else None


def _years(text: str, patterns: Sequence[str], until: date) -> str:
    if not patterns and re.fullmatch(r"(18|19|20)\d\d(\.0)?", text):
        return str(until.year - int(text[:4]))
    since = _moment(text, patterns).date()
    years = until.year - since.year - ((until.month, until.day) < (since.month, since.day))
    if years < 0:
        raise ValueProblem(f"expected a day before {until}; say a later day in `years_since`")
    return str(years)


def _moment(text: str, patterns: Sequence[str]) -> datetime:
    if patterns and patterns[0] not in ORDERS:
        tried = [(text, pattern) for pattern in patterns]
        # A single pattern reads any sign between the numbers; of several each reads its own.
        tried += [(_one_separator(text), _one_separator(patterns[0]))] if len(patterns) == 1 else []
        for written, pattern in tried:
            with suppress(ValueError):
                return datetime.strptime(written, python_pattern(pattern))
        raise ValueProblem(f"expected a date written {' or '.join(patterns)}")
    found = forms.written_date(text)
    is_open = found and found.form == "two numbers and a year" and not patterns
    if found and is_open and found.first != found.last:
        raise ValueProblem(
            "day and month can't be told apart; say which stands first: `date: day first` or"
            " `date: month first`"
        )
    moment = found.read(is_day_first=DAY_FIRST in patterns) if found else None
    if moment is None:
        raise ValueProblem("expected YYYY-MM-DD; say how dates are written, for example `date: DD.MM.YYYY`")
    return moment


def _one_separator(text: str) -> str:
    """Write a date's parts with one sign between them, whichever of the three it is."""
    return re.sub(r"(?<=[0-9A-Za-z])[-/.](?=[0-9A-Za-z])", "-", text)


def python_pattern(pattern: str) -> str:
    """Return a date's pattern as Python has it: %d.%m.%Y for DD.MM.YYYY."""
    result = re.sub("|".join(DATE_PARTS), lambda part: DATE_PARTS[part[0]], pattern.replace("%", "%%"))
    # Hours before noon and after it are counted to twelve.
    return result.replace("%H", "%I") if "%p" in result else result


def patterns_problem(patterns: Sequence[str], kind: str) -> str | None:
    """Say which parts of a date patterns lack or don't know, or that two of them read the same texts."""
    known = f"Known are {', '.join(DATE_PARTS)}; or say `day first` or `month first`"
    for pattern in patterns:
        python = python_pattern(pattern)
        if python == pattern.replace("%", "%%"):
            return f"it names no part of a date. {known}"
        named = re.findall("|".join(DATE_PARTS), pattern)
        codes = [DATE_PARTS[part] for part in named]
        if twice := [part for part, code in zip(named, codes, strict=True) if codes.count(code) > 1]:
            return f"it names a part twice: {', '.join(twice)}. {known}"
        with suppress(ValueError):  # parts of which Python makes no date
            read = datetime.strptime(PROBE.strftime(python), python)
            needed = NEEDED_PARTS.get(kind, ("year", "month", "day"))
            if missing := [part for part in needed if getattr(read, part) != getattr(PROBE, part)]:
                return f"it names no {' and no '.join(missing)}. {known}"
        # A single letter or a word may well stand in a date: 2024-01-31T12:30, 12:30 Uhr.
        rest = re.sub("|".join(DATE_PARTS), " ", pattern)
        if unknown := [run[0] for run in re.finditer(r"([A-Za-z])\1+", rest)]:
            return f"no part of a date is {', '.join(unknown)}. {known}"
    shapes = {re.sub(r"MM?|DD?|hh|mm|ss", "9", pattern) for pattern in patterns}
    if len(shapes) < len(patterns):
        return "two of them read the same texts, so day and month could change places. Keep one"
    return None


def date_text(moment: datetime, kind: str) -> str:
    """Write a moment as the raw file has the kind of column."""
    if kind == "day":
        return f"{moment.month}/{moment.day}/{moment.year:04}"
    if kind == "month and year":
        return f"{moment:%m}/{moment.year:04}"
    if kind == "month":
        return forms.MONTHS[moment.month - 1]
    return moment.date().isoformat() if kind == "date" else moment.isoformat(sep=" ", timespec="seconds")


def _broken_bound(column: ColumnFormat, text: str) -> str | None:
    if not column.not_zero and column.minimum is None and column.maximum is None:
        return None
    kind = kind_of(column)
    if kind in ("day", "month and year"):
        text = f"{datetime.strptime(text, '%m/%d/%Y' if kind == 'day' else '%m/%Y'):%Y-%m-%d}"

    def read(value: object) -> Any:
        return str(value)[:10] if kind in forms.DATES else Decimal(str(value).removeprefix("$"))

    if column.not_zero and read(text) == 0:
        return "zero"
    if column.minimum is not None and read(text) < read(column.minimum):
        return f"below {column.minimum}"
    if column.maximum is not None and read(text) > read(column.maximum):
        return f"above {column.maximum}"
    return None
