"""The values of a column of unknown meaning, and how to read them if they are those of a raw column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bank_marketing.importing import values as forms
from bank_marketing.importing.converting import (
    DAY_FIRST,
    MONTH_FIRST,
    ValueProblem,
    converter,
    foreign_currency,
)
from bank_marketing.importing.dates import judge_dates
from bank_marketing.importing.deciding import FEWEST_GROUPED, GROUPED_BY_POINTS, NO_NUMBER, decide_commas
from bank_marketing.importing.decisions import TO_FILL, Decision
from bank_marketing.importing.naming import vocabulary
from bank_marketing.importing.tables import Group, TextTable
from bank_marketing.importing.values import DATES, NUMBERS, kind_of
from bank_marketing.seeds.formats import ColumnFormat

MOST_LEVELS = 20
MOST_VALUES = 5_000
# No more than these words, in no more than this share of the rows, are taken for words for no value.
MOST_WORDS, FEW = 3, 0.05
NO_VALUE = (
    *(*NO_NUMBER, "-", "--", ".", "?", "unknown", "missing"),
    *("unbekannt", "k.a.", "keine angabe", "desconocido", "s/d", "sin dato"),
)
TWO_DIGIT_YEAR = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2\d\d( \d{1,2}:\d\d(:\d\d)?)?")


@dataclass(frozen=True)
class Profile:
    """What an export says of a column: its values, the first row of each, how often it is there."""

    name: str
    counts: Counter[str]
    texts: list[tuple[int, str]]
    distinct: int
    empty: int

    def __str__(self) -> str:
        """Return the column in a few words: its range, or its values."""
        if not self.counts:
            return "no value"
        numbers = [float(n) for text in self.counts if (n := forms.number(text))]
        if len(numbers) == self.distinct > 2:
            return f"numbers {min(numbers):g} to {max(numbers):g}"
        most = [text[:30] for text, _ in self.counts.most_common(7)]
        if len(self.counts) > MOST_LEVELS:
            return f"many values, such as {', '.join(most[:2])}"
        more = ", ..." if len(most) > 6 else ""
        return f"{len(self.counts)} value{'s' * (len(self.counts) > 1)}: {', '.join(most[:6])}{more}"


def profile(table: TextTable, n: int, name: str) -> Profile:
    """Look at the values of a column."""
    text = f"nullif(trim(c{n}), '')"
    found = table.ask(
        f"{text}, count(*), min(rowid) + {table.first_line}",
        f"where {text} is not null group by 1 order by 3 limit {MOST_VALUES}",
        numbered=True,
    )
    distinct, filled = len(found), sum(count for _, count, _ in found)
    if distinct == MOST_VALUES:
        distinct, filled = table.ask(f"count(distinct {text}), count({text})")[0]
        # Of those that come later the first of each way of writing.
        seen = {value for value, _, _ in found}
        later = [(group.example.strip(), group.count, group.line) for group in table.groups(n)]
        found += [item for item in later if item[0] and item[0] not in seen][:MOST_VALUES]
    counts, texts = Counter({t: n for t, n, _ in found}), [(line, t) for t, _, line in found]
    return Profile(name, counts, texts, distinct, table.rows - filled)


@dataclass(frozen=True)
class Reading:
    """How a column's values are to be read, or why they aren't such values."""

    decision: Decision
    problem: str | None = None


def read_as(column: ColumnFormat, found: Profile, rows: int, most: int) -> Reading:
    """Find out how a column's values are to be read as those of a raw column."""
    missing = tuple(text for text in found.counts if text.casefold() in NO_VALUE)
    counts = {text: n for text, n in found.counts.items() if text not in missing}
    if not counts:
        return Reading(Decision(column=found.name), "there is none")
    kind = kind_of(column)
    if kind == "text":
        reading = _words(column, found, counts)
    elif kind in ("yes or no", "one of the allowed values"):
        reading = _codes(column, found, counts, missing)
    else:
        said: dict[str, Any] = {"column": found.name, "missing": missing}
        if kind in DATES:
            said["date"] = _date(kind, [item for item in found.texts if item[1] in counts])
        elif kind in NUMBERS:
            is_usd = (column.unit or "").startswith("USD")
            is_foreign = is_usd and any(foreign_currency(column, text) for text in (found.name, *counts))
            said |= {"decimal": _decimal_sign(found, counts), "factor": TO_FILL if is_foreign else None}
        reading = _tried(column, Decision(**said), counts, rows)
    if reading.problem and column.key_of and not _are_dates(counts):
        reading = Reading(Decision(column=found.name, missing=missing, numbered=True))
    if reading.problem or not column.is_required:
        return reading
    # A few empty values are none, if they are more than the build lets through.
    decision = reading.decision
    lacking = found.empty + sum(found.counts[word] for word in decision.missing)
    if found.empty > max(most, 1):
        decision = decision.model_copy(update={"missing": (*decision.missing, "")})
    if lacking <= max(most, FEW * rows):
        return Reading(decision)
    return Reading(decision, f"{lacking:,} of {rows:,} rows have none. To leave those out, say {decision}")


def _words(column: ColumnFormat, found: Profile, counts: dict[str, int]) -> Reading:
    """Ask about levels that no vocabulary has, where models rely on its words."""
    known = vocabulary(column.vocabulary) if column.vocabulary else {}
    is_asked = known and len(counts) <= MOST_LEVELS and any(text.lower() not in known for text in counts)
    # A letter means what the others make of it: M beside H is mujer, not male.
    is_letter_open = len({known[text.lower()] for text in counts if text.lower() in known}) < 2
    values = {
        text: TO_FILL if is_letter_open and len(text) == 1 else known.get(text.lower(), TO_FILL)
        for text in (counts if is_asked else ())
    }
    # A word such as 'unknown' may well be a level of its own.
    is_number = all(forms.number(text) is not None for text in counts)
    is_wrong = is_number and not is_asked and forms.number(str(column.example)) is None
    is_wrong = is_wrong and not column.is_personal
    problem = f"{found}, expected text such as {column.example!r}" if is_wrong else None
    return Reading(Decision(column=found.name, values=values), problem)


def _codes(column: ColumnFormat, found: Profile, counts: Iterable[str], missing: tuple[str, ...]) -> Reading:
    convert = converter(column, Decision())
    codes: dict[str, str] = {}
    for text in counts:
        try:
            codes[text] = convert(text).text
        except ValueProblem:
            codes[text] = TO_FILL
    is_flag = column.data_type == "boolean"
    meant = {text.casefold() if code == TO_FILL else code for text, code in codes.items()}
    if len(meant) > (2 if is_flag else MOST_LEVELS):
        expected = "two values" if is_flag else ", ".join(map(str, column.allowed_values))
        return Reading(Decision(), f"{found}, expected {expected}")
    if is_flag and TO_FILL in codes.values():
        # Of 1 and 2 the first may well be no.
        codes = {text: TO_FILL if forms.number(text) else known for text, known in codes.items()}
    is_plain = all(code == text for code, text in codes.items())
    return Reading(Decision(column=found.name, values={} if is_plain else codes, missing=missing))


def _tried(column: ColumnFormat, decision: Decision, counts: dict[str, int], rows: int) -> Reading:
    """Hold a decision against all values; a few words that are none are taken for no value."""
    if TO_FILL in (decision.decimal, *decision.date):
        return Reading(decision)
    as_known = decision.model_copy(update={"factor": "1"}) if decision.factor == TO_FILL else decision
    convert = converter(column, as_known)
    wrong: Counter[str] = Counter()
    words: dict[str, str] = {}
    for text, n in counts.items():
        try:
            broken = convert(text).broken
        except ValueProblem as problem:
            broken = words[text] = str(problem).split(";")[0]
        if broken:
            wrong[f"found {text!r}: {broken}"] += n
    if words:
        is_few = len(words) <= MOST_WORDS and sum(counts[word] for word in words) <= FEW * rows
        if not is_few or len(words) == len(counts) or any(re.search(r"\d", word) for word in words):
            return Reading(decision, wrong.most_common(1)[0][0])
        decision = decision.model_copy(update={"missing": (*decision.missing, *words)})
        for word, why in words.items():
            del wrong[f"found {word!r}: {why}"]
    is_wrong = wrong.total() > 0.01 * sum(counts.values())
    return Reading(decision, wrong.most_common(1)[0][0] if is_wrong else None)


def _are_dates(counts: dict[str, int]) -> bool:
    dates = sum((w := forms.written_date(text)) is not None and w.form != "serial number" for text in counts)
    return dates > len(counts) / 2


def _decimal_sign(found: Profile, counts: dict[str, int]) -> str | None:
    """Tell the decimal sign, if the values need one; a question mark if they can be read both ways."""
    plain = [re.sub(r"[^\d.,-]", "", text) for text in counts]
    if not any("," in text for text in plain):
        grouped = [text for text in plain if "." in text]
        # 1.234 and 12.345, and never another number of digits behind the point.
        is_open = all(re.fullmatch(GROUPED_BY_POINTS, text) for text in grouped)
        return TO_FILL if is_open and len(grouped) >= FEWEST_GROUPED else None
    groups = [Group(text, line, 1) for line, text in found.texts if text in counts]
    sign, problem = decide_commas(groups, False)
    return TO_FILL if problem else sign


def _date(kind: str, texts: list[tuple[int, str]]) -> tuple[str, ...]:
    """Tell how days are written; nothing if their form says it, a question mark if nothing proves it."""
    if short := [m for _, text in texts if (m := TWO_DIGIT_YEAR.fullmatch(text))]:
        first, last = max(int(m[1]) for m in short), max(int(m[3]) for m in short)
        if (first > 12) == (last > 12):
            return (TO_FILL,)
        day = ["DD", "MM", "YY"] if first > 12 else ["MM", "DD", "YY"]
        time = ("", " hh:mm", " hh:mm:ss")[(short[0][4] or "").count(":")]
        return (short[0][2].join(day) + time,)
    if kind == "month and year" and all(forms.month_year(text) for _, text in texts):
        return ()
    written = [w for _, text in texts if (w := forms.written_date(text))]
    if not any(w.form == "two numbers and a year" for w in written):
        return (MONTH_FIRST,) if kind == "month and year" and written else ()
    order = judge_dates(texts)
    return (TO_FILL if order.problem else DAY_FIRST if order.is_day_first else MONTH_FIRST,)
