"""A first mapping for a person to correct: from the names of an export's columns and from their values."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import yaml

from bank_marketing.importing import values as forms
from bank_marketing.importing.converting import (
    DAY_FIRST,
    MONTH_FIRST,
    THOUSANDS,
    ValueProblem,
    converter,
    currency_in,
    foreign_currency,
    kind_of,
)
from bank_marketing.importing.dates import judge_dates
from bank_marketing.importing.deciding import NUMBERS, decide_commas
from bank_marketing.importing.mapping import TO_FILL, Decision, FileSettings, Mapping
from bank_marketing.importing.naming import ALIKE, known_names, likeness, vocabulary
from bank_marketing.importing.neighbours import Neighbours
from bank_marketing.importing.recognising import Table
from bank_marketing.importing.tables import Group, TextTable
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat

MOST_LEVELS = 20
MOST_VALUES = 5_000
# No more than these words, in no more than this share of the rows, are taken for words for no value.
MOST_WORDS, FEW = 3, 0.05
NO_VALUE = (
    *("na", "n/a", "nan", "null", "none", "-", "--", ".", "?", "unknown", "missing"),
    *("unbekannt", "k.a.", "keine angabe", "desconocido", "s/d", "sin dato"),
)
GROUPED_BY_POINTS = re.compile(r"-?\d{1,3}(\.\d{3})+")
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
        if len(numbers) == len(self.counts) > 2:
            return f"numbers {min(numbers):g} to {max(numbers):g}"
        most = [text for text, _ in self.counts.most_common(MOST_LEVELS)]
        shown = ", ".join(text[:30] for text in most[:6])
        if len(self.counts) > MOST_LEVELS:
            return f"many values, such as {', '.join(text[:30] for text in most[:2])}"
        return f"{len(self.counts)} value{'s' * (len(self.counts) > 1)}: {shown}" + (
            ", ..." if len(most) > 6 else ""
        )


@dataclass(frozen=True)
class Proposal:
    """What a column is proposed to be filled by, why, and what a person is asked."""

    decision: Decision
    confidence: str  # high, medium, low, to fill or left out
    reason: str
    question: str | None = None


@dataclass(frozen=True)
class Proposals:
    """A first mapping, and why; `unused` are columns of the export that fill nothing."""

    mapping: Mapping
    by_header: dict[str, Proposal]
    unused: tuple[Profile, ...]
    rows: int
    derive: tuple[str, ...] = ()

    @property
    def derive_question(self) -> str:
        """What a person is asked where the domain lacks files that hold the same keys."""
        names = ", ".join(self.derive)
        return (
            f"the build needs {names}, too: say [{names}] to make them of the keys alone, [] if the bank has"
            " them"
        )

    def summary(self) -> str:
        """Return how many columns are proposed with which confidence, and all that is asked."""
        counts = Counter(proposal.confidence for proposal in self.by_header.values())
        known = ("high", "medium", "low", "left out", "to fill")
        lines = [", ".join(f"{counts[c]} {c}" for c in known if counts[c])]
        questions = [
            f"  {header}: {p.question or p.reason}"
            for header, p in self.by_header.items()
            if p.decision.is_open
        ]
        questions += [f"  derive: {self.derive_question}"] if self.derive else []
        return "\n".join([*lines, *(["To fill:"] if questions else []), *questions])


def propose(
    table_in_file: Table,
    table: TextTable,
    seed_format: SeedFormat,
    max_reject_share: float,
    derive: tuple[str, ...] = (),
) -> Proposals:
    """Propose a mapping; `derive` names the raw files that its keys could make.

    Each column of the export fills one column of the raw file at most. Values decide before names: a name is
    believed where its values fit, the same or known names before those alike. Then the neighbours are looked
    at that change what a column means.
    """
    profiles = [profile(table, n, name) for n, name in enumerate(table_in_file.header)]
    most = max(1, int(table.rows * max_reject_share))
    named = _match_names(seed_format, profiles, table.rows, most)
    used = {match.profile.name for match in named.values()}
    left = [p for p in profiles if p.name not in used]
    proposals: dict[str, Proposal] = {}
    for column in seed_format.columns:
        header = column.header.strip()
        proposals[header] = (
            _by_name(column, named[header])
            if header in named
            else _by_values(column, seed_format, left, table.rows)
        )
    around = Neighbours(table, table_in_file.header, seed_format, {p.name: p.counts for p in profiles})
    decisions = {header: proposal.decision for header, proposal in proposals.items()}
    for header, (decision, question, reason) in around.changes(decisions).items():
        confidence = "to fill" if decision.is_open else "medium"
        proposals[header] = Proposal(decision, confidence, reason, question)
    taken = {name for proposal in proposals.values() for name in proposal.decision.columns}
    settings = {
        "delimiter": None if table_in_file.sheet else table_in_file.delimiter,
        "encoding": table_in_file.encoding,
        "sheet": table_in_file.sheet,
        "skip_lines": str(table_in_file.rows_above) if table_in_file.rows_above else None,
        "header": None if table_in_file.has_header else "false",
        "names": () if table_in_file.has_header else table_in_file.header,
    }
    mapping = Mapping(
        format=seed_format.name,
        file=FileSettings(**settings),
        columns={header: proposal.decision for header, proposal in proposals.items()},
        derive=(TO_FILL,) if derive else (),
    )
    unused = tuple(p for p in profiles if p.name not in taken)
    return Proposals(mapping, proposals, unused, table.rows, derive)


def profile(table: TextTable, n: int, name: str) -> Profile:
    """Look at the values of a column."""
    text = f"trim(c{n})"
    found = table.ask(
        f"{text}, count(*), min(rowid) + {table.first_line}",
        f"where {text} <> '' group by 1 order by 3 limit {MOST_VALUES}",
        numbered=True,
    )
    distinct, filled = len(found), sum(count for _, count, _ in found)
    if distinct == MOST_VALUES:
        distinct, filled = table.ask(f"count(distinct {text}), count(nullif({text}, ''))")[0]
    counts, texts = Counter({t: n for t, n, _ in found}), [(line, t) for t, _, line in found]
    return Profile(name, counts, texts, distinct, table.rows - filled)


@dataclass(frozen=True)
class _Match:
    profile: Profile
    likeness: float
    reason: str
    decision: Decision
    problem: str | None


def _match_names(seed_format: SeedFormat, profiles: list[Profile], rows: int, most: int) -> dict[str, _Match]:
    """Match the columns by name, those whose values fit first, then the surest, each of them once."""
    scored: list[tuple[str, _Match]] = []
    for column in seed_format.columns:
        known = known_names(column, seed_format)
        for found in profiles:
            alike, reason = likeness(found.name, column, known)
            if alike >= ALIKE:
                decision, problem = decide(column, found, rows, most)
                if seed_format.unique_key == (column.name,) and not problem:
                    problem = _repeats(found, rows, most)
                scored.append((column.header.strip(), _Match(found, alike, reason, decision, problem)))
    matched: dict[str, _Match] = {}
    for header, match in sorted(scored, key=lambda pair: (pair[1].problem is not None, -pair[1].likeness)):
        if header not in matched and match.profile.name not in {m.profile.name for m in matched.values()}:
            matched[header] = match
    return matched


def _repeats(found: Profile, rows: int, most: int) -> str | None:
    repeated = rows - found.empty - found.distinct
    if repeated <= most:
        return None
    return f"{repeated:,} of {rows:,} rows repeat one, and each row must have a key of its own"


def _by_name(column: ColumnFormat, match: _Match) -> Proposal:
    found, decision, reason = match.profile, match.decision, match.reason
    is_empty = all(text.casefold() in NO_VALUE for text in found.counts)
    if is_empty and column.may_be_left_out and not column.key_of:
        return Proposal(Decision(leave_out=True), "left out", f"{reason}, but there is no value")
    if match.problem:
        reason = f"{reason}, but the values don't fit: {match.problem}"
        if column.may_be_left_out:
            reason += ". Name another column, say what the values stand for, or `leave_out: true`"
        return Proposal(Decision(), "to fill", reason)
    if decision.is_open:
        return Proposal(decision, "to fill", f"{reason}; {found}", _question(column, found, decision))
    fit = "its keys are no whole numbers, so each gets one" if decision.numbered else "the values fit"
    if decision.missing and any(
        column.is_required or word.casefold() not in NO_VALUE for word in decision.missing
    ):
        fit += f"; {', '.join(map(repr, decision.missing))} taken for no value"
        fit += ", so their rows are left out" if column.is_required else ""
        return Proposal(decision, "medium", f"{reason}, and {fit}: {found}")
    return Proposal(decision, "high" if match.likeness > 0.95 else "medium", f"{reason}, and {fit}: {found}")


def _question(column: ColumnFormat, found: Profile, decision: Decision) -> str:
    if TO_FILL in decision.date:
        written = {text: w for text in found.counts if (w := forms.written_date(text))}
        dates = [text for text, w in written.items() if w.form == "two numbers and a year"]
        first = next((text for text in dates if written[text].first <= 12), next(iter(found.counts)))
        signs = sorted({re.sub(r"[0-9]", "", text)[0] for text in dates})
        question = f"say whether day or month stands first in {first!r}: `date: day first` or `month first`"
        if len(signs) == 2:
            patterns = "[DD{0}MM{0}YYYY, MM{1}DD{1}YYYY]".format(*signs)
            question += (
                f", or, where {signs[0]!r} and {signs[1]!r} differ in that, such as `date: {patterns}`"
            )
        return question
    questions = ['say which is the decimal sign, "." or ","'] if decision.decimal == TO_FILL else []
    if decision.factor == TO_FILL:
        currency = currency_in(found.name) or next(
            (c for text in found.counts if (c := foreign_currency(column, text))), None
        )
        thousands = (match := THOUSANDS.search(found.name)) and match[0]
        questions.append(
            f"say by `factor` how many USD one {thousands or ''}{currency} is, or 1 if the amounts are meant"
            " as they are"
        )
    unknown = [code for code, text in decision.values.items() if text == TO_FILL]
    if unknown:
        known = vocabulary(column.vocabulary).values() if column.vocabulary else column.allowed_values
        expected = f" ({', '.join(map(str, dict.fromkeys(known)))})" if known else ""
        questions.append(f"say what {', '.join(map(repr, unknown))} stands for{expected}")
    return "; ".join(questions)


def _by_values(column: ColumnFormat, seed_format: SeedFormat, left: list[Profile], rows: int) -> Proposal:
    """Propose by values alone, where they are telling: a key, or the allowed values themselves."""
    is_key = seed_format.unique_key == (column.name,)
    fitting = []
    for found in left:
        decision, problem = decide(column, found, rows, 0)
        is_in_part = column.is_required and decision.missing
        if problem or decision.numbered or decision.is_open or is_in_part:
            continue
        if (is_key and found.distinct == rows > 1) or (column.allowed_values and not is_key):
            fitting.append(decision)
    why = "no column has a name like it"
    if len(fitting) == 1 and (is_key or column.data_type != "boolean"):
        what = "values of its own in each row" if is_key else "the allowed values"
        return Proposal(fitting[0], "low", f"{why}, but {fitting[0].column} alone has {what}")
    if fitting:
        why += f"; its values could be those of {', '.join(str(d.column) for d in fitting)}"
    if column.may_be_left_out and not column.key_of:
        return Proposal(Decision(leave_out=True), "left out", f"{why}. Null, unless you know one")
    if column.may_be_left_out:
        why += f". Name its column, or `leave_out: true` where no row has a {column.key_of}"
    elif is_key:
        why += ". If the file has no key, `row_number: true` numbers its rows"
    else:
        why += ". Name its column, or a `constant` that is true of all rows"
    return Proposal(Decision(), "to fill", why)


def decide(column: ColumnFormat, found: Profile, rows: int, most: int) -> tuple[Decision, str | None]:
    """Find out how a column's values are to be read, or why they aren't such values."""
    missing = tuple(text for text in found.counts if text.casefold() in NO_VALUE)
    counts = {text: n for text, n in found.counts.items() if text not in missing}
    if not counts:
        return Decision(column=found.name), "there is none"
    kind = kind_of(column)
    if kind == "text":
        decision, problem = _words(column, found, counts), _no_text(column, found, counts)
    elif kind in ("yes or no", "one of the allowed values"):
        decision, problem = _codes(column, found, counts, missing)
    else:
        said: dict[str, Any] = {"column": found.name, "missing": missing}
        if kind in ("day", "moment", "date", "month and year"):
            said["date"] = _date(column, found, set(missing))
        elif kind in NUMBERS:
            is_foreign = _is_foreign(column, found, counts)
            said |= {"decimal": _decimal_sign(found, counts), "factor": TO_FILL if is_foreign else None}
        decision, problem = _tried(column, Decision(**said), counts, rows)
    if problem and column.key_of and not _are_dates(counts):
        decision, problem = Decision(column=found.name, missing=missing, numbered=True), None
    return (
        (decision, problem) if problem or not column.is_required else _required(decision, found, rows, most)
    )


def _required(decision: Decision, found: Profile, rows: int, most: int) -> tuple[Decision, str | None]:
    """Take a few empty values for none, if they are more than the build lets through."""
    lacking = found.empty + sum(found.counts[word] for word in decision.missing)
    if found.empty > max(most, 1):
        decision = decision.model_copy(update={"missing": (*decision.missing, "")})
    if lacking <= max(most, FEW * rows):
        return decision, None
    return (
        decision,
        f"{lacking:,} of {rows:,} rows have none. To leave those out, say {decision_text(decision)}",
    )


def _words(column: ColumnFormat, found: Profile, counts: dict[str, int]) -> Decision:
    """Ask about levels that no vocabulary has, where models rely on its words."""
    known = vocabulary(column.vocabulary) if column.vocabulary else {}
    is_asked = known and len(counts) <= MOST_LEVELS and any(text.lower() not in known for text in counts)
    # A letter means what the others make of it: M beside H is mujer, not male.
    named = {known[text.lower()] for text in counts if text.lower() in known}
    is_letter_open = len(named) < 2
    values = {
        text: TO_FILL if is_letter_open and len(text) == 1 else known.get(text.lower(), TO_FILL)
        for text in (counts if is_asked else ())
    }
    return Decision(column=found.name, values=values)


def _no_text(column: ColumnFormat, found: Profile, counts: dict[str, int]) -> str | None:
    numbers = all(forms.number(text) is not None for text in counts)
    is_number = forms.number(str(column.example)) is not None
    # A word such as 'unknown' may well be a level of its own.
    is_wrong = numbers and not is_number and not column.is_personal
    return f"{found}, expected text such as {column.example!r}" if is_wrong else None


def _is_foreign(column: ColumnFormat, found: Profile, counts: dict[str, int]) -> bool:
    if not (column.unit or "").startswith("USD"):
        return False
    return any(foreign_currency(column, text) for text in (found.name, *counts))


def _are_dates(counts: dict[str, int]) -> bool:
    dates = sum((w := forms.written_date(text)) is not None and w.form != "serial number" for text in counts)
    return dates > len(counts) / 2


def _tried(
    column: ColumnFormat, decision: Decision, counts: dict[str, int], rows: int
) -> tuple[Decision, str | None]:
    """Hold a decision against all values; a few words that are none are taken for no value."""
    if TO_FILL in (decision.decimal, *decision.date):
        return decision, None
    as_known = decision.model_copy(update={"factor": "1"}) if decision.factor == TO_FILL else decision
    convert = converter(column, as_known)
    wrong: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for text, n in counts.items():
        try:
            broken = convert(text).broken
        except ValueProblem as problem:
            broken = str(problem).split(";")[0]
            words[text] += n
        if broken:
            wrong[f"found {text!r}: {broken}"] += n
    few = 0 < len(words) <= MOST_WORDS and sum(words.values()) <= FEW * rows and len(counts) > len(words)
    if few and not any(re.search(r"\d", text) for text in words):
        decision = decision.model_copy(update={"missing": (*decision.missing, *words)})
        wrong -= Counter({key: n for key, n in wrong.items() if any(f"{w!r}" in key for w in words)})
    elif words:
        return decision, wrong.most_common(1)[0][0]
    if sum(wrong.values()) > 0.01 * sum(counts.values()):
        return decision, wrong.most_common(1)[0][0]
    return decision, None


def _codes(
    column: ColumnFormat, found: Profile, counts: dict[str, int], missing: tuple[str, ...]
) -> tuple[Decision, str | None]:
    convert = converter(column, Decision())
    codes: dict[str, str] = {}
    for text in counts:
        try:
            codes[text] = convert(text).text
        except ValueProblem:
            codes[text] = TO_FILL
    if len(codes) > MOST_LEVELS:
        return Decision(), f"{found}, expected {', '.join(map(str, column.allowed_values))}"
    if column.data_type == "boolean" and len(codes) > 2:
        return Decision(), f"{found}, expected two values"
    if column.data_type == "boolean" and TO_FILL in codes.values():
        # Of 1 and 2 the first may well be no.
        codes = {text: TO_FILL if forms.number(text) else known for text, known in codes.items()}
    is_plain = all(code == text for code, text in codes.items())
    return Decision(column=found.name, values={} if is_plain else codes, missing=missing), None


def _decimal_sign(found: Profile, counts: dict[str, int]) -> str | None:
    """Tell the decimal sign, if the values need one; a question mark if they can be read both ways."""
    plain = [re.sub(r"[^\d.,-]", "", text) for text in counts]
    if not any("," in text for text in plain):
        grouped = [text for text in plain if "." in text]
        # 1.234 and 12.345, and never another number of digits behind the point.
        is_open = len(grouped) > 2 and all(GROUPED_BY_POINTS.fullmatch(text) for text in grouped)
        return TO_FILL if is_open and not any(text.startswith("0.") for text in grouped) else None
    groups = [Group(text, line, 1) for line, text in found.texts if text in counts]
    sign, problem = decide_commas(groups, is_parted_by_comma=False)
    return TO_FILL if problem else sign


def _date(column: ColumnFormat, found: Profile, missing: set[str]) -> tuple[str, ...]:
    """Tell how days are written; nothing if their form says it, a question mark if nothing proves it."""
    texts = [(line, text) for line, text in found.texts if text not in missing]
    if short := [m for _, text in texts if (m := TWO_DIGIT_YEAR.fullmatch(text))]:
        first, last = max(int(m[1]) for m in short), max(int(m[3]) for m in short)
        if (first > 12) == (last > 12):
            return (TO_FILL,)
        day = ["DD", "MM", "YY"] if first > 12 else ["MM", "DD", "YY"]
        time = ("", " hh:mm", " hh:mm:ss")[(short[0][4] or "").count(":")]
        return (short[0][2].join(day) + time,)
    if kind_of(column) == "month and year" and all(forms.month_year(text) for _, text in texts):
        return ()
    written = [w for _, text in texts if (w := forms.written_date(text))]
    if not any(w.form == "two numbers and a year" for w in written):
        return (MONTH_FIRST,) if kind_of(column) == "month and year" and written else ()
    order = judge_dates(texts)
    return (TO_FILL if order.problem else DAY_FIRST if order.is_day_first else MONTH_FIRST,)


def proposal_text(name: str, seed_format: SeedFormat, proposals: Proposals) -> str:
    """Write proposals as a mapping file that `read_mapping` reads back, with their reasons as comments."""
    settings = proposals.mapping.file.said()
    lines = [
        f"# First mapping of {name} to {seed_format.name}, from {proposals.rows:,} rows.",
        f'# Correct it: put something in place of each "{TO_FILL}", and look at what is low or medium.',
        "# Instead of `column`, write `constant: TEXT` for what all rows share, `row_number: true`, or",
        "# `leave_out: true` where a column need not be there. How values are written: `values` (codes),",
        "# `missing` (words for no value), `date`, `decimal`, `factor`: see docs/importing/own-export.md.",
        f"format: {seed_format.name}",
        "file:" if settings else "file: {}",
        *(f"  {name}: {_flow(value)}" for name, value in settings.items()),
        *([f"# {proposals.derive_question}.", f'derive: "{TO_FILL}"'] if proposals.derive else []),
        "columns:",
    ]
    for column in seed_format.columns:
        header = column.header.strip()
        proposal = proposals.by_header[header]
        lines += [
            f"  # {kind_of(column)}{', ' + column.unit if column.unit else ''}"
            f"{'' if column.may_be_left_out else ', must be there'}, such as {column.example}."
            f" {column.description}",
            f"  # {proposal.confidence}: {proposal.reason}"
            + (f". {proposal.question[0].upper()}{proposal.question[1:]}" if proposal.question else ""),
            f"  {_scalar(header)}: {decision_text(proposal.decision)}",
        ]
    if proposals.unused:
        lines += [
            "# Columns of the file that fill nothing:",
            *(f"#   {p.name}: {p}".replace("\n", " ") for p in proposals.unused),
        ]
    return "\n".join(lines) + "\n"


def decision_text(decision: Decision) -> str:
    """Write a decision as a mapping has it, on one line."""
    said = decision.model_dump(exclude_defaults=True)
    said = {key: value[0] if key == "date" and len(value) == 1 else value for key, value in said.items()}
    return _flow(said) if said else _scalar(TO_FILL)


def _flow(said: Any) -> str:
    """Write what a mapping says on one line of YAML."""
    if isinstance(said, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(value)}" for key, value in said.items()) + "}"
    if isinstance(said, list | tuple):
        return "[" + ", ".join(map(_flow, said)) + "]"
    return "true" if said is True else _scalar(said)


def _scalar(text: str) -> str:
    is_plain = re.fullmatch(r"[A-Za-z][\w.-]*( first)?", text) and len(text) > 1
    return text if is_plain and yaml.safe_load(text) == text else json.dumps(text, ensure_ascii=False)
