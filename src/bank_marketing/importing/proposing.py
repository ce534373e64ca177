"""A first mapping for a person to correct: from the names of an export's columns and from their values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from bank_marketing.importing import values as forms
from bank_marketing.importing.converting import THOUSANDS, foreign_currency
from bank_marketing.importing.decisions import TO_FILL, Decision, FileSettings, Mapping, yaml_line
from bank_marketing.importing.naming import ALIKE, known_names, likeness, vocabulary
from bank_marketing.importing.neighbours import Neighbours, Proposal
from bank_marketing.importing.profiles import NO_VALUE, Profile, Reading, profile, read_as
from bank_marketing.importing.tables import TextTable
from bank_marketing.importing.values import kind_of
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat

LEFT_OUT = Decision(leave_out=True)


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
        open_ones = {h: p for h, p in self.by_header.items() if p.decision.is_open}
        questions = [f"  {header}: {p.question or p.reason}" for header, p in open_ones.items()]
        questions += [f"  derive: {self.derive_question}"] if self.derive else []
        is_used = any(proposal.decision.columns for proposal in self.by_header.values())
        questions += (
            [] if is_used else ["  file: no column is known. Say `header: false` if row 1 has values"]
        )
        counted = ", ".join(f"{counts[c]} {c}" for c in known if counts[c])
        return "\n".join([counted, *(["To fill:"] if questions else []), *questions])


def propose(
    table: TextTable, seed_format: SeedFormat, max_reject_share: float, derive: tuple[str, ...] = ()
) -> Proposals:
    """Propose a mapping; `derive` names the raw files that its keys could make.

    Each column of the export fills one column of the raw file at most. Values decide before names: a name is
    believed where its values fit, the same or known names before those alike. Then the neighbours are looked
    at that change what a column means.
    """
    found = table.plain.table
    profiles = [profile(table, n, name) for n, name in enumerate(found.header)]
    named = _match_names(seed_format, profiles, table.rows, max(1, int(table.rows * max_reject_share)))
    used = {match.profile.name for match in named.values()}
    left = [p for p in profiles if p.name not in used]
    proposals: dict[str, Proposal] = {}
    for column in seed_format.columns:
        match = named.get(header := column.header.strip())
        proposals[header] = (
            _by_name(column, match) if match else _by_values(column, seed_format, left, table.rows)
        )
    around = Neighbours(table, seed_format, profiles)
    decisions = {header: proposal.decision for header, proposal in proposals.items()}
    changes = around.changes(decisions)
    for column in seed_format.columns:
        if change := changes.get(header := column.header.strip()):
            proposals[header] = _asked(column, change, around.profiles)
    settings = FileSettings(
        delimiter=None if found.sheet else found.delimiter,
        encoding=found.encoding,
        sheet=found.sheet,
        skip_lines=str(found.rows_above) if found.rows_above else None,
        header=None if found.has_header else "false",
        names=() if found.has_header else found.header,
    )
    columns = {header: proposal.decision for header, proposal in proposals.items()}
    taken = {name for decision in columns.values() for name in decision.columns}
    asked = (TO_FILL,) if derive else ()
    mapping = Mapping(format=seed_format.name, file=settings, columns=columns, derive=asked)
    unused = tuple(p for p in profiles if p.name not in taken)
    return Proposals(mapping, proposals, unused, table.rows, derive)


@dataclass(frozen=True)
class _Match:
    profile: Profile
    likeness: float
    reason: str
    reading: Reading


def _match_names(seed_format: SeedFormat, profiles: list[Profile], rows: int, most: int) -> dict[str, _Match]:
    """Match the columns by name, those whose values fit first, then the surest, each of them once."""
    scored: list[tuple[str, _Match]] = []
    for column in seed_format.columns:
        known, is_key = known_names(column, seed_format), seed_format.unique_key == (column.name,)
        for found in profiles:
            alike, reason = likeness(found.name, column, known)
            if alike < ALIKE:
                continue
            reading, repeated = read_as(column, found, rows, most), rows - found.empty - found.distinct
            if is_key and not reading.problem and repeated > most:
                problem = f"{repeated:,} of {rows:,} rows repeat one, and each row must have a key of its own"
                reading = Reading(reading.decision, problem)
            scored.append((column.header.strip(), _Match(found, alike, reason, reading)))
    scored.sort(key=lambda pair: (pair[1].reading.problem is not None, -pair[1].likeness))
    matched: dict[str, _Match] = {}
    for header, match in scored:
        if header not in matched and match.profile.name not in {m.profile.name for m in matched.values()}:
            matched[header] = match
    return matched


def _by_name(column: ColumnFormat, match: _Match) -> Proposal:
    found, reason = match.profile, match.reason
    decision, problem = match.reading.decision, match.reading.problem
    is_empty = all(text.casefold() in NO_VALUE for text in found.counts)
    if is_empty and column.may_be_left_out and not column.key_of:
        return Proposal(LEFT_OUT, f"{reason}, but there is no value", trust="left out")
    if problem:
        reason = f"{reason}, but the values don't fit: {problem}"
        if column.may_be_left_out:
            reason += ". Name another column, say what the values stand for, or `leave_out: true`"
        return Proposal(Decision(), reason)
    if decision.is_open:
        return Proposal(decision, f"{reason}; {found}", _question(column, found, decision))
    fit = "its keys are no whole numbers, so each gets one" if decision.numbered else "the values fit"
    is_sure = match.likeness > 0.95
    if any(column.is_required or word.casefold() not in NO_VALUE for word in decision.missing):
        fit += f"; {', '.join(map(repr, decision.missing))} taken for no value"
        fit += ", so their rows are left out" if column.is_required else ""
        is_sure = False
    return Proposal(decision, f"{reason}, and {fit}: {found}", trust="high" if is_sure else "medium")


def _asked(column: ColumnFormat, change: Proposal, profiles: dict[str, Profile]) -> Proposal:
    """Ask what the change asks, and what is open besides."""
    found = [profiles[name] for name in change.decision.columns[:1]]
    besides = [_question(column, profile, change.decision) for profile in found]
    questions = list(filter(None, [change.question, *besides]))
    if sum("`factor`" in question or "`factor:" in question for question in questions) > 1:
        questions.append("`factor` is the product of both")
    return replace(change, question="; ".join(questions) or None)


def _question(column: ColumnFormat, found: Profile, decision: Decision) -> str:
    questions = ['say which is the decimal sign, "." or ","'] if decision.decimal == TO_FILL else []
    if TO_FILL in decision.date:
        written = {text: w for text in found.counts if (w := forms.written_date(text))}
        dates = [text for text, w in written.items() if w.form == "two numbers and a year"]
        first = next((text for text in dates if written[text].first <= 12), next(iter(found.counts)))
        signs = sorted({text.lstrip("0123456789")[0] for text in dates})
        question = f"say whether day or month stands first in {first!r}: `date: day first` or `month first`"
        if len(signs) == 2:
            patterns = "[DD{0}MM{0}YYYY, MM{1}DD{1}YYYY]".format(*signs)
            question += f", or, where {signs[0]!r} and {signs[1]!r} differ, such as `date: {patterns}`"
        questions.append(question)
    currencies = filter(None, (foreign_currency(column, text) for text in (found.name, *found.counts)))
    is_asked = decision.factor == TO_FILL and decision.currency_from is None
    if is_asked and (currency := next(currencies, None)):
        thousands = match[0] if (match := THOUSANDS.search(found.name)) else ""
        unit = f"{thousands}{currency}"
        questions.append(
            f"say by `factor` how many USD one {unit} is, or 1 if the amounts are meant as they are"
        )
    if unknown := [code for code, text in decision.values.items() if text == TO_FILL]:
        known = vocabulary(column.vocabulary).values() if column.vocabulary else column.allowed_values
        expected = f" ({', '.join(map(str, dict.fromkeys(known)))})" if known else ""
        questions.append(f"say what {', '.join(map(repr, unknown))} stands for{expected}")
    return "; ".join(questions)


def _by_values(column: ColumnFormat, seed_format: SeedFormat, left: list[Profile], rows: int) -> Proposal:
    """Propose by values alone, where they are telling: a key, or the allowed values themselves."""
    is_key = seed_format.unique_key == (column.name,)
    fitting = []
    for found in left:
        reading = read_as(column, found, rows, 0)
        decision = reading.decision
        is_in_part = column.is_required and decision.missing
        if reading.problem or decision.numbered or decision.is_open or is_in_part:
            continue
        if (is_key and found.distinct == rows > 1) or (column.allowed_values and not is_key):
            fitting.append(decision)
    why = "no column has a name like it"
    if len(fitting) == 1 and (is_key or column.data_type != "boolean"):
        what = "values of its own in each row" if is_key else "the allowed values"
        return Proposal(fitting[0], f"{why}, but {fitting[0].column} alone has {what}", trust="low")
    if fitting:
        why += f"; its values could be those of {', '.join(str(d.column) for d in fitting)}"
    if column.may_be_left_out and not column.key_of:
        return Proposal(LEFT_OUT, f"{why}. Null, unless you know one", trust="left out")
    if column.may_be_left_out:
        why += f". Name its column, or `leave_out: true` where no row has a {column.key_of}"
    elif is_key:
        why += ". If the file has no key, `row_number: true` numbers its rows"
    else:
        why += ". Name its column, or a `constant` that is true of all rows"
    return Proposal(Decision(), why)


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
        *(f"  {name}: {yaml_line(value)}" for name, value in settings.items()),
        *([f"# {proposals.derive_question}.", f'derive: "{TO_FILL}"'] if proposals.derive else []),
        "columns:",
    ]
    for column in seed_format.columns:
        proposal = proposals.by_header[header := column.header.strip()]
        kind = f"{kind_of(column)}{', ' + column.unit if column.unit else ''}"
        kind += "" if column.may_be_left_out else ", must be there"
        question = proposal.question or ""
        asked = f". {question[0].upper()}{question[1:]}" if question else ""
        lines += [
            f"  # {kind}, such as {column.example}. {column.description}",
            f"  # {proposal.confidence}: {proposal.reason}{asked}",
            f"  {yaml_line(header)}: {proposal.decision}",
        ]
    lines += ["# Columns of the file that fill nothing:"] if proposals.unused else []
    lines += [f"#   {p.name}: {p}".replace("\n", " ") for p in proposals.unused]
    return "\n".join(lines) + "\n"
