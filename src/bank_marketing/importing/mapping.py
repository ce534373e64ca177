"""A decision: what fills a column of a raw file and how that is written; a mapping is them in a file."""

from __future__ import annotations

import datetime
import reprlib
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bank_marketing.errors import UserError
from bank_marketing.importing.converting import (
    ORDERS,
    WHOLE_NUMBERS,
    ValueProblem,
    check_patterns,
    converter,
    foreign_currency,
    kind_of,
)
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat

TO_FILL = "?"
LARGEST_MAPPING = 1_000_000
# What a message shows of a parser's reason.
LONGEST_REASON = 400
SOURCES = ("column", "constant", "row_number", "leave_out", "joined", "quotient", "minus", "key_of")
OF_NUMBERS = ("decimal", "factor", "round", "sign_from", "currency_from")
OF_VALUES = ("values", "date", "years_since", *OF_NUMBERS)
READINGS = ("missing", "numbered", *OF_VALUES)
# The readings that a source can't do with.
POINTLESS: dict[str, tuple[str, ...]] = {
    "constant": READINGS,
    "row_number": READINGS,
    "leave_out": READINGS,
    "key_of": READINGS[1:],
    "quotient": ("values", "numbered", "date", "years_since"),
    "minus": ("values", "numbered", "date", "years_since", "sign_from"),
}


def _flag(said: Any) -> Any:
    """Take the text `true`, since every scalar of a mapping is read as text."""
    return {"true": True}.get(said, said) if isinstance(said, str) else said


def _words(said: Any) -> Any:
    return (said,) if isinstance(said, str) else tuple(said) if isinstance(said, list) else said


Text = Annotated[str, Field(min_length=1)]
Flag = Annotated[Literal[True, False], BeforeValidator(_flag)]
Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Names = Annotated[tuple[Text, ...], BeforeValidator(_words), Field(min_length=2)]
Pair = Annotated[tuple[Text, ...], BeforeValidator(_words), Field(min_length=2, max_length=2)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SignFrom(_Model):
    """A column that says which amounts are below zero, such as Soll/Haben."""

    column: Text
    negative: Words
    positive: Words


class CurrencyFrom(_Model):
    """A column that says in which currency an amount is, and how many of the wanted one each is worth."""

    column: Text
    rates: dict[str, str]


class Decision(_Model):
    """What fills a column: one of the sources, or nothing yet; and how its values are written.

    The descriptions say what a message expects.
    """

    column: str | None = Field(None, description="the name of a column of the file")
    constant: str | None = Field(None, description="one text or number")
    row_number: Flag = Field(False, description="row_number: true")
    leave_out: Flag = Field(False, description="leave_out: true")
    joined: Names = Field((), validate_default=False, description="a list of columns, joined by blanks")
    quotient: Pair = Field((), description="two columns, such as [total, quantity]")
    minus: Pair = Field((), description="two columns, such as [debit, credit]")
    key_of: Names = Field((), description="a list of columns that make one key, such as [user, card]")
    values: dict[str, str] = Field(
        {}, description="codes, each with the text that it stands for, such as {J: 1}"
    )
    missing: Words = Field((), description="a word for no value, or a list of such words")
    date: Words = Field((), description="how dates are written, such as DD.MM.YYYY, or a list of such forms")
    years_since: Text | None = Field(None, description="the day to count whole years to, such as 2025-12-31")
    decimal: Text | None = Field(None, description='the decimal sign, "." or ","')
    factor: Text | None = Field(None, description="a number to multiply by, such as 0.01 or 1/12")
    round: Literal["down", "up", "nearest"] | None = Field(None, description="down, up or nearest")
    numbered: Flag = Field(False, description="numbered: true")
    sign_from: SignFrom | None = Field(
        None, description="{column: NAME, negative: [words], positive: [words]}"
    )
    currency_from: CurrencyFrom | None = Field(None, description="{column: NAME, rates: {EUR: 1.08, USD: 1}}")

    @property
    def source(self) -> str | None:
        """Which of the sources is said; None if somebody has yet to say."""
        if self.column is not None or self.constant is not None:
            return "column" if self.column is not None else "constant"
        return next((name for name in SOURCES if getattr(self, name)), None)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file that a value is made of: those of the source, then of sign and currency."""
        own = (self.column,) if self.column is not None else ()
        others = [said.column for said in (self.sign_from, self.currency_from) if said]
        return (*own, *self.joined, *self.quotient, *self.minus, *self.key_of, *others)

    @property
    def is_numbered(self) -> bool:
        """Whether each key gets a number, see `keys`."""
        return self.numbered or bool(self.key_of)

    @property
    def is_open(self) -> bool:
        """Whether a person has something left to say."""
        texts = [self.decimal, self.factor, self.years_since, *self.date, *self.values.values()]
        texts += [*self.sign_from.negative, *self.sign_from.positive] if self.sign_from else []
        texts += self.currency_from.rates.values() if self.currency_from else []
        return self.source is None or TO_FILL in texts


class FileSettings(_Model):
    """How an export is written, as far as said."""

    delimiter: Text | None = Field(None, description="a text that isn't empty")
    encoding: Text | None = Field(None, description="a text that isn't empty")
    sheet: Text | None = Field(None, description="a text that isn't empty")
    skip_lines: Text | None = Field(None, description="how many lines to skip")
    header: Literal["true", "false"] | None = Field(None, description="true or false")
    names: Words = Field((), description="a list of column names")

    def said(self) -> dict[str, Any]:
        """Return what is said."""
        return {name: value for name, value in self if value}


class Mapping(_Model):
    """Decisions by header of a raw file."""

    format: str = Field("", description="the name of a raw file")
    file: FileSettings = Field(FileSettings(), description="names and what they stand for")
    columns: dict[str, Decision] = Field({}, description="names and what they stand for")
    derive: Words = Field((), description="a list of raw files to make of the keys alone")


class _TextLoader(yaml.BaseLoader):
    """Reads every scalar as text, so that a code `yes` or `01` stays as it is, and refuses repeated keys."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Read a mapping whose keys all differ."""
        seen = set()
        for key, _ in node.value:
            problem = "stands there more than once" if str(key.value) in seen else ""
            problem = problem or ("" if isinstance(key, yaml.ScalarNode) else "is no name")
            if problem:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{str(key.value)[:100]!r} {problem}", key.start_mark
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file; whether it fits the export is for `mapping_problems`.

    Raises
    ------
    UserError
        If it isn't of that form: all that is wrong with it in one message.
    """
    try:
        # The loader makes nothing but texts, lists and dicts.
        if path.stat().st_size > LARGEST_MAPPING:
            raise UserError(
                f"{path}: {path.stat().st_size:,} bytes, no mapping has more than {LARGEST_MAPPING:,}. Name"
                " the YAML file that --propose wrote."
            )
        said = yaml.load(path.read_text(encoding="utf-8"), Loader=_TextLoader)  # noqa: S506
    except FileNotFoundError as error:
        raise UserError(
            f"{path}: no such mapping. Write a first one with --propose --output {path}"
        ) from error
    except RecursionError as error:
        raise UserError(f"{path}: no mapping, but YAML nested too deeply to be read.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: no readable YAML: {str(error)[:LONGEST_REASON]}") from error
    problems = list(_form_problems(said))
    if isinstance(said, dict) and isinstance(said.get("columns"), dict):
        said["columns"] = {h: {} if d == TO_FILL else d for h, d in said["columns"].items()}
    try:
        mapping = Mapping.model_validate(said)
    except ValidationError as error:
        problems = [*map(_sentence, error.errors()), *problems]
    if problems:
        raise UserError(f"{path}: no mapping that can be used.\n  " + "\n  ".join(dict.fromkeys(problems)))
    return mapping


def _form_problems(said: Any) -> Iterable[str]:
    """Say where not exactly one source is named, or what it can't be said with."""
    columns = said.get("columns") if isinstance(said, dict) else None
    for header, decision in columns.items() if isinstance(columns, dict) else ():
        if not isinstance(decision, dict):
            continue
        sources = [source for source in SOURCES if source in decision]
        if len(sources) != 1:
            found = " and ".join(sources) or "none"
            yield f"{header}: found {found}, expected one of {', '.join(SOURCES)}."
        for source in sources:
            if pointless := [name for name in POINTLESS.get(source, ()) if name in decision]:
                yield f"{header}: {', '.join(pointless)} can't be said beside {source}. Remove it."
    names = list(columns or ())
    yield from (f"{name!r} is no name." for name in names if not isinstance(name, str))


def _sentence(error: Any) -> str:
    """Say what pydantic found."""
    place = [str(part) for part in error["loc"]]
    model: Any = Mapping
    where = "the mapping"
    if place[:1] == ["columns"] and len(place) > 2:
        model, where, place = Decision, place[1], place[2:]
    elif place[:1] == ["columns"] and len(place) == 2:
        return f"{place[1]}: found {_short(error['input'])}, expected names and what they stand for."
    elif place[:1] == ["file"] and len(place) > 1:
        model, where, place = FileSettings, "file", place[1:]
    if not place:
        return f"{where}: found {_short(error['input'])}, expected names and what they stand for."
    if error["type"] == "extra_forbidden" and len(place) == 1:
        return f"{where}: found {place[0]}, expected {', '.join(model.model_fields)}."
    expected = model.model_fields[place[0]].description
    inner = f" at {'.'.join(place[1:])}" if len(place) > 1 else ""
    return f"{where}: found {place[0]}: {_short(error['input'])}{inner}, expected {expected}."


def _short(said: Any) -> str:
    return said if isinstance(said, str) and said else reprlib.repr(said)


def mapping_problems(mapping: Mapping, seed_format: SeedFormat, export_columns: tuple[str, ...]) -> list[str]:
    """Say, column by column, what keeps a mapping from fitting an export and a raw file.

    Values of the export aren't looked at; the list is empty if the mapping fits.
    """
    headers = [column.header.strip() for column in seed_format.columns]
    problems = [
        f"{header}: found in the mapping, but {seed_format.name} has no such column. Expected some of"
        f" {', '.join(headers)}."
        for header in mapping.columns
        if header not in headers
    ]
    for column in seed_format.columns:
        decision = mapping.columns.get(column.header.strip(), Decision(leave_out=column.may_be_left_out))
        is_key = seed_format.unique_key == (column.name,) and column.data_type in WHOLE_NUMBERS
        problems += [
            f"{column.header.strip()}: {problem}"
            for problem in _column_problems(column, decision, export_columns, is_key=is_key)
        ]
    return problems


def _column_problems(
    column: ColumnFormat, decision: Decision, export_columns: tuple[str, ...], *, is_key: bool
) -> Iterable[str]:
    wanted = f"{kind_of(column)} such as {column.example!r}"
    other = "`row_number: true`" if is_key else "a `constant` that is true of all rows"
    if decision.source is None:
        end = ", or `leave_out: true`." if column.may_be_left_out else "; it can't be left out."
        yield f"still to fill, expected {wanted}. Name a `column` of the file, or {other}{end}"
    if decision.leave_out and not column.may_be_left_out:
        yield f"left out, but the raw file can't lack it. Name a `column` or {other}: {wanted}."
    for name in decision.columns:
        if name not in export_columns:
            yield (
                f"found the column {name!r}, expected one of the file's: {', '.join(export_columns)}."
                " Mind upper and lower case."
            )
    if decision.constant == "":
        yield f"found an empty constant, expected {wanted}. To leave the column out, say `leave_out: true`."
    if decision.row_number and column.data_type not in WHOLE_NUMBERS:
        yield f"found row_number, expected {wanted}. Only a whole number can be the number of the row."
    if decision.is_numbered and column.key_of is None:
        name = "numbered" if decision.numbered else "key_of"
        yield f"found {name}, which only a key can be. Remove it, or map another column."
    if decision.numbered and (pointless := [n for n in OF_VALUES if getattr(decision, n)]):
        yield f"found numbered with {', '.join(pointless)}, but numbered keys stay as they are. Remove it."
    yield from _number_problems(column, decision)
    yield from _date_problems(column, decision)
    yield from _text_problems(column, decision, wanted)


def _number_problems(column: ColumnFormat, decision: Decision) -> Iterable[str]:
    if decision.decimal not in (None, ".", ","):
        yield f'found decimal: {decision.decimal!r}, expected "." or ",".'
    if decision.factor == TO_FILL:
        yield "factor: still to fill, expected what to multiply by; 1 if the amounts are meant as they are."
    elif decision.factor is None and decision.currency_from is None and (column.unit or "").startswith("USD"):
        for name in decision.columns:
            if found := foreign_currency(column, name):
                yield f"{name!r} is in {found}, expected USD. Say `factor`; 1 if it is meant as it is."
    elif decision.factor is not None and not _is_number(decision.factor):
        yield f"found factor: {decision.factor!r}, expected a number other than 0, with a decimal point."
    if decision.round and column.data_type not in WHOLE_NUMBERS:
        yield "found round, which is said of whole numbers only. Remove it."
    sign, currency = decision.sign_from, decision.currency_from
    if sign and TO_FILL in (*sign.negative, *sign.positive):
        yield "sign_from: still to fill, expected the words for amounts below zero, and those for others."
    for word in set(sign.negative) & set(sign.positive) if sign else ():
        yield f"sign_from: found {word!r} in both lists, expected it in one."
    for code, rate in currency.rates.items() if currency else ():
        if not _is_number(rate):
            unit = (column.unit or "of the wanted currency").split(" a ")[0]
            yield f"currency_from: found {code}: {rate}, expected how many {unit} one {code} is."


def _date_problems(column: ColumnFormat, decision: Decision) -> Iterable[str]:
    if TO_FILL in decision.date:
        yield (
            "date: still to fill, expected `day first` or `month first`, or how dates are written, such as"
            " `DD/MM/YYYY`."
        )
    elif decision.date and decision.date[0] not in ORDERS:
        try:
            check_patterns(decision.date, "day" if decision.years_since else kind_of(column))
        except ValueError as error:
            yield f"found date: {', '.join(map(repr, decision.date))}: {error}."
    if decision.years_since is not None:
        if column.data_type not in WHOLE_NUMBERS:
            yield "found years_since, which gives whole numbers only. Remove it, or map another column."
        try:
            datetime.date.fromisoformat(decision.years_since)
        except ValueError:
            yield f"found years_since: {decision.years_since}, expected the day to count to: 2025-12-31."


def _text_problems(column: ColumnFormat, decision: Decision, wanted: str) -> Iterable[str]:
    convert = converter(column, Decision())
    is_constant = decision.constant is not None
    texts = [("constant", decision.constant or "")] if is_constant else list(decision.values.items())
    for code, text in texts:
        name = "constant" if is_constant else f"values, {code!r}"
        if text == TO_FILL:
            yield f"{name}: still to fill, expected {wanted}."
            continue
        try:
            converted = convert(text)
        except ValueProblem as problem:
            yield f"{name}: found {text!r}, {problem}."
            continue
        if converted.broken and text:
            yield f"{name}: found {text!r}, which is {converted.broken}. Expected {wanted}."


def _is_number(text: str) -> bool:
    try:
        return "," not in text and Fraction(text.replace("_", "?")) != 0
    except (ValueError, ZeroDivisionError):
        return False
