"""Values as people write them, made into the one form that the raw files have. Pure functions of one text.

Each returns the canonical text, or None for a text that is no such value: nothing is guessed. What only a
whole column can tell (is the comma a decimal one? does the day or the month stand first?) comes in as an
argument; ``dates`` and ``deciding`` find it out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from bank_marketing.seeds.formats import ColumnFormat
from bank_marketing.seeds.grammar import MONTHS as FULL_MONTHS

WHOLE_NUMBERS = ("integer", "bigint", "smallint", "tinyint", "hugeint")
# Kinds of values, as people call them.
NUMBERS = ("whole number", "number", "money")
DATES = ("day", "moment", "date", "month and year")
KINDS = {
    **{"money": "money", "zip": "postal code", "us_date": "day", "boolean": "yes or no"},
    **{"month_year": "month and year", "month_name": "month", "timestamp": "moment", "date": "date"},
    **dict.fromkeys(WHOLE_NUMBERS, "whole number"),
    **dict.fromkeys(("double", "float", "real", "decimal"), "number"),
}

TRUE_WORDS = ("1", "1.0", "true", "t", "yes", "y", "ja", "j", "si", "s\u00ed")
FALSE_WORDS = ("0", "0.0", "false", "f", "no", "n", "nein")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTH_NUMBERS = {name: n for n, full in enumerate(FULL_MONTHS, 1) for name in (full, full[:3])} | {"sept": 9}
# Excel reads the two digits 00 to 29 as 2000 to 2029 and 30 to 99 as 1930 to 1999.
FIRST_TWO_DIGIT_YEAR = 30
# Excel counts days; 1899-12-30 is its day 0 for all dates after February 1900. These are 1954 to 2119.
EXCEL_DAY_0 = datetime(1899, 12, 30)
SERIALS = (20_000, 80_000)

DateForm = Literal["year first", "eight digits", "two numbers and a year", "month by name", "serial number"]

# Thousands never begin with 0: '0,044' has decimals.
_POINT = re.compile(r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+")
_COMMA = re.compile(r"(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]*)?|,[0-9]+")
_AMOUNT = re.compile(r"(?P<before>[+-])?\s*\$?\s*(?P<after>[+-])?\s*(?P<digits>[0-9.,]+)")
# Thousands parted by an apostrophe or a blank, the same one throughout: 159'696.49 or 1 234 567.
_MARKED_THOUSANDS = re.compile(
    r"(?<![0-9.,])[0-9]{1,3}(['\u2019 \u00a0\u2009\u202f])[0-9]{3}(?:\1[0-9]{3})*"
    r"(?![0-9'\u2019 \u00a0\u2009\u202f])"
)
_DOLLAR_BRACKET = re.compile(r"^\$\s*\(")
_SCIENTIFIC = re.compile(r"([+-]?)([0-9]+)(?:[.,]([0-9]*))?[eE]([+-]?[0-9]{1,3})")
_TIME = (
    r"(?:[ T]\s*(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.0+)?)?"
    r"\s*(?P<half>[AaPp][Mm])?)?"
)
_YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})([-/.])(?P<first>[0-9]{1,2})\2(?P<last>[0-9]{1,2})" + _TIME)
_EIGHT_DIGITS = re.compile(
    r"(?P<year>(?:19|20)[0-9]{2})(?P<first>[0-9]{2})(?P<last>[0-9]{2})(?:\.0)?" + _TIME
)
_TWO_NUMBERS = re.compile(r"(?P<first>[0-9]{1,2})([-/.])(?P<last>[0-9]{1,2})\2(?P<year>[0-9]{4})" + _TIME)
_DAY_NAME_YEAR = re.compile(r"(?P<last>[0-9]{1,2})[- ](?P<first>[A-Za-z]+)[- ](?P<year>[0-9]{4})" + _TIME)
_NAME_DAY_YEAR = re.compile(
    r"(?P<first>[A-Za-z]+)[- ](?P<last>[0-9]{1,2})(?:, ?|[- ])(?P<year>[0-9]{4})" + _TIME
)
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")


def kind_of(column: ColumnFormat) -> str:
    """Return what the values of a raw column are, as people call it: money, day, whole number, text ..."""
    data_type = column.data_type.lower().partition("(")[0]
    kind = KINDS.get(column.text_format or "") or KINDS.get(data_type)
    return kind or ("one of the allowed values" if column.allowed_values else "text")


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date as it was written, before it is known whether its day or its month stands first."""

    form: DateForm
    year: int
    first: int
    last: int
    seconds: int = 0

    def read(self, *, is_day_first: bool = False) -> datetime | None:
        """Return the moment that is meant."""
        month, day = self.first, self.last
        if is_day_first and self.form == "two numbers and a year":
            month, day = day, month
        try:
            return datetime(self.year, month, day) + timedelta(seconds=self.seconds)
        except (ValueError, OverflowError):
            return None


def written_date(text: str) -> WrittenDate | None:
    """Take a date apart, in any of the forms that are understood."""
    text = text.strip()
    patterns: tuple[tuple[DateForm, re.Pattern[str]], ...] = (
        ("year first", _YEAR_FIRST),
        ("two numbers and a year", _TWO_NUMBERS),
        ("eight digits", _EIGHT_DIGITS),
        ("month by name", _DAY_NAME_YEAR),
        ("month by name", _NAME_DAY_YEAR),
    )
    for form, pattern in patterns:
        if match := pattern.fullmatch(text):
            first = _month_number(match["first"]) or 0 if form == "month by name" else int(match["first"])
            seconds = _seconds(match)
            if seconds is None or max(first, int(match["last"])) > 31:
                return None
            return WrittenDate(form, int(match["year"]), first, int(match["last"]), seconds)
    if _SERIAL.fullmatch(text) and SERIALS[0] <= float(text) < SERIALS[1]:
        # Five decimals of a day are a second; more than that is the noise of binary fractions.
        moment = EXCEL_DAY_0 + timedelta(seconds=round(float(text) * 86_400))
        seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
        return WrittenDate("serial number", moment.year, moment.month, moment.day, seconds)
    return None


def month_year(text: str) -> str | None:
    """Write a month as ``MM/YYYY``."""
    text = text.strip()
    if match := re.fullmatch(r"([0-9]{1,2})[/-]([0-9]{4})", text):
        month, year = int(match[1]), int(match[2])
    elif match := re.fullmatch(r"([0-9]{4})[/-]([0-9]{1,2})", text):
        month, year = int(match[2]), int(match[1])
    elif match := re.fullmatch(r"([A-Za-z]+)[-' ]*([0-9]{2}|[0-9]{4})", text):
        month, year = _month_number(match[1]) or 0, int(match[2])
        if len(match[2]) == 2:
            year += 1900 if year >= FIRST_TWO_DIGIT_YEAR else 2000
    else:
        written = written_date(text)
        moment = written.read() if written else None
        # With two numbers before the year both must be 1, or one of them is no month.
        is_open = written is not None and written.form == "two numbers and a year" and written.first != 1
        if moment is None or moment.day != 1 or is_open:
            return None
        month, year = moment.month, moment.year
    return f"{month:02}/{year:04}" if 1 <= month <= 12 else None


def month_name(text: str) -> str | None:
    """Write a month of the year as ``Jan``."""
    text = text.strip()
    if match := re.fullmatch(r"([0-9]{1,2})(?:\.0+)?", text):
        return MONTHS[int(match[1]) - 1] if 1 <= int(match[1]) <= 12 else None
    month = _month_number(re.sub(r"[-' ]*([0-9]{2}|[0-9]{4})$", "", text))
    return MONTHS[month - 1] if month else None


def number(text: str, *, is_comma_decimal: bool = False) -> str | None:
    """Write a number, or an amount of dollars, plainly: ``-1234.5``."""
    text = _DOLLAR_BRACKET.sub("($", text.strip().replace("\u2212", "-"))
    if _SCIENTIFIC.fullmatch(text):
        return text.replace(",", ".") if is_comma_decimal or "," not in text else None
    text = _MARKED_THOUSANDS.sub(lambda digits: digits[0].replace(digits[1], ""), text, count=1)
    is_in_brackets = text.startswith("(") and text.endswith(")")
    match = _AMOUNT.fullmatch(text[1:-1].strip() if is_in_brackets else text)
    if not match or not (_COMMA if is_comma_decimal else _POINT).fullmatch(match["digits"]):
        return None
    signs = (match["before"] or "") + (match["after"] or "")
    if len(signs) + is_in_brackets > 1:
        return None
    digits = match["digits"]
    plain = digits.replace(".", "").replace(",", ".") if is_comma_decimal else digits.replace(",", "")
    plain = "0" + plain if plain.startswith(".") else plain.removesuffix(".")
    return "-" + plain if is_in_brackets or signs == "-" else plain


def has_lost_digits(text: str) -> bool:
    """Tell whether a whole number in scientific notation has fewer digits than the number itself."""
    match = _SCIENTIFIC.fullmatch(text.strip())
    return match is not None and int(match[4]) > len(match[3] or "")


def boolean(text: str, allowed_values: Sequence[Any] = (0, 1)) -> str | None:
    """Write yes or no in the words that a column allows."""
    word = text.strip().lower()
    words = TRUE_WORDS if word in TRUE_WORDS else FALSE_WORDS if word in FALSE_WORDS else ()
    return next((str(value) for value in allowed_values if str(value).lower() in words), None)


def code(text: str, allowed_values: Sequence[Any]) -> str | None:
    """Write one of a column's allowed values as the column does."""
    by_key = {_key(str(value)): str(value) for value in allowed_values}
    return by_key.get(_key(text))


def zip_code(text: str) -> str | None:
    """Write a postal code of the USA with five digits."""
    match = re.fullmatch(r"([0-9]{3,5})(?:\.0+|-[0-9]{4})?", text.strip())
    return match[1].zfill(5) if match else None


def _key(text: str) -> str:
    return re.sub(r"[\s_]+", " ", text.strip()).lower()


def _month_number(name: str) -> int | None:
    return MONTH_NUMBERS.get(name.strip().lower().removesuffix("."))


def _seconds(match: re.Match[str]) -> int | None:
    """Return the seconds since midnight, 0 without a time, None for a time that no clock shows."""
    if match["hour"] is None:
        return 0
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"].lower() == "pm" else 0)
    return hour * 3600 + minute * 60 + second if hour < 24 and minute < 60 and second < 60 else None
