"""The values of one column of an export, brought into the form that the raw file has."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from bank_marketing.formats import ColumnFormat

WHOLE_NUMBERS = ("integer", "bigint")
TRUE_WORDS = ("1", "true", "t", "yes", "y")
FALSE_WORDS = ("0", "false", "f", "no", "n")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
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
}
ISO_PATTERNS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")
CURRENCY_SIGNS = "$€£¥"
GROUPED = {".": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?"), ",": re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?")}


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
        What to multiply numbers by, for another unit.
    """

    values: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    date: str | None = None
    decimal: str | None = None
    factor: str | None = None


def kind_of(column: ColumnFormat) -> str:
    """Return what the values of a raw column are, as people call it.

    Parameters
    ----------
    column : ColumnFormat
        A column of a raw file.

    Returns
    -------
    str
        money, day, month and year, month, postal code, moment, whole number, number, yes or no, one of the allowed
        values or text.
    """
    kinds = {"money": "money", "us_date": "day", "month_year": "month and year", "month_name": "month", "zip": "postal code"}
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


def converter(column: ColumnFormat, reading: Reading) -> Callable[[str], str]:
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
        From a text to a text, empty for no value; it raises `ValueProblem` for a value that can't be read.
    """
    write = _writer(column, reading)
    known: dict[str, str] = {}

    def convert(text: str) -> str:
        result = known.get(text)
        if result is None:
            result = _convert(text, write, reading)
            if len(known) < 10_000:
                known[text] = result
        return result

    return convert


def out_of_bounds(column: ColumnFormat, text: str) -> str | None:
    """Say which declared bound a value in the raw file's form breaks.

    Parameters
    ----------
    column : ColumnFormat
        The column of the raw file.
    text : str
        A converted value.

    Returns
    -------
    str or None
        For example 'above 120'; None if all is well.
    """
    if not text:
        return "missing" if column.is_required else None
    if column.minimum is None and column.maximum is None:
        return None
    value = _comparable(column, text)
    for bound, word, is_broken in ((column.minimum, "below", value.__lt__), (column.maximum, "above", value.__gt__)):
        if bound is not None and is_broken(_bound(bound)):
            return f"{word} {bound}"
    return None


def _convert(text: str, write: Callable[[str], str], reading: Reading) -> str:
    if not text or text in reading.missing:
        return ""
    if reading.values:
        if text not in reading.values:
            raise ValueProblem(f"expected one of the codes {', '.join(reading.values)}; add it to `values`")
        text = reading.values[text]
        return write(text) if text else ""
    return write(text)


def _writer(column: ColumnFormat, reading: Reading) -> Callable[[str], str]:
    kind = kind_of(column)
    if kind == "text":
        return str
    if kind in ("yes or no", "one of the allowed values"):
        return lambda text: _allowed(text, column)
    if kind == "postal code":
        return lambda text: f"{_whole(text)}.0"
    # What `values` gives is written in our own form, not the export's.
    own = Reading() if reading.values else reading
    if kind in ("whole number", "number", "money"):
        return lambda text: _number_text(_number(text, own), kind)
    return lambda text: _date_text(_moment(text, own, kind), kind)


def _allowed(text: str, column: ColumnFormat) -> str:
    allowed = [str(value) for value in column.allowed_values]
    same = [value for value in allowed if value.casefold() == text.casefold()]
    if same:
        return same[0]
    if column.data_type == "boolean":
        for words in (TRUE_WORDS, FALSE_WORDS):
            if text.casefold() in words:
                return next(value for value in allowed or words[:1] if value.casefold() in words)
    raise ValueProblem(f"expected one of {', '.join(allowed)}; say what it stands for in `values`")


def _whole(text: str) -> int:
    if not re.fullmatch(r"\d+(\.0*)?", text):
        raise ValueProblem("expected a postal code of digits; leave the column out if the bank has others")
    return int(text.split(".")[0])


def _number(text: str, reading: Reading) -> Decimal:
    sign = reading.decimal or "."
    plain = text.strip(CURRENCY_SIGNS + " \u00a0").replace("\u00a0", "").replace(" ", "")
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1].strip(CURRENCY_SIGNS)}"
    plain = plain.replace("-$", "-").replace("'", "")
    other = "," if sign == "." else "."
    if other in plain:
        if reading.decimal is None:
            raise ValueProblem('expected a number; say what its comma means: `decimal: ","` or `decimal: "."`')
        if not GROUPED[sign].fullmatch(plain):
            raise ValueProblem(f"expected a number with {sign!r} before its decimals")
        plain = plain.replace(other, "")
    try:
        number = Decimal(plain.replace(sign, ".")) * Decimal(reading.factor or 1)
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise ValueProblem("expected a number; if it stands for no value, add it to `missing`")
    return number


def _number_text(number: Decimal, kind: str) -> str:
    if kind == "whole number":
        if number != number.to_integral_value():
            raise ValueProblem("expected a whole number")
        return str(int(number))
    text = format(number, "f")
    return f"${text}" if kind == "money" else text


def _moment(text: str, reading: Reading, kind: str) -> datetime:
    if reading.date:
        patterns: tuple[str, ...] = (python_pattern(reading.date),)
    elif kind == "month":
        patterns = ("%b", "%B")
    else:
        patterns = ISO_PATTERNS
    for pattern in patterns:
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    expected = reading.date or ("Jan, or January" if kind == "month" else "YYYY-MM-DD")
    raise ValueProblem(f"expected {expected}; say how dates are written, for example `date: DD.MM.YYYY`")


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

    Raises
    ------
    ValueError
        If the pattern names no part of a date.
    """
    result = re.sub("|".join(DATE_PARTS), lambda part: DATE_PARTS[part[0]], pattern.replace("%", "%%"))
    if result == pattern:
        raise ValueError(f"no part of a date in {pattern!r}, expected some of {', '.join(DATE_PARTS)}")
    return result


def _date_text(moment: datetime, kind: str) -> str:
    if kind == "day":
        return f"{moment.month}/{moment.day}/{moment.year}"
    if kind == "month and year":
        return f"{moment:%m}/{moment.year}"
    if kind == "month":
        return MONTHS[moment.month - 1]
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _comparable(column: ColumnFormat, text: str) -> Decimal | date:
    kind = kind_of(column)
    if kind == "day":
        return datetime.strptime(text, "%m/%d/%Y").date()
    if kind == "moment":
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").date()
    return Decimal(text.replace("$", ""))


def _bound(bound: int | float | str) -> Decimal | date:
    return date.fromisoformat(bound) if isinstance(bound, str) else Decimal(str(bound))
