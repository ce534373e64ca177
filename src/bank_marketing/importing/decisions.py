"""A decision: what fills a column of a raw file and how that is written; a mapping is them by header."""

from __future__ import annotations

import datetime
import json
import re
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bank_marketing.seeds.formats import ColumnFormat

TO_FILL = "?"
SOURCES = ("column", "constant", "row_number", "leave_out", "joined", "quotient", "minus", "key_of")
NAMES = "names and what they stand for"


def _flag(said: Any) -> Any:
    """Take the text `true`, since every scalar of a mapping is read as text."""
    return {"true": True}.get(said, said) if isinstance(said, str) else said


def _words(said: Any) -> Any:
    return (said,) if isinstance(said, str) else tuple(said) if isinstance(said, list) else said


def _number(text: str) -> str:
    try:
        is_number = text == TO_FILL or Fraction(text.replace("_", "?")) != 0
    except ZeroDivisionError:
        is_number = False
    if not is_number:
        raise ValueError(text)
    return text


def _day(text: str) -> str:
    if text != TO_FILL:
        datetime.date.fromisoformat(text)
    return text


Text = Annotated[str, Field(min_length=1)]
Number = Annotated[Text, AfterValidator(_number)]
Day = Annotated[Text, AfterValidator(_day)]
Flag = Annotated[Literal[True, False], BeforeValidator(_flag)]
Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Names = Annotated[tuple[Text, ...], BeforeValidator(_words), Field(min_length=2)]
Pair = Annotated[tuple[Text, ...], BeforeValidator(_words), Field(min_length=2, max_length=2)]


class Said(BaseModel):
    """What somebody says; no other names than these."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SignFrom(Said):
    """A column that says which amounts are below zero, such as Soll/Haben."""

    column: Text
    negative: Words
    positive: Words

    @model_validator(mode="after")
    def _is_one_sign(self) -> Self:
        if set(self.negative) & set(self.positive):
            raise ValueError("a word in both lists")
        return self


class CurrencyFrom(Said):
    """A column that says in which currency an amount is, and how many of the wanted one each is worth."""

    column: Text
    rates: dict[str, Number]


class Decision(Said):
    """What fills a column: one of the sources, or nothing yet; and how its values are written.

    The descriptions say what a message expects.
    """

    column: str | None = Field(None, description="the name of a column of the file")
    constant: str | None = Field(None, description="one text or number")
    row_number: Flag = Field(False, description="row_number: true")
    leave_out: Flag = Field(False, description="leave_out: true")
    joined: Names = Field((), description="a list of columns, joined by blanks")
    quotient: Pair = Field((), description="two columns, such as [total, quantity]")
    minus: Pair = Field((), description="two columns, such as [debit, credit]")
    key_of: Names = Field((), description="a list of columns that make one key, such as [user, card]")
    values: dict[str, str] = Field({}, description="codes, each with its text, such as {J: 1}")
    missing: Words = Field((), description="a word for no value, or a list of such words")
    date: Words = Field(
        (), description="`day first`, `month first`, or how dates are written, such as DD.MM.YYYY, or a list"
    )
    years_since: Day | None = Field(None, description="the day to count whole years to, such as 2025-12-31")
    decimal: Literal[".", ",", "?"] | None = Field(None, description='"." or ","')
    factor: Number | None = Field(
        None, description="a number to multiply by, with a decimal point; 1 if amounts are meant as they are"
    )
    round: Literal["down", "up", "nearest"] | None = Field(None, description="down, up or nearest")
    numbered: Flag = Field(False, description="numbered: true")
    sign_from: SignFrom | None = Field(
        None, description="{column: NAME, negative: [words], positive: [other words]}"
    )
    currency_from: CurrencyFrom | None = Field(None, description="{column: NAME, rates: {EUR: 1.08, USD: 1}}")

    def __str__(self) -> str:
        """Return it as a mapping has it, on one line."""
        said = self.model_dump(exclude_defaults=True)
        said = {key: value[0] if key == "date" and len(value) == 1 else value for key, value in said.items()}
        return yaml_line(said or TO_FILL)

    @property
    def source(self) -> str | None:
        """Which of the sources is said; None if somebody has yet to say."""
        return next((name for name in SOURCES if getattr(self, name) not in (None, False, ())), None)

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
    def open_places(self) -> list[tuple[str, str]]:
        """What a person has yet to fill in, as a field and as a place within it."""
        rates = self.currency_from.rates if self.currency_from else {}
        signs = (*self.sign_from.negative, *self.sign_from.positive) if self.sign_from else ()
        names = ("constant", "decimal", "factor", "years_since")
        places = [(name, name, getattr(self, name)) for name in names]
        places += [("date", "date", text) for text in self.date]
        places += [("sign_from", "sign_from", word) for word in signs]
        places += [("values", f"values, {code!r}", text) for code, text in self.values.items()]
        places += [("currency_from", f"currency_from, {code!r}", rate) for code, rate in rates.items()]
        return [(name, place) for name, place, said in places if said == TO_FILL]

    @property
    def is_open(self) -> bool:
        """Whether a person has something left to say."""
        return self.source is None or bool(self.open_places)


class FileSettings(Said):
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


def _or_to_fill(said: Any) -> Any:
    """Take a question mark for a decision that a person has yet to make."""
    return {} if said == TO_FILL else said


class Mapping(Said):
    """Decisions by header of a raw file."""

    format: str = Field("", description="the name of a raw file")
    file: FileSettings = Field(FileSettings(), description=NAMES)
    columns: dict[str, Annotated[Decision, BeforeValidator(_or_to_fill)]] = Field({}, description=NAMES)
    derive: Words = Field((), description="a list of raw files to make of the keys alone")

    def of(self, column: ColumnFormat) -> Decision:
        """Return the decision on a column; what isn't named is left out, if it can be."""
        return self.columns.get(column.header.strip(), Decision(leave_out=column.may_be_left_out))


def yaml_line(said: Any) -> str:
    """Write what a mapping says on one line of YAML."""
    if isinstance(said, dict):
        return "{" + ", ".join(f"{yaml_line(key)}: {yaml_line(value)}" for key, value in said.items()) + "}"
    if isinstance(said, list | tuple):
        return "[" + ", ".join(map(yaml_line, said)) + "]"
    if said is True:
        return "true"
    is_plain = re.fullmatch(r"[A-Za-z][\w.-]*( first)?", said) and len(said) > 1
    return said if is_plain and yaml.safe_load(said) == said else json.dumps(said, ensure_ascii=False)
