"""The values of one column of an export, brought into the form that the raw file has."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from bank_marketing.importing import values as forms
from bank_marketing.seeds.formats import ColumnFormat
from bank_marketing.seeds.grammar import decimal_places

WHOLE_NUMBERS = ("integer", "bigint")
# What a mapping may write in a date's pattern, longest first, and what Python calls it.
DATE_PARTS = {
    "YYYY": "%Y",
    "YY": "%y",
    "Mon": "%b",
    "MM": "%m",
    "M": "%m",
    "DD": "%d",
    "D": "%d",
    "hh": "%H",
    "mm": "%M",
    "ss": "%S",
    "AM": "%p",
}
# The parts without which a kind of date isn't whole; Python would put the first of the year in their place.
NEEDED_PARTS = {
    "day": {"year": "%Y%y", "month": "%m%b", "day": "%d"},
    "moment": {"year": "%Y%y", "month": "%m%b", "day": "%d"},
    "month and year": {"year": "%Y%y", "month": "%m%b"},
    "month": {"month": "%m%b"},
}
# Columns hold few different values, or nothing but different ones.
MOST_REMEMBERED = 10_000
SIGNS = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
CURRENCY = re.compile(
    r"US\$|[$€£¥₹]|(?<![A-Za-z])(?:USD|EUR|GBP|CHF|JPY|INR|CNY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|HUF)(?![A-Za-z])"
)


class ValueProblem(ValueError):  # noqa: N818, since it isn't an error of ours but a property of a value
    """A value that can't be brought into form; the message says what was expected and what to do."""


@dataclass(frozen=True)
class Reading:
    """How an export writes the values of one column.

    Attributes
    ----------
    values : dict of str to str
        What each code stands for; empty if the values stand for themselves.
    missing : tuple of str
        Words that stand for no value.
    date : str or None
        Pattern of dates, such as DD.MM.YYYY.
    decimal : {'.', ','} or None
        The decimal sign, if it isn't a point in numbers without any comma.
    factor : str or None
        What to multiply numbers by, for another unit or currency.
    numbered : bool
        Whether the values are keys that get numbers, see `keys`.
    """

    values: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    date: str | None = None
    decimal: str | None = None
    factor: str | None = None
    numbered: bool = False


def kind_of(column: ColumnFormat) -> str:
    """Return what the values of a raw column are, as people call it.

    Parameters
    ----------
    column : ColumnFormat
        A column of a raw file.

    Returns
    -------
    str
        money, day, month and year, month, postal code, moment, whole number, number, yes or no, one of the
        allowed values or text.
    """
    kinds = {
        "money": "money",
        "us_date": "day",
        "month_year": "month and year",
        "month_name": "month",
        "zip": "postal code",
    }
    if column.text_format:
        return kinds[column.text_format]
    if column.data_type in WHOLE_NUMBERS:
        return "whole number"
    if column.data_type == "timestamp":
        return "moment"
    if column.data_type == "boolean":
        return "yes or no"
    if column.data_type == "varchar":
        return "one of the allowed values" if column.allowed_values else "text"
    return "number"


class Converted(NamedTuple):
    """A value in the raw file's form, empty for no value, and the declared bound that it breaks, if any."""

    text: str
    broken: str | None


def converter(column: ColumnFormat, reading: Reading) -> Callable[[str], Converted]:
    """Return a function that writes a value of an export as the raw file has it.

    Parameters
    ----------
    column : ColumnFormat
        The column of the raw file.
    reading : Reading
        How the export writes it.

    Returns
    -------
    callable
        From a text to `Converted`; it raises `ValueProblem` for a value that can't be read. It remembers the
        currency that it saw first, since a column has one. Keys to be numbered stay as they are.
    """
    write = _writer(column, reading)
    known: dict[str, Converted] = {}

    def convert(text: str) -> Converted:
        result = known.get(text)
        if result is None:
            written = _convert(text, write, reading)
            result = Converted(written, _broken_bound(column, written, reading))
            if len(known) < MOST_REMEMBERED:
                known[text] = result
        return result

    return convert


def _broken_bound(column: ColumnFormat, text: str, reading: Reading) -> str | None:
    if not text:
        return "missing" if column.is_required else None
    if reading.numbered or (column.minimum is None and column.maximum is None):
        return None
    value = _comparable(column, text)
    if column.minimum is not None and value < _bound(column.minimum):
        return f"below {column.minimum}"
    if column.maximum is not None and value > _bound(column.maximum):
        return f"above {column.maximum}"
    return None


def _convert(text: str, write: Callable[[str], str], reading: Reading) -> str:
    if text in reading.missing or (not text and text not in reading.values):
        return ""
    if reading.values:
        if text not in reading.values:
            raise ValueProblem(f"expected one of the codes {', '.join(reading.values)}; add it to `values`")
        text = reading.values[text]
        return write(text) if text else ""
    return write(text)


def _writer(column: ColumnFormat, reading: Reading) -> Callable[[str], str]:
    kind = kind_of(column)
    if kind == "text" or reading.numbered:
        return str
    if kind in ("yes or no", "one of the allowed values"):
        return lambda text: _allowed(text, column)
    if kind == "postal code":
        return _postal_code
    # What `values` gives is written in our own form, not the export's.
    own = Reading() if reading.values else reading
    if kind in ("whole number", "number", "money"):
        currencies = _Currencies(column, own)
        return lambda text: _number_text(_number(currencies.without(text), own, column), kind)
    if kind == "month" and reading.date is None:
        return _month
    return lambda text: _date_text(_moment(text, own, kind), kind)


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


def _month(text: str) -> str:
    found = forms.month_name(text)
    if found is None:
        raise ValueProblem(
            "expected Jan, January or 1; say what it stands for in `values`, or `date: MM/YYYY`"
        )
    return found


def _number(text: str, reading: Reading, column: ColumnFormat) -> Decimal:
    plain = text.strip()
    if "," in plain and reading.decimal is None:
        raise ValueProblem(
            """expected a number; say what its comma means: `decimal: ","` or `decimal: "."`"""
        )
    read = (
        (forms.percent if column.unit == "percent" else forms.share) if plain.endswith("%") else forms.number
    )
    found = read(plain, is_comma_decimal=reading.decimal == ",")
    if found is None and column.key_of:
        raise ValueProblem(
            "expected a whole number; if the bank's keys are none, say `numbered: true`, which numbers them"
            " and keeps which is which"
        )
    if found is None:
        sign = reading.decimal or "."
        raise ValueProblem(
            f"expected a number (decimal sign {sign!r}); if it stands for no value, add it to `missing`"
        )
    if column.data_type in WHOLE_NUMBERS and forms.has_lost_digits(found):
        raise ValueProblem(
            "expected all digits of the number; format the column as a number and export it again"
        )
    factor = Decimal(reading.factor or 1)
    # What is computed is rounded to what the column holds; what was written is not.
    return Decimal(found) if factor == 1 else _rounded(Decimal(found) * factor, column)


def _rounded(number: Decimal, column: ColumnFormat) -> Decimal:
    places = decimal_places(column)
    exponent = number.as_tuple().exponent
    is_longer = places is not None and isinstance(exponent, int) and -exponent > places
    return number.quantize(Decimal(1).scaleb(-(places or 0)), ROUND_HALF_UP) if is_longer else number


def foreign_currency(column: ColumnFormat, text: str) -> str | None:
    """Return the currency that an amount bears, if the column declares another one.

    Parameters
    ----------
    column : ColumnFormat
        A column of a raw file.
    text : str
        A value.

    Returns
    -------
    str or None
        Its code, such as EUR; None without a sign, and where the unit is whichever currency the bank has.
    """
    found = _currency(text)
    unit = column.unit or ""
    return None if unit.startswith("currency") or (found and unit.startswith(found)) else found


def _currency(text: str) -> str | None:
    match = CURRENCY.search(text)
    return SIGNS.get(match[0], match[0]) if match else None


class _Currencies:
    """Takes the sign off the amounts of a column, all of one currency: the declared one, unless told."""

    def __init__(self, column: ColumnFormat, reading: Reading) -> None:
        self.column, self.is_told, self.first = column, reading.factor is not None, ""

    def without(self, text: str) -> str:
        found = _currency(text)
        if found is None:
            return text
        unit = self.column.unit or ""
        if foreign_currency(self.column, text) and not self.is_told:
            if not unit.startswith("USD"):
                raise ValueProblem(
                    f"expected {unit or 'a number'} and no amount of {found}; map another column, or say"
                    " `factor: 1` if the sign means nothing"
                )
            raise ValueProblem(
                f"expected USD; say by `factor` how many USD one {found} is, or `factor: 1` if the amounts"
                " are meant as they are"
            )
        self.first = self.first or found
        if found != self.first:
            raise ValueProblem(f"expected {self.first} as before; bring the amounts into one currency")
        return CURRENCY.sub("", text)


def _number_text(number: Decimal, kind: str) -> str:
    if kind == "whole number":
        if number != number.to_integral_value():
            raise ValueProblem("expected a whole number")
        return str(int(number))
    text = format(number, "f")
    return f"${text}" if kind == "money" else text


def _moment(text: str, reading: Reading, kind: str) -> datetime:
    if reading.date:
        try:
            return datetime.strptime(text, python_pattern(reading.date))
        except ValueError as error:
            raise ValueProblem(f"expected a date written {reading.date}") from error
    if kind == "month and year" and (month := forms.month_year(text)):
        return datetime.strptime(month, "%m/%Y")
    written = forms.written_date(text)
    if written and written.form == "two numbers and a year" and written.first != written.last:
        raise ValueProblem(
            "day and month can't be told apart; say which stands first: `date: DD/MM/YYYY` or"
            " `date: MM/DD/YYYY`"
        )
    moment = written.read() if written else None
    if moment is None:
        raise ValueProblem("expected YYYY-MM-DD; say how dates are written, for example `date: DD.MM.YYYY`")
    return moment


def python_pattern(pattern: str) -> str:
    """Return a date's pattern as Python has it.

    Parameters
    ----------
    pattern : str
        Such as DD.MM.YYYY or MM/DD/YY hh:mm.

    Returns
    -------
    str
        Such as %d.%m.%Y.
    """
    result = re.sub("|".join(DATE_PARTS), lambda part: DATE_PARTS[part[0]], pattern.replace("%", "%%"))
    # Hours before noon and after it are counted to twelve.
    return result.replace("%H", "%I") if "%p" in result else result


def check_pattern(pattern: str, kind: str) -> None:
    """Refuse a date's pattern that names not enough parts, or parts that aren't known.

    Parameters
    ----------
    pattern : str
        Such as DD.MM.YYYY.
    kind : str
        What `kind_of` calls the column.

    Raises
    ------
    ValueError
        If so: what is missing or unknown, and the parts that are known.
    """
    parts = "|".join(DATE_PARTS)
    found = "".join(DATE_PARTS[part] for part in re.findall(parts, pattern))
    missing = [
        name
        for name, marks in NEEDED_PARTS.get(kind, {}).items()
        if not any(mark in found for mark in re.findall("%.", marks))
    ]
    # A single letter or a word may well stand in a date: 2024-01-31T12:30, 12:30 Uhr.
    unknown = [run[0] for run in re.finditer(r"([A-Za-z])\1+", re.sub(parts, " ", pattern))]
    known = f"Known are {', '.join(DATE_PARTS)}"
    if not found:
        raise ValueError(f"it names no part of a date. {known}")
    if missing:
        raise ValueError(f"it names no {' and no '.join(missing)}. {known}")
    if unknown:
        raise ValueError(f"no part of a date is {', '.join(unknown)}. {known}")


def _date_text(moment: datetime, kind: str) -> str:
    if kind == "day":
        return f"{moment.month}/{moment.day}/{moment.year}"
    if kind == "month and year":
        return f"{moment:%m}/{moment.year}"
    if kind == "month":
        return forms.MONTHS[moment.month - 1]
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _comparable(column: ColumnFormat, text: str) -> Any:
    kind = kind_of(column)
    if kind == "day":
        return datetime.strptime(text, "%m/%d/%Y").date()
    if kind == "month and year":
        return datetime.strptime(text, "%m/%Y").date()
    if kind == "moment":
        return date.fromisoformat(text[:10])
    return Decimal(text.removeprefix("$"))


def _bound(bound: int | float | str) -> Any:
    return date.fromisoformat(bound) if isinstance(bound, str) else Decimal(str(bound))
