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
from bank_marketing.seeds.formats import ColumnFormat
from bank_marketing.seeds.grammar import decimal_places
from bank_marketing.sql_text import sql_text

if TYPE_CHECKING:
    from bank_marketing.importing.mapping import CurrencyFrom, Decision

WHOLE_NUMBERS = ("integer", "bigint", "smallint", "tinyint", "hugeint")
# What a decision may say of dates in any form: which of two numbers before a year is the day.
DAY_FIRST, MONTH_FIRST = "day first", "month first"
ORDERS = (DAY_FIRST, MONTH_FIRST)
# What a mapping may write in a date's pattern, longest first, and what Python calls it.
DATE_PARTS = {
    **{"YYYY": "%Y", "YY": "%y", "Mon": "%b", "MM": "%m", "M": "%m", "DD": "%d", "D": "%d"},
    **{"hh": "%H", "mm": "%M", "ss": "%S", "AM": "%p"},
}
# The parts without which a kind of date isn't whole; Python would put the first of the year in their place.
_DAY_PARTS = {"year": "%Y%y", "month": "%m%b", "day": "%d"}
NEEDED_PARTS = {
    **{"day": _DAY_PARTS, "moment": _DAY_PARTS, "date": _DAY_PARTS},
    **{"month and year": {"year": "%Y%y", "month": "%m%b"}, "month": {"month": "%m%b"}},
}
SIGNS = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
_CODES = "USD|EUR|GBP|CHF|JPY|INR|CNY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|HUF|VND|MXN|BRL|TRY|ZAR"
CURRENCY = re.compile(rf"US\$|[$€£¥₹]|(?<![A-Za-z])(?:{_CODES})(?![A-Za-z])")
# Thousands of a currency: kEUR, TEUR, k€.
THOUSANDS = re.compile(rf"(?<![A-Za-z])[kKTM](?=[$€£]|(?:{_CODES})(?![A-Za-z]))")
KIND_OF_FORMAT = {
    **{"money": "money", "zip": "postal code", "us_date": "day"},
    **{"month_year": "month and year", "month_name": "month"},
}


# How values of most columns are written, whatever is said, and what is put before them.
PLAIN = {
    "whole number": ("-?[1-9][0-9]{0,17}|0", ""),
    "number": ("-?[0-9]+([.][0-9]+)?", ""),
    "money": ("-?[0-9]+([.][0-9]+)?", "$"),
}
PLAIN_DAYS = {DAY_FIRST: "DD{0}MM{0}YYYY", MONTH_FIRST: "MM{0}DD{0}YYYY"}


class ValueProblem(ValueError):  # noqa: N818, since it isn't an error of ours but a property of a value
    """A value that can't be brought into form; the message says what was expected and what to do."""


class Converted(NamedTuple):
    """A value in the raw file's form, empty for no value, and the declared bound that it breaks, if any."""

    text: str
    broken: str | None


class PlainSql(NamedTuple):
    """SQL that reads a text as `converter` does where a condition holds; of dates also the day."""

    condition: str
    text: str
    day: str | None = None


def plain_sql(column: ColumnFormat, decision: Decision, text: str) -> PlainSql | None:
    """Return how SQL reads a column of plainly written values; None if it is no such column."""
    kind = kind_of(column)
    others = decision.model_dump(exclude_defaults=True).keys() - {"column", "missing", "date", "decimal"}
    if decision.column is None or others:
        return None
    found = PlainSql("true", text) if kind == "text" else None
    if kind == "one of the allowed values":
        found = PlainSql(f"{text} in ({', '.join(map(sql_text, column.allowed_values))})", text)
    if kind in PLAIN:
        pattern, before = PLAIN[kind]
        is_comma = decision.decimal == ","
        pattern = pattern.replace("[.]", ",") if is_comma else pattern
        number = f"replace({text}, ',', '.')" if is_comma else text
        found = PlainSql(f"regexp_full_match({text}, '{pattern}')", f"{sql_text(before)} || {number}")
    elif kind in ("day", "moment", "date"):
        found = _plain_dates(kind, decision.date, text)
    if found and (missing := ", ".join(map(sql_text, decision.missing))):
        return found._replace(condition=f"{found.condition} and {text} not in ({missing})")
    return found


def _plain_dates(kind: str, patterns: Sequence[str], text: str) -> PlainSql | None:
    if not patterns or patterns[0] in ORDERS:
        days = ["YYYY-MM-DD", *(PLAIN_DAYS[order].format(sign) for order in patterns for sign in "./-")]
        patterns = [day + time for day in days for time in ("", " hh:mm", " hh:mm:ss")]
    shapes = [re.sub("MM|DD|hh|mm|ss", "99", pattern.replace("YYYY", "9999")) for pattern in patterns]
    sure = [(p, s) for p, s in zip(patterns, shapes, strict=True) if not re.search("[A-Za-z%]", s)]
    if not sure:
        return None
    formats = ", ".join(sql_text(python_pattern(pattern)) for pattern, _ in sure)
    forms_of = "|".join(re.escape(shape).replace("9", "[0-9]") for _, shape in sure)
    moment = f"try_strptime({text}, [{formats}])"
    written = {
        "day": f"concat(month({moment}), '/', day({moment}), '/', year({moment}))",
        "date": f"strftime({moment}, '%Y-%m-%d')",
        "moment": f"strftime({moment}, '%Y-%m-%d %H:%M:%S')",
    }[kind]
    condition = f"regexp_full_match({text}, {sql_text(forms_of)}) and {moment} is not null"
    return PlainSql(condition, written, f"cast({moment} as date)")


def kind_of(column: ColumnFormat) -> str:
    """Return what the values of a raw column are, as people call it: money, day, whole number, text ..."""
    data_type = column.data_type.lower()
    if column.text_format in KIND_OF_FORMAT:
        return KIND_OF_FORMAT[column.text_format]
    if data_type in ("boolean", "timestamp", "date"):
        return {"boolean": "yes or no", "timestamp": "moment"}.get(data_type, data_type)
    if data_type in WHOLE_NUMBERS:
        return "whole number"
    if data_type in ("double", "float", "real") or data_type.startswith("decimal"):
        return "number"
    return "one of the allowed values" if column.allowed_values else "text"


def converter(column: ColumnFormat, decision: Decision) -> Callable[..., Converted]:
    """Return a function that writes what a row has in the columns of a decision as the raw file has it.

    It takes one text for each of `decision.columns` and raises `ValueProblem` for what can't be read. It
    remembers the currency that it saw first, since a column has one. Keys to be numbered stay as they are.
    """
    read = _reader(column, decision)
    has_bound = column.not_zero or column.minimum is not None or column.maximum is not None

    def convert(*texts: str) -> Converted:
        text = read(*texts)
        if not text:
            return Converted(text, "missing" if column.is_required else None)
        return Converted(
            text, _broken_bound(column, text) if has_bound and not decision.is_numbered else None
        )

    return convert


def _reader(column: ColumnFormat, decision: Decision) -> Callable[..., str]:
    kind = kind_of(column)
    if decision.key_of:
        return lambda *texts: "" if {"", *decision.missing} & set(texts) else "/".join(texts)
    if kind in ("whole number", "number", "money") and not decision.numbered and not decision.years_since:
        return _Numbers(column, decision).read
    write = _writer(column, decision, kind)
    return lambda *texts: _replaced(" ".join(filter(None, texts)), decision, write)


def _replaced(text: str, decision: Decision, write: Callable[[str], str]) -> str:
    """Take codes for what they stand for, and words for no value out."""
    if text in decision.missing or (not text and text not in decision.values):
        return ""
    if decision.values:
        if text not in decision.values:
            raise ValueProblem(f"expected one of the codes {', '.join(decision.values)}; add it to `values`")
        text = decision.values[text]
    return write(text) if text else ""


def _writer(column: ColumnFormat, decision: Decision, kind: str) -> Callable[[str], str]:
    if decision.numbered or kind == "text":
        return str
    if kind in ("yes or no", "one of the allowed values"):
        return lambda text: _allowed(text, column)
    if kind == "postal code":
        return _postal_code
    # What `values` gives is written in our own form, not the export's.
    patterns = () if decision.values else decision.date
    if decision.years_since:
        until = date.fromisoformat(decision.years_since)
        return lambda text: str(_years(text, patterns, until))
    if not patterns and kind in ("month", "month and year"):
        return lambda text: _month(text, kind)
    return lambda text: date_text(_moment(text, patterns, kind), kind)


def _allowed(text: str, column: ColumnFormat) -> str:
    if column.data_type == "boolean":
        found = forms.boolean(text, column.allowed_values or (0, 1))
    else:
        found = forms.code(text, column.allowed_values)
    if found is None:
        expected = ", ".join(map(str, column.allowed_values))
        raise ValueProblem(f"expected one of {expected}; say what it stands for in `values`")
    return found


def _postal_code(text: str) -> str:
    found = forms.zip_code(text)
    if found is None:
        raise ValueProblem(
            "expected a postal code of five digits; leave the column out if the bank has others"
        )
    return f"{int(found)}.0"


def _month(text: str, kind: str) -> str:
    found = forms.month_name(text) if kind == "month" else forms.month_year(text)
    if found is None:
        such = "Jan, January or 1; say what it stands for in `values`," if kind == "month" else "12/2022;"
        raise ValueProblem(f"expected {such} or say how it is written: `date: MM/YYYY`")
    return found


class _Numbers:
    """Reads numbers and amounts, computes what the decision says, and writes them in the column's form.

    All amounts of a column are of one currency: the declared one, unless told.
    """

    def __init__(self, column: ColumnFormat, decision: Decision) -> None:
        self.column, self.decision, self.kind = column, decision, kind_of(column)
        # What `values` gives is written in our own form, not the export's.
        self.is_comma = decision.decimal == "," and not decision.values
        self.is_doubtful = decision.decimal is None and not decision.values
        self.factor = Fraction(decision.factor or 1)
        self.first_currency = ""

    def read(self, *texts: str) -> str:
        decision = self.decision
        if decision.quotient or decision.minus:
            first, second = (_replaced(text, decision, str) for text in texts[:2])
            if not (first and second) and not (decision.minus and (first or second)):
                return ""
            a, b = (Fraction(self.number(text)[0]) if text else Fraction(0) for text in (first, second))
            if decision.quotient and not b:
                raise ValueProblem("expected a number other than 0 to divide by; say it in `missing`")
            value, is_computed = (a / b if decision.quotient else a - b), True
            rest = texts[2:]
        else:
            others = sum(said is not None for said in (decision.sign_from, decision.currency_from))
            own, rest = texts[: len(texts) - others], texts[len(texts) - others :]
            text = _replaced(" ".join(filter(None, own)), decision, str)
            if not text:
                return ""
            plain, has_percent = self.number(text)
            if not rest and (self.factor == 1 or has_percent):
                return self.write(plain, is_computed=has_percent)
            value = Fraction(plain)
            is_computed = not has_percent  # a percent sign says the unit itself
        value *= self.factor if is_computed else 1
        if decision.sign_from:
            value, rest = self._signed(value, rest[0]), rest[1:]
        if decision.currency_from:
            value *= _rate(decision.currency_from, rest[0])
        return self.write(self._rounded(value), is_computed=True)

    def number(self, text: str) -> tuple[Decimal, bool]:
        """Read one number; return it and whether it had a percent sign."""
        plain = self._without_currency(text.strip())
        if "," in plain and self.is_doubtful:
            raise ValueProblem(
                """expected a number; say what its comma means: `decimal: ","` or `decimal: "."`"""
            )
        has_percent = plain.endswith("%")
        found = forms.number(plain.removesuffix("%"), is_comma_decimal=self.is_comma)
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
                "expected all digits of the number; format the column as a number and export it again"
            )
        is_hundredth = has_percent and self.column.unit != "percent"
        return Decimal(found).scaleb(-2) if is_hundredth else Decimal(found), has_percent

    def write(self, number: Decimal, *, is_computed: bool = False) -> str:
        """Write a number in the column's form; what is computed has no zeros at its end."""
        if self.kind == "whole number":
            if number != number.to_integral_value():
                raise ValueProblem("expected a whole number; `round` says how what is computed is rounded")
            return str(int(number))
        text = forms.plain(number) if is_computed else format(number, "f")
        return f"${text}" if self.kind == "money" else text

    def _rounded(self, value: Fraction) -> Decimal:
        """Round what is computed to what the column holds; for whole numbers only where it is said how."""
        places = 0 if self.kind == "whole number" else self._places()
        if places is None or (self.kind == "whole number" and self.decision.round is None):
            return Decimal(value.numerator) / Decimal(value.denominator)
        shifted = value * 10**places
        # Of the fraction itself, since 60/12 in binary decimals may be 4.999...
        half_up = int(abs(shifted) + Fraction(1, 2)) * (1 if shifted > 0 else -1)
        whole = {"down": floor(shifted), "up": ceil(shifted)}.get(self.decision.round or "", half_up)
        return Decimal(whole).scaleb(-places)

    def _places(self) -> int | None:
        return 2 if self.kind == "money" else decimal_places(self.column)

    def _signed(self, value: Fraction, word: str) -> Fraction:
        said = self.decision.sign_from
        if said and word in said.negative:
            return -value
        if said and word in said.positive:
            return value
        raise ValueProblem(f"expected a sign: {word!r} is neither in `negative` nor in `positive`; add it")

    def _without_currency(self, text: str) -> str:
        found = currency_in(text)
        if found is None:
            return text
        unit = self.column.unit or ""
        decision = self.decision
        is_told = decision.factor is not None or decision.currency_from is not None
        if foreign_currency(self.column, text) and not is_told:
            if not unit.startswith("USD"):
                raise ValueProblem(
                    f"expected {unit or 'a number'} and no amount of {found}; map another column, or say"
                    " `factor: 1` if the sign means nothing"
                )
            raise ValueProblem(
                f"expected USD; say by `factor` how many USD one {found} is, or `factor: 1` if the amounts"
                " are meant as they are"
            )
        self.first_currency = self.first_currency or found
        if found != self.first_currency and decision.currency_from is None:
            raise ValueProblem(
                f"expected {self.first_currency} as before; bring the amounts into one currency"
            )
        return CURRENCY.sub("", text)


def _rate(said: CurrencyFrom, code: str) -> Fraction:
    if code not in said.rates:
        raise ValueProblem(f"expected one of {', '.join(said.rates)}: say in `rates` what {code!r} is worth")
    return Fraction(said.rates[code])


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
    return SIGNS.get(match[0], match[0]) if match else None


def _years(text: str, patterns: Sequence[str], until: date) -> int:
    if not patterns and re.fullmatch(r"(18|19|20)\d\d(\.0)?", text):
        return until.year - int(text[:4])
    since = _moment(text, patterns, "day").date()
    years = until.year - since.year - ((until.month, until.day) < (since.month, since.day))
    if years < 0:
        raise ValueProblem(f"expected a day before {until}; say a later day in `years_since`")
    return years


def _moment(text: str, patterns: Sequence[str], kind: str) -> datetime:
    if patterns and patterns[0] not in ORDERS:
        tried = [(text, pattern) for pattern in patterns]
        # A single pattern reads any sign between the numbers; of several each reads its own.
        tried += [(_one_separator(text), _one_separator(patterns[0]))] if len(patterns) == 1 else []
        for written, pattern in tried:
            with suppress(ValueError):
                return datetime.strptime(written, python_pattern(pattern))
        raise ValueProblem(f"expected a date written {' or '.join(patterns)}")
    written_date = forms.written_date(text)
    is_open = written_date and written_date.form == "two numbers and a year" and not patterns
    if written_date and is_open and written_date.first != written_date.last:
        raise ValueProblem(
            "day and month can't be told apart; say which stands first: `date: day first` or"
            " `date: month first`"
        )
    moment = written_date.read(is_day_first=DAY_FIRST in patterns) if written_date else None
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


def check_patterns(patterns: Sequence[str], kind: str) -> None:
    """Refuse patterns that name not enough parts or unknown ones, or of which two read the same texts.

    Raises
    ------
    ValueError
        If so: what is missing or unknown, and the parts that are known.
    """
    for pattern in patterns:
        parts = "|".join(DATE_PARTS)
        found = "".join(DATE_PARTS[part] for part in re.findall(parts, pattern))
        missing = [
            name
            for name, marks in NEEDED_PARTS.get(kind, {}).items()
            if not any(mark in found for mark in re.findall("%.", marks))
        ]
        # A single letter or a word may well stand in a date: 2024-01-31T12:30, 12:30 Uhr.
        unknown = [run[0] for run in re.finditer(r"([A-Za-z])\1+", re.sub(parts, " ", pattern))]
        known = f"Known are {', '.join(DATE_PARTS)}; or say `day first` or `month first`"
        if not found:
            raise ValueError(f"it names no part of a date. {known}")
        if missing:
            raise ValueError(f"it names no {' and no '.join(missing)}. {known}")
        if unknown:
            raise ValueError(f"no part of a date is {', '.join(unknown)}. {known}")
    shapes = [re.sub(r"MM?|DD?|hh|mm|ss", "9", pattern) for pattern in patterns]
    if len(set(shapes)) < len(shapes):
        raise ValueError("two of them read the same texts, so day and month could change places. Keep one")


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
    value = _comparable(column, text)
    if column.not_zero and value == 0:
        return "zero"
    if column.minimum is not None and value < _bound(column.minimum):
        return f"below {column.minimum}"
    if column.maximum is not None and value > _bound(column.maximum):
        return f"above {column.maximum}"
    return None


def _comparable(column: ColumnFormat, text: str) -> Any:
    kind = kind_of(column)
    if kind in ("day", "month and year"):
        return datetime.strptime(text, "%m/%d/%Y" if kind == "day" else "%m/%Y").date()
    if kind in ("moment", "date"):
        return date.fromisoformat(text[:10])
    return Decimal(text.removeprefix("$"))


def _bound(bound: int | float | str) -> Any:
    return date.fromisoformat(bound) if isinstance(bound, str) else Decimal(str(bound))
