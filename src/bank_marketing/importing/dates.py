"""Whether day or month stands first in a column of dates: proven by the whole column, never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from bank_marketing.importing.values import WrittenDate, written_date

# Fewer days than this show an order, or a day for every day, by chance.
FEWEST_DAYS = 8
# Dates count as in order while no more of the steps than this lead against the others.
IN_ORDER = 0.01
# In a year of days whose day and month were swapped where possible 6 of 100 steps lead against the others.
OUT_OF_ORDER = 0.03
SWAPPED = "a spreadsheet has swapped day and month where it could"
# A workbook that counts days from 1904, as old Macs did, gives each day a number this much smaller.
FROM_1904 = timedelta(days=1462)
REMEDY = "Write the column as YYYY-MM-DD from the source, without a spreadsheet in between."


@dataclass(frozen=True)
class DateOrder:
    """What a column of dates says about itself."""

    is_day_first: bool = False
    problem: str | None = None


@dataclass(frozen=True)
class _Found:
    line: int
    text: str
    written: WrittenDate
    day: date


def judge_dates(dates: Sequence[tuple[int, str]]) -> DateOrder:
    """Find out how a column of dates is to be read."""
    written = [(line, text, w) for line, text in dates if (w := written_date(text))]
    is_day_first, two_sided = _form_evidence(written)
    if two_sided:
        return DateOrder(problem=two_sided)
    found = [
        _Found(line, text, w, moment.date())
        for line, text, w in written
        if (moment := w.read(is_day_first=bool(is_day_first)))
    ]
    is_open = is_day_first is None and any(f.written.form == "two numbers and a year" for f in found)
    problem = (
        _swapped_by_form(found)
        or (_not_proven(found) if is_open else None)
        or _swapped_by_order(found)
        or _swapped_by_gaps(found)
    )
    return DateOrder(bool(is_day_first), problem)


def serial_note(texts: Iterable[str]) -> str | None:
    """Say from which year serial numbers were counted, which they themselves don't tell."""
    for text in texts:
        written = written_date(text)
        if written and written.form == "serial number" and (moment := written.read()):
            return (
                f"serial numbers are counted from 1900, as Excel does: {text!r} is {moment.date()}; if the"
                f" workbook counted from 1904, as on old Macs, it is {(moment + FROM_1904).date()}: then show"
                " the column as dates before you save it"
            )
    return None


def _form_evidence(written: list[tuple[int, str, WrittenDate]]) -> tuple[bool | None, str | None]:
    """Tell the order from numbers that are no month; None if there is none, a problem if they disagree."""
    pairs = [item for item in written if item[2].form == "two numbers and a year"]
    day_first = next((item for item in pairs if item[2].first > 12), None)
    month_first = next((item for item in pairs if item[2].last > 12), None)
    if day_first and month_first:
        return None, (
            f"{day_first[1]!r} (line {day_first[0]}) can only be read day first, {month_first[1]!r}"
            f" (line {month_first[0]}) only month first. {REMEDY}"
        )
    if day_first or month_first:
        return day_first is not None, None
    return (None if any(w.first != w.last for _, _, w in pairs) else False), None


def _swapped_by_form(found: list[_Found]) -> str | None:
    """Look for what a spreadsheet does: it rewrites what it takes for dates and leaves the others."""
    left = [f for f in found if f.written.form == "two numbers and a year"]
    rewritten = [f for f in found if f.written.form != "two numbers and a year"]
    is_swapped = (
        len(rewritten) > 1
        and left
        and all(f.day.day <= 12 for f in rewritten)
        and all(f.day.day > 12 for f in left)
    )
    if not is_swapped:
        return None
    return (
        f"{SWAPPED}: {rewritten[0].text!r} (line {rewritten[0].line}) and all others written like it are on"
        f" days 1 to 12, while {left[0].text!r} (line {left[0].line}) and all later days were left as they"
        f" were. {REMEDY}"
    )


def _not_proven(found: list[_Found]) -> str | None:
    """Say why dates that can be read both ways aren't proven to be month first."""
    days, swapped = [f.day for f in found], [_swap(f.day) for f in found]
    if _has_every_day(days) and not _has_every_day(swapped):
        return None
    if _is_in_order(days) and _is_out_of_order(swapped):
        return None
    line, text = next((f.line, f.text) for f in found if f.day.day != f.day.month)
    hint = ""
    if _has_every_day(swapped):
        hint = " (day first there would be one for every day)"
    elif _is_in_order(swapped) and _is_out_of_order(days):
        hint = " (day first they would be in order)"
    return (
        f"day and month can't be told apart: {text!r} (line {line}) and all others can be read both ways, and"
        f" neither their order nor their gaps prove which is meant{hint}. {REMEDY}"
    )


def _swapped_by_order(found: list[_Found]) -> str | None:
    days, swapped = [f.day for f in found], [_swap(f.day) for f in found]
    if not (_is_out_of_order(days) and _is_in_order(swapped)):
        return None
    is_newest_first = _share_of_steps_back(days) > 0.5
    before, after = next(
        (a, b) for a, b in pairwise(found) if a.day != b.day and (b.day > a.day) == is_newest_first
    )
    return (
        f"{SWAPPED}: {after.text!r} (line {after.line}) comes after {before.text!r} (line {before.line}), and"
        f" with day and month swapped all are in order. {REMEDY}"
    )


def _swapped_by_gaps(found: list[_Found]) -> str | None:
    days = [f.day for f in found]
    here, swapped = _months_without_late_days(days), _months_without_late_days([_swap(d) for d in days])
    enough = len({d for d in days if d.day > 12}) >= 3 * FEWEST_DAYS
    if not (enough and len(here) > 2 and len(swapped) <= len(here) // 4):
        return None
    months = ", ".join(f"{year}-{month:02}" for year, month in sorted(here)[:3])
    return (
        f"{SWAPPED}: {len(here)} months ({months}, ...) have dates on days 1 to 12 only; with day and month"
        f" swapped {len(swapped)} have. {REMEDY}"
    )


def _swap(day: date) -> date:
    return day.replace(month=day.day, day=day.month) if day.day <= 12 else day


def _has_every_day(days: list[date]) -> bool:
    distinct = set(days)
    return len(distinct) >= FEWEST_DAYS and (max(distinct) - min(distinct)).days + 1 == len(distinct)


def _share_of_steps_back(days: list[date]) -> float:
    steps = [b < a for a, b in pairwise(days) if a != b]
    return sum(steps) / len(steps) if len(steps) >= FEWEST_DAYS - 1 else 0.5


def _disorder(days: list[date]) -> float:
    """Return the share of steps against the others: newest first is as good an order as oldest first."""
    back = _share_of_steps_back(days)
    return min(back, 1 - back)


def _is_in_order(days: list[date]) -> bool:
    return _disorder(days) <= IN_ORDER


def _is_out_of_order(days: list[date]) -> bool:
    return len(days) >= FEWEST_DAYS and _disorder(days) >= OUT_OF_ORDER


def _months_without_late_days(days: list[date]) -> set[tuple[int, int]]:
    late = {(d.year, d.month) for d in days if d.day > 12}
    return {(d.year, d.month) for d in days if d.day <= 12} - late
