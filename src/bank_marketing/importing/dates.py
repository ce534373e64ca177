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
PAIR = "two numbers and a year"
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
    """A date by its line, and the day that it is."""

    line: int
    text: str
    written: WrittenDate
    day: date

    @property
    def swapped(self) -> date:
        return self.day.replace(month=self.day.day, day=self.day.month) if self.day.day <= 12 else self.day

    def __str__(self) -> str:
        return f"{self.text!r} (line {self.line})"


def judge_dates(dates: Sequence[tuple[int, str]]) -> DateOrder:
    """Find out how a column of dates is to be read, from its texts with their lines."""
    written = [(line, text, w) for line, text in dates if (w := written_date(text))]
    pairs = [item for item in written if item[2].form == PAIR]
    day_first = next((item for item in pairs if item[2].first > 12), None)
    month_first = next((item for item in pairs if item[2].last > 12), None)
    if day_first and month_first:
        return DateOrder(
            problem=(
                f"{day_first[1]!r} (line {day_first[0]}) can only be read day first, {month_first[1]!r} (line"
                f" {month_first[0]}) only month first. {REMEDY}"
            )
        )
    is_open = not day_first and not month_first and any(w.first != w.last for _, _, w in pairs)
    found = [
        _Found(line, text, w, moment.date())
        for line, text, w in written
        if (moment := w.read(is_day_first=day_first is not None))
    ]
    days, swapped = [f.day for f in found], [f.swapped for f in found]
    problem = (
        _swapped_by_form(found)
        or (_not_proven(found, days, swapped) if is_open and found else None)
        or _swapped_by_order(found, days, swapped)
        or _swapped_by_gaps(days, swapped)
    )
    return DateOrder(day_first is not None, f"{problem}. {REMEDY}" if problem else None)


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


def _swapped_by_form(found: list[_Found]) -> str | None:
    """Look for what a spreadsheet does: it rewrites what it takes for dates and leaves the others."""
    left = [f for f in found if f.written.form == PAIR]
    rewritten = [f for f in found if f.written.form != PAIR]
    is_early, is_late = all(f.day.day <= 12 for f in rewritten), all(f.day.day > 12 for f in left)
    if not left or len(rewritten) < 2 or not (is_early and is_late):
        return None
    return (
        f"{SWAPPED}: {rewritten[0]} and all others written like it are on days 1 to 12, while {left[0]} and"
        " all later days were left as they were"
    )


def _not_proven(found: list[_Found], days: list[date], swapped: list[date]) -> str | None:
    """Say why dates that can be read both ways aren't proven to be month first."""
    has_every_day, is_every_swapped = _has_every_day(days), _has_every_day(swapped)
    if (has_every_day and not is_every_swapped) or _is_in_order_alone(days, swapped):
        return None
    first = next((f for f in found if f.day != f.swapped), found[0])
    hint = " (day first they would be in order)" if _is_in_order_alone(swapped, days) else ""
    hint = " (day first there would be one for every day)" if is_every_swapped else hint
    return (
        f"day and month can't be told apart: {first} and all others can be read both ways, and neither their"
        f" order nor their gaps prove which is meant{hint}"
    )


def _swapped_by_order(found: list[_Found], days: list[date], swapped: list[date]) -> str | None:
    if not _is_in_order_alone(swapped, days):
        return None
    is_newest_first = _share_of_steps_back(days) > 0.5
    steps = (pair for pair in pairwise(found) if pair[0].day != pair[1].day)
    before, after = next((a, b) for a, b in steps if (b.day > a.day) == is_newest_first)
    return f"{SWAPPED}: {after} comes after {before}, and with day and month swapped all are in order"


def _swapped_by_gaps(days: list[date], swapped: list[date]) -> str | None:
    here, there = _months_without_late_days(days), _months_without_late_days(swapped)
    is_enough = len({d for d in days if d.day > 12}) >= 3 * FEWEST_DAYS
    if not is_enough or len(here) < 3 or len(there) > len(here) // 4:
        return None
    months = ", ".join(f"{year}-{month:02}" for year, month in sorted(here)[:3])
    return (
        f"{SWAPPED}: {len(here)} months ({months}, ...) have dates on days 1 to 12 only; with day and month"
        f" swapped {len(there)} have"
    )


def _has_every_day(days: list[date]) -> bool:
    distinct = set(days)
    return len(distinct) >= FEWEST_DAYS and (max(distinct) - min(distinct)).days + 1 == len(distinct)


def _share_of_steps_back(days: list[date]) -> float:
    steps = [b < a for a, b in pairwise(days) if a != b]
    return sum(steps) / len(steps) if len(steps) >= FEWEST_DAYS - 1 else 0.5


def _is_in_order_alone(days: list[date], others: list[date]) -> bool:
    """Tell whether days are in order and others are not; newest first is as good an order as oldest first."""
    disorder, of_others = (min(back, 1 - back) for back in map(_share_of_steps_back, (days, others)))
    return disorder <= IN_ORDER and of_others >= OUT_OF_ORDER and len(others) >= FEWEST_DAYS


def _months_without_late_days(days: list[date]) -> set[tuple[int, int]]:
    late = {(d.year, d.month) for d in days if d.day > 12}
    return {(d.year, d.month) for d in days if d.day <= 12} - late
