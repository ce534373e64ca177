"""A first mapping for a person to correct: from the names of an export's columns and from their values."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import islice

import yaml

from bank_marketing.errors import UserError
from bank_marketing.importing import values as forms
from bank_marketing.importing.converting import Reading, ValueProblem, converter, foreign_currency, kind_of
from bank_marketing.importing.dates import judge_dates
from bank_marketing.importing.exports import Export
from bank_marketing.importing.mapping import TO_FILL, ColumnMapping, Mapping
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat

ROWS_LOOKED_AT = 5_000
# From here on two names are taken for spellings of one: 'Satisfacton Score', 'Wesite_Visits'.
ALIKE = 0.85
# The share of values that must be readable for a column to fit; a few may be mistakes.
FITTING = 0.98
MOST_LEVELS = 20
NO_VALUE = (
    "na",
    "n/a",
    "nan",
    "null",
    "none",
    "-",
    "--",
    ".",
    "?",
    "unknown",
    "missing",
    "unbekannt",
    "k.a.",
)
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
GROUPED_BY_POINTS = re.compile(r"-?\d{1,3}(\.\d{3})+")


@dataclass(frozen=True)
class Profile:
    """What the first rows of an export say about one of its columns.

    Attributes
    ----------
    name : str
        The column.
    counts : Counter of str
        Its values, without the empty ones, and how often each is there.
    texts : list of (int, str)
        Line and value of the first row with each value.
    """

    name: str
    counts: Counter[str]
    texts: list[tuple[int, str]]

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
    """What a column of the raw file is proposed to be filled by.

    Attributes
    ----------
    of_column : ColumnMapping
        What the mapping says; unfilled if only a person can tell.
    confidence : {'high', 'medium', 'low', 'to fill', 'left out'}
        How sure it is.
    reason : str
        Why.
    """

    of_column: ColumnMapping
    confidence: str
    reason: str


@dataclass(frozen=True)
class Proposals:
    """A first mapping, and why.

    Attributes
    ----------
    mapping : Mapping
        What is proposed.
    by_header : dict of str to Proposal
        The proposals by header of the raw file.
    unused : tuple of Profile
        Columns of the export that fill nothing.
    rows : int
        Rows that were looked at.
    """

    mapping: Mapping
    by_header: dict[str, Proposal]
    unused: tuple[Profile, ...]
    rows: int

    def summary(self) -> str:
        """Return how many columns are proposed with which confidence, and what is still to do."""
        counts = Counter(proposal.confidence for proposal in self.by_header.values())
        lines = [
            ", ".join(
                f"{counts[c]} {c}" for c in ("high", "medium", "low", "left out", "to fill") if counts[c]
            )
        ]
        to_fill = [header for header, p in self.by_header.items() if is_open(p.of_column)]
        if to_fill:
            lines.append(f"To fill: {', '.join(to_fill)}")
        return "\n".join(lines)


def is_open(of_column: ColumnMapping) -> bool:
    """Tell whether a person has something left to say about a column.

    Parameters
    ----------
    of_column : ColumnMapping
        What the mapping says.

    Returns
    -------
    bool
        True if a question mark stands there.
    """
    reading = of_column.reading
    asked = (reading.date, reading.decimal, reading.factor, *reading.values.values())
    return not of_column.is_filled or TO_FILL in asked


def propose(export: Export, seed_format: SeedFormat) -> Proposals:
    """Propose a mapping.

    Each column of the export fills one column of the raw file at most: names that are the same or known for
    it come first, then names alike. Values decide whether a name is believed, and by which codes and forms
    they are read.

    Parameters
    ----------
    export : Export
        The table; its first rows are read.
    seed_format : SeedFormat
        The raw file.

    Returns
    -------
    Proposals
        One for each column of the raw file.
    """
    profiles, rows = profile(export)
    named = _match_names(seed_format, profiles)
    left = {p.name: p for p in profiles if p.name not in {found.name for found, _, _ in named.values()}}
    proposals: dict[str, Proposal] = {}
    for column in seed_format.columns:
        if column.header in named:
            proposals[column.header.strip()] = _by_name(column, *named[column.header])
        else:
            proposals[column.header.strip()] = _by_values(column, seed_format, left, rows)
    used = {proposal.of_column.column for proposal in proposals.values()}
    mapping = Mapping(
        seed_format.name,
        export.settings,
        {header: proposal.of_column for header, proposal in proposals.items()},
    )
    return Proposals(mapping, proposals, tuple(p for p in profiles if p.name not in used), rows)


def profile(export: Export) -> tuple[list[Profile], int]:
    """Look at the first rows of an export.

    Parameters
    ----------
    export : Export
        The table.

    Returns
    -------
    profiles : list of Profile
        One for each column.
    rows : int
        Rows that were looked at.

    Raises
    ------
    UserError
        If there are none.
    """
    counts: list[Counter[str]] = [Counter() for _ in export.columns]
    texts: list[list[tuple[int, str]]] = [[] for _ in export.columns]
    rows = 0
    for line, values in islice(export.rows(), ROWS_LOOKED_AT):
        rows += 1
        for of_column, first, text in zip(counts, texts, values, strict=True):
            if text and text not in of_column:
                first.append((line, text))
            if text:
                of_column[text] += 1
    if not rows:
        raise UserError(f"{export.label}: found a header, but no rows after it. Export the table again.")
    return [Profile(*found) for found in zip(export.columns, counts, texts, strict=True)], rows


def proposal_text(export: Export, seed_format: SeedFormat, proposals: Proposals) -> str:
    """Write proposals as a mapping file, with their reasons as comments.

    Parameters
    ----------
    export : Export
        The table.
    seed_format : SeedFormat
        The raw file.
    proposals : Proposals
        What `propose` found.

    Returns
    -------
    str
        YAML that `read_mapping` reads back as `proposals.mapping`.
    """
    lines = [
        f"# First mapping of {export.candidate.name} to {seed_format.name}, from {proposals.rows:,} rows.",
        f'# Correct it: put something in place of each "{TO_FILL}", and look at what is low or medium.',
        "# Instead of `column`, write `constant: TEXT` for what all rows share, `row_number: true`, or",
        "# `leave_out: true` where a column need not be there. How values are written: `values` (codes),",
        "# `missing` (words for no value), `date`, `decimal`, `factor`: see docs/importing/own-export.md.",
        f"format: {seed_format.name}",
        "file:",
        *(f"  {name}: {_scalar(value)}" for name, value in export.settings.items()),
        "columns:",
    ]
    for column in seed_format.columns:
        header = column.header.strip()
        proposal = proposals.by_header[header]
        lines += [
            f"  # {kind_of(column)}{', ' + column.unit if column.unit else ''}"
            f"{'' if column.is_optional else ', must be there'}, such as {column.example}."
            f" {column.description}",
            f"  # {proposal.confidence}: {proposal.reason}",
            f"  {_scalar(header)}: {_flow(proposal.of_column)}",
        ]
    if proposals.unused:
        lines += [
            "# Columns of the file that fill nothing:",
            *(f"#   {p.name}: {p}" for p in proposals.unused),
        ]
    return "\n".join(lines) + "\n"


def _scalar(text: str) -> str:
    if re.fullmatch(r"[A-Za-z][\w.-]*", text) and yaml.safe_load(text) == text and len(text) > 1:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n")
    return f'"{escaped}"'


def _flow(of_column: ColumnMapping) -> str:
    if not of_column.is_filled:
        return _scalar(TO_FILL)
    if of_column.leave_out:
        return "{leave_out: true}"
    if of_column.row_number:
        return "{row_number: true}"
    if of_column.constant is not None:
        return f"{{constant: {_scalar(of_column.constant)}}}"
    reading = of_column.reading
    parts = [f"column: {_scalar(str(of_column.column))}"]
    if reading.values:
        codes = ", ".join(f"{_scalar(code)}: {_scalar(text)}" for code, text in reading.values.items())
        parts.append(f"values: {{{codes}}}")
    if reading.missing:
        parts.append(f"missing: [{', '.join(map(_scalar, reading.missing))}]")
    said = {"date": reading.date, "decimal": reading.decimal, "factor": reading.factor}
    parts += [f"{name}: {_scalar(text)}" for name, text in said.items() if text is not None]
    parts += ["numbered: true"] if reading.numbered else []
    return f"{{{', '.join(parts)}}}"


def name_key(name: str) -> str:
    """Return a name without what doesn't count: case, accents, blanks and signs.

    Parameters
    ----------
    name : str
        Name of a column.

    Returns
    -------
    str
        Letters and digits in lower case.
    """
    plain = unicodedata.normalize("NFKD", name.casefold().translate(UMLAUTS))
    return re.sub(r"[^a-z0-9]", "", plain)


@cache
def _aliases() -> dict[str, dict[str, list[str]]]:
    text = resources.files("bank_marketing.importing").joinpath("aliases.yml").read_text(encoding="utf-8")
    # Makes texts alone, since `y` is a name there.
    found: dict[str, dict[str, list[str]]] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    return found


def _match_names(seed_format: SeedFormat, profiles: list[Profile]) -> dict[str, tuple[Profile, float, str]]:
    """Match the columns by name, the surest first, each of them once."""
    scored = []
    for column in seed_format.columns:
        known = [*column.aliases, *_aliases().get(seed_format.name, {}).get(column.header.strip(), [])]
        for found in profiles:
            likeness, reason = _likeness(found.name, column, known)
            if likeness >= ALIKE:
                scored.append((likeness, column, found, reason))
    matched: dict[str, tuple[Profile, float, str]] = {}
    for likeness, column, found, reason in sorted(scored, key=lambda match: -match[0]):
        if column.header not in matched and found.name not in {p.name for p, _, _ in matched.values()}:
            matched[column.header] = (found, likeness, reason)
    return matched


def _likeness(name: str, column: ColumnFormat, known: list[str]) -> tuple[float, str]:
    key = name_key(name)
    own = name_key(column.header)
    if key == own:
        return 1.0, "the same name"
    aliases = {name_key(alias): (place, alias) for place, alias in enumerate(known)}
    if key in aliases:
        # The first aliases are the usual ones; two columns may both bear one.
        return 0.99 - 0.001 * aliases[key][0], f"{name!r} is another name for it"
    closest = max((own, *aliases), key=lambda other: difflib.SequenceMatcher(None, key, other).ratio())
    ratio = difflib.SequenceMatcher(None, key, closest).ratio()
    # Short words are alike by chance.
    return (min(ratio, 0.95) if len(closest) > 4 else 0.0), f"{name!r} is spelled nearly like it"


def _by_name(column: ColumnFormat, found: Profile, likeness: float, reason: str) -> Proposal:
    reading, problem = _reading(column, found)
    if problem:
        return Proposal(ColumnMapping(), "to fill", f"{reason}, but the values don't fit: {problem}")
    of_column = ColumnMapping(column=found.name, reading=reading)
    confidence = "high" if likeness > 0.95 else "medium"
    if is_open(of_column):
        return Proposal(of_column, "to fill", f"{reason}; {found}. {_open_question(column, found, reading)}")
    fit = "its keys are no whole numbers, so each gets one" if reading.numbered else "the values fit"
    return Proposal(of_column, confidence, f"{reason}, and {fit}: {found}")


def _open_question(column: ColumnFormat, found: Profile, reading: Reading) -> str:
    if reading.date == TO_FILL:
        return "Say whether day or month stands first: DD/MM/YYYY or MM/DD/YYYY"
    questions = ['Say which is the decimal sign, "." or ","'] if reading.decimal == TO_FILL else []
    if reading.factor == TO_FILL:
        currency = next(c for text in found.counts if (c := foreign_currency(column, text)))
        questions.append(
            f"Say by `factor` how many USD one {currency} is, or 1 if the amounts are meant as they are"
        )
    return ". ".join(questions) or "Say what each code stands for"


def _by_values(
    column: ColumnFormat, seed_format: SeedFormat, left: dict[str, Profile], rows: int
) -> Proposal:
    """Propose by values alone, where they are telling: a key, or the allowed values themselves."""
    is_key = seed_format.unique_key == (column.name,)
    fitting = []
    for found in left.values():
        reading, problem = _reading(column, found)
        if problem or reading.numbered or is_open(ColumnMapping(column=found.name, reading=reading)):
            continue
        if (is_key and len(found.counts) == rows > 1) or (column.allowed_values and not is_key):
            fitting.append(ColumnMapping(column=found.name, reading=reading))
    why = "no column has a name like it"
    if len(fitting) == 1 and (is_key or column.data_type != "boolean"):
        what = "values of its own in each row" if is_key else "the allowed values"
        return Proposal(fitting[0], "low", f"{why}, but {fitting[0].column} alone has {what}")
    if fitting:
        why += f"; its values could be those of {', '.join(str(f.column) for f in fitting)}"
    if column.is_optional:
        return Proposal(ColumnMapping(leave_out=True), "left out", f"{why}. Null, unless you know one")
    if is_key:
        why += ". If the file has no key, `row_number: true` numbers its rows"
    return Proposal(ColumnMapping(), "to fill", why)


def _reading(column: ColumnFormat, found: Profile) -> tuple[Reading, str | None]:
    """Find out how a column's values are to be read, or why they aren't such values."""
    missing = tuple(text for text in found.counts if text.casefold() in NO_VALUE)
    counts = {text: n for text, n in found.counts.items() if text not in missing}
    if not counts:
        return Reading(), "there is none"
    kind = kind_of(column)
    if kind == "text":
        numbers = sum(n for text, n in counts.items() if forms.number(text) is not None)
        is_number = forms.number(str(column.example)) is not None
        if numbers == sum(counts.values()) and not is_number and not column.is_personal:
            return Reading(), f"{found}, expected text such as {column.example!r}"
        # A word such as 'unknown' may well be a level of its own.
        return Reading(), None
    if kind in ("yes or no", "one of the allowed values"):
        return _reading_of_codes(column, found, counts, missing)
    reading = Reading(missing=missing)
    if kind in ("day", "moment", "month and year"):
        reading = replace(reading, date=_date_pattern(found, set(missing)))
    elif kind in ("number", "money", "whole number"):
        is_foreign = (column.unit or "").startswith("USD") and any(
            foreign_currency(column, t) for t in counts
        )
        reading = replace(reading, decimal=_decimal_sign(counts), factor=TO_FILL if is_foreign else None)
    if TO_FILL in (reading.date, reading.decimal):
        return reading, None
    _, problem = _tried(column, replace(reading, factor="1") if reading.factor else reading, counts)
    if problem and column.key_of:
        return Reading(missing=missing, numbered=True), None
    return reading, problem


def _tried(column: ColumnFormat, reading: Reading, counts: dict[str, int]) -> tuple[Reading, str | None]:
    convert = converter(column, reading)
    wrong: Counter[str] = Counter()
    for text, n in counts.items():
        try:
            broken = convert(text).broken
        except ValueProblem as problem:
            broken = str(problem).split(";")[0]
        if broken:
            wrong[f"found {text!r}: {broken}"] += n
    if sum(wrong.values()) > (1 - FITTING) * sum(counts.values()):
        return reading, wrong.most_common(1)[0][0]
    return reading, None


def _reading_of_codes(
    column: ColumnFormat, found: Profile, counts: dict[str, int], missing: tuple[str, ...]
) -> tuple[Reading, str | None]:
    convert = converter(column, Reading())
    codes: dict[str, str] = {}
    for text in counts:
        try:
            codes[text] = convert(text).text
        except ValueProblem:
            codes[text] = TO_FILL
    known = [text for text in codes.values() if text != TO_FILL]
    if len(codes) > MOST_LEVELS:
        return Reading(), f"{found}, expected {', '.join(map(str, column.allowed_values))}"
    if column.data_type == "boolean" and len(codes) > 2:
        return Reading(), f"{found}, expected two values"
    if len(known) == len(codes) and all(code == text for code, text in codes.items()):
        return Reading(missing=missing), None
    return Reading(values=codes, missing=missing), None


def _decimal_sign(counts: dict[str, int]) -> str | None:
    """Tell the decimal sign, if the values need one; a question mark if they can be read both ways."""
    plain = [re.sub(r"[^\d.,-]", "", text) for text in counts]
    if not any("," in text for text in plain):
        grouped = [text for text in plain if "." in text]
        # 1.234 and 12.345, and never another number of digits behind the point.
        is_open = len(grouped) > 2 and all(GROUPED_BY_POINTS.fullmatch(text) for text in grouped)
        return TO_FILL if is_open and not any(text.startswith("0.") for text in grouped) else None
    by_comma = all(forms.number(text, is_comma_decimal=True) is not None for text in plain)
    by_point = all(forms.number(text) is not None for text in plain)
    if by_comma and by_point:
        return TO_FILL
    return "," if by_comma else "."


def _date_pattern(found: Profile, missing: set[str]) -> str | None:
    """Tell how days are written; None if their form says it itself, a question mark if nothing proves it."""
    texts = [(line, text) for line, text in found.texts if text not in missing]
    written = [(text, w) for _, text in texts if (w := forms.written_date(text))]
    pairs = [text for text, w in written if w.form == "two numbers and a year"]
    if not pairs:
        return None
    order = judge_dates(texts)
    if order.problem:
        return TO_FILL
    separator = re.sub(r"\d", "", pairs[0])[0]
    day = separator.join(["DD", "MM", "YYYY"] if order.is_day_first else ["MM", "DD", "YYYY"])
    time = pairs[0].partition(" ")[2]
    half = re.search(r"( ?)[AP]M$", time.upper())
    return day + ("", " hh:mm", " hh:mm:ss")[min(time.count(":"), 2)] + (f"{half[1]}AM" if half else "")
