"""What is to be done with each column of a file: nothing, a conversion, or a refusal with the evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bank_marketing.importing import values
from bank_marketing.importing.converting import CURRENCY
from bank_marketing.importing.dates import judge_dates, serial_note
from bank_marketing.importing.profiling import (
    DATES,
    NUMBERS,
    WORDS,
    Group,
    Kind,
    Profile,
    canonical_pattern,
    kind_of,
)
from bank_marketing.project import PROGRAM
from bank_marketing.seeds.formats import ColumnFormat

# The build quarantines single bad values; a column with more of them is something else than it should be.
MOST_UNREADABLE = 0.01
FORMS: dict[Kind, str] = {
    "whole": "whole numbers",
    "number": "numbers",
    "share": "shares like 0.1 or 10%",
    "percent": "percentages like 10 or 10%",
    "money": "dollars like $77.00, -77, ($77.00) or $29,278",
    "zip": "postal codes of five digits",
    "boolean": "1/0, True/False or Yes/No",
    "code": "the allowed values",
    "month_year": "months like 12/2022, 2022-12, Dec-22, or the first of a month",
    "month_name": "months like Jan, January or 1",
    "us_date": "dates like 1/31/2019, 2019-01-31, 20190131, 43496 or 31-Jan-2019",
    "date": "dates like 2019-01-31, 1/31/2019, 20190131, 43496 or 31-Jan-2019",
    "timestamp": "moments like 2010-01-01 00:01:00, 1/1/2010 0:01 or 40339.61528",
}

# Words for no value, as pandas, SQL and spreadsheets write it; `-` and `unknown` may mean something.
NO_VALUE = ("nan", "na", "n/a", "#n/a", "<na>", "nat", "null", "none")

# What the files are in: the sign isn't what is wrong with an amount that can't be read.
DOLLARS = ("$", "USD", "US$")
# 136.912 and 12.345.678, whatever sign stands beside them.
GROUPED_BY_POINTS = r"[^0-9.,]*[1-9][0-9]{0,2}([.][0-9]{3})+[^0-9.,]*"
FEWEST_GROUPED = 3

Convert = Callable[[str], str | None]


@dataclass(frozen=True)
class Verdict:
    """What is to be done with a column.

    Attributes
    ----------
    convert : callable or None
        Makes a value canonical, None for a value that it can't read; None if there is nothing to convert.
    note : str or None
        What the table must say about the column.
    problem : str or None
        Why the file is refused.
    """

    convert: Convert | None = None
    note: str | None = None
    problem: str | None = None


def judge_columns(profile: Profile, columns: Sequence[ColumnFormat | None], delimiter: str) -> list[Verdict]:
    """Decide on each column of a file.

    Parameters
    ----------
    profile : Profile
        The file.
    columns : sequence of ColumnFormat or None
        What each column is.
    delimiter : str
        What parts the values in the file.

    Returns
    -------
    list of Verdict
        One for each column.
    """
    kinds: list[Kind] = [kind_of(column) if column else "text" for column in columns]
    allowed = [[str(value) for value in column.allowed_values] if column else [] for column in columns]
    patterns = [
        canonical_pattern(column, kind) if column else None
        for column, kind in zip(columns, kinds, strict=True)
    ]
    odd = profile.odd_values(kinds, patterns, allowed, commas=delimiter != ",")
    groups = {
        n: profile.groups(n, by_value=kind in WORDS)
        for n, kind in enumerate(kinds)
        if odd[n] or (kind in NUMBERS and delimiter != ",")
    }
    grouped_by_points = _grouped_by_points(profile, kinds)
    has_comma_decimals = any(_comma_evidence(groups[n])[1] for n in groups if kinds[n] in NUMBERS)
    verdicts = []
    for n, (column, kind) in enumerate(zip(columns, kinds, strict=True)):
        if column is None:
            verdicts.append(_judge_nameless(profile, n))
        elif kind in DATES:
            verdicts.append(_judge_dates(profile, n, column, kind, odd[n]))
        elif kind == "personal" and odd[n]:
            first = next(g for g in groups[n] if values.has_lost_digits(g.example))
            verdicts.append(
                Verdict(
                    note=f"{odd[n]:,} values have lost digits in a spreadsheet, the first {first.example!r}"
                    f" (line {first.line}); nothing after staging reads them"
                )
            )
        elif n in grouped_by_points:
            verdicts.append(Verdict(problem=_two_readings(profile, n)))
        elif kind in NUMBERS:
            verdicts.append(
                _judge_numbers(
                    profile, n, column, kind, odd[n], groups.get(n, []), delimiter, has_comma_decimals
                )
            )
        elif odd[n]:
            verdicts.append(_verdict(profile, column, kind, _converter(kind, column), groups[n], odd[n]))
        else:
            verdicts.append(Verdict())
    return verdicts


def _judge_nameless(profile: Profile, n: int) -> Verdict:
    """Leave out what is empty, and an index of whole numbers in the first place."""
    filled, whole = profile.count_where(
        f"trim(c{n}) <> ''", f"regexp_full_match(trim(c{n}), '[0-9]+([.]0)?')"
    )
    if filled == 0:
        return Verdict(note="an empty column without a name was left out")
    if n == 0 and filled == whole:
        return Verdict(note="an index column without a name was left out")
    first = profile.groups(n)[0]
    return Verdict(
        problem=f"column {n + 1} has no name in the header, but {filled:,} values, the first"
        f" {first.example!r} (line {first.line}). Give it its name, or take it out."
    )


def _judge_dates(profile: Profile, n: int, column: ColumnFormat, kind: Kind, odd: int) -> Verdict:
    days = profile.days(n, is_timestamp=kind == "timestamp")
    order = judge_dates(days)
    if order.problem:
        return Verdict(problem=order.problem)
    if not odd and not (order.is_day_first and kind == "us_date"):
        return Verdict()
    function = {"us_date": values.us_date, "timestamp": values.timestamp, "date": values.iso_date}[kind]
    convert = partial(function, is_day_first=order.is_day_first)
    notes = ["read day first, since some can't be read month first"] if order.is_day_first else []
    if serials := serial_note(text for _, text in days):
        notes.append(serials)
    note = "; ".join(notes) or None
    return _verdict(profile, column, kind, convert, profile.groups(n) if odd else [], odd, note)


def _judge_numbers(
    profile: Profile,
    n: int,
    column: ColumnFormat,
    kind: Kind,
    odd: int,
    groups: Sequence[Group],
    delimiter: str,
    has_comma_decimals: bool,
) -> Verdict:
    is_comma_decimal, problem = judge_commas(
        groups, is_parted_by_comma=delimiter == ",", has_comma_decimals=has_comma_decimals
    )
    lost = next((g for g in groups if kind == "whole" and values.has_lost_digits(g.example)), None)
    if lost:
        problem = (
            f"a spreadsheet has dropped digits: {lost.example!r} (line {lost.line}). Export it again with the"
            " column as text."
        )
    if problem:
        return Verdict(problem=problem)
    note = None
    if kind in ("share", "percent"):
        convert, note, problem = _judge_scale(profile, n, kind, is_comma_decimal=is_comma_decimal)
        if problem:
            return Verdict(problem=problem)
    else:
        is_double = column.data_type == "double"
        number = values.number if is_double else values.decimal
        function = {"whole": values.whole_number, "number": number, "money": values.money}[kind]
        convert = partial(function, is_comma_decimal=is_comma_decimal)
    if not odd and not note:
        return Verdict()
    return _verdict(profile, column, kind, convert, groups, odd, note)


def judge_commas(
    groups: Sequence[Group], *, is_parted_by_comma: bool, has_comma_decimals: bool = False
) -> tuple[bool, str | None]:
    """Find out whether the comma stands before the decimals.

    Parameters
    ----------
    groups : sequence of Group
        Values of the column, one of each way of writing.
    is_parted_by_comma : bool
        Whether the file's values are parted by commas, as Kaggle's are, whose decimals follow a point.
    has_comma_decimals : bool
        Whether another column of the file has the comma before the decimals beyond doubt.

    Returns
    -------
    is_comma_decimal : bool
        The answer.
    problem : str or None
        Why there is none.
    """
    point, comma = _comma_evidence(groups)
    if point and comma:
        return False, (
            f"{point.example!r} (line {point.line}) has the point before its decimals, {comma.example!r}"
            f" (line {comma.line}) the comma. Write all numbers the same way."
        )
    if point or comma:
        return comma is not None, None
    doubtful = next(
        (g for g in groups if "," in g.example or (has_comma_decimals and "." in g.example)), None
    )
    if doubtful and not is_parted_by_comma:
        return False, (
            f"{doubtful.example!r} (line {doubtful.line}) can be read as thousands and as decimals, and no"
            " other value tells which. Write the numbers without marks between thousands."
        )
    return False, None


def _comma_evidence(groups: Sequence[Group]) -> tuple[Group | None, Group | None]:
    """Return the first value that only the point, and the first that only the comma makes a number."""
    point = comma = None
    for group in groups:
        text = group.example.strip().removesuffix("%")
        with_point = values.number(text) is not None
        with_comma = values.number(text, is_comma_decimal=True) is not None
        if with_point and not with_comma:
            point = point or group
        elif with_comma and not with_point:
            comma = comma or group
    return point, comma


def _grouped_by_points(profile: Profile, kinds: Sequence[Kind]) -> list[int]:
    """Return the columns of amounts in which every point may as well stand between thousands."""
    return [
        n for n, kind in enumerate(kinds) if kind in ("number", "money") and _is_grouped_by_points(profile, n)
    ]


def _is_grouped_by_points(profile: Profile, n: int) -> bool:
    grouped = f"regexp_full_match(c{n}, '{GROUPED_BY_POINTS}')"
    # Most columns have another amount on their first lines, which ends the reading.
    if profile.holds_somewhere(f"(contains(c{n}, '.') or contains(c{n}, ',')) and not {grouped}"):
        return False
    return profile.count_where(grouped)[0] >= FEWEST_GROUPED


def _two_readings(profile: Profile, n: int) -> str:
    first = next(g for g in profile.groups(n) if "." in g.example)
    return (
        f"{first.example!r} (line {first.line}) and all others with a point have three digits behind it:"
        " thousands and decimals can't be told apart. Write the numbers without marks between thousands, or"
        f" say in a mapping which sign is the `decimal` one ({PROGRAM} import --propose)."
    )


def _judge_scale(
    profile: Profile, n: int, kind: Kind, *, is_comma_decimal: bool
) -> tuple[Convert, str | None, str | None]:
    """Tell shares from percentages: all values are below 1, or none is."""
    text = f"replace(replace(c{n}, '.', ''), ',', '.')" if is_comma_decimal else f"c{n}"
    # NaN is a double, too, and above all others.
    value = f"abs(try_cast({text} as double))"
    value = f"case when isfinite({value}) then {value} end"
    below, one, above = profile.count_where(f"{value} > 0 and {value} < 1", f"{value} = 1", f"{value} > 1")
    if below and above:
        return (
            str,
            None,
            (
                f"{below:,} values are below 1 and {above:,} above: shares and percentages can't be told"
                " apart. Write all of them as shares, or with a percent sign."
            ),
        )
    if kind == "share":
        convert = partial(values.share, is_comma_decimal=is_comma_decimal, is_in_percent=above > 0)
        return convert, "taken for percentages, since none is below 1" if above else None, None
    if one and not above and not below:
        return str, None, "all values are 1, which may be 1 % or all. Write them with a percent sign."
    convert = partial(values.percent, is_comma_decimal=is_comma_decimal, is_a_share=below > 0)
    return convert, "taken for shares, since none is above 1" if below else None, None


def _converter(kind: Kind, column: ColumnFormat) -> Convert:
    if kind == "boolean":
        return partial(values.boolean, allowed_values=column.allowed_values or (0, 1))
    if kind == "code":
        return partial(values.code, allowed_values=column.allowed_values)
    if kind == "text":
        return str
    return {"zip": values.zip_code, "month_year": values.month_year, "month_name": values.month_name}[kind]


def _verdict(
    profile: Profile,
    column: ColumnFormat,
    kind: Kind,
    convert: Convert,
    groups: Sequence[Group],
    odd: int,
    note: str | None = None,
) -> Verdict:
    read = partial(_or_nothing, convert, is_text=kind == "text")
    missing = [g for g in groups if read(g.example) == ""]
    unreadable = [g for g in groups if read(g.example) is None]
    n_missing, count = sum(g.count for g in missing), sum(g.count for g in unreadable)
    most = max(1, MOST_UNREADABLE * profile.rows)
    if column.is_required and n_missing > most:
        return Verdict(
            problem=f"{n_missing:,} of {profile.rows:,} values are words for no value, the first"
            f" {missing[0].example!r} (line {missing[0].line}), but each row must have one. Fill them in, or"
            " take those rows out."
        )
    if count > most:
        first = unreadable[0]
        return Verdict(
            problem=f"{count:,} of {profile.rows:,} values can't be read, the first {first.example!r} (line"
            f" {first.line}). Expected {FORMS[kind]}. {_what_to_do(first.example, kind)}"
        )
    notes = [note] if note else []
    if missing:
        notes.append(
            f"{n_missing:,} values read as missing, the first {missing[0].example!r} (line {missing[0].line})"
            + ("; the build will put their rows aside" if column.is_required else "")
        )
    # What can't be read at all stays as it is: the build quarantines those rows.
    return Verdict(read if notes or count < odd else None, "; ".join(notes) or None)


def _or_nothing(convert: Convert, text: str, *, is_text: bool) -> str | None:
    """Read a value, or an empty one where a word for no value stands; a text may well be such a word."""
    is_word = text.strip().lower() in NO_VALUE
    if is_text:
        return "" if is_word else text
    found = convert(text)
    return "" if found is None and is_word else found


def _what_to_do(example: str, kind: Kind) -> str:
    if kind == "zip" and CURRENCY.search(example):
        return "Write the digits alone, as text: a spreadsheet has taken the code for an amount."
    sign = CURRENCY.search(example)
    if sign and sign[0].strip().upper() not in DOLLARS:
        return (
            "Take the sign off if the amounts are meant as they are; else import the file by a mapping that"
            f" says by which `factor` to multiply ({PROGRAM} import --propose)."
        )
    if kind in NUMBERS:
        if re.search(r"\d\s*[kKmM]$", example.strip()):
            return "Write the numbers in full: 59000 instead of 59k."
        if re.search(r"\d,\d\d?,\d", example):
            return "Write the numbers without marks between thousands: these don't group three digits."
        if sign and sign[0] != "$":
            return f"Leave {sign[0]} out: $ is the one sign that amounts may bear."
    return f"Mend them in the file, or say in a mapping how they are meant ({PROGRAM} import --propose)."
