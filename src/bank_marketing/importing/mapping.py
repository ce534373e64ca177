"""A mapping: which column of an export, or what else, fills each column of a raw file."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bank_marketing.errors import UserError
from bank_marketing.importing.converting import (
    WHOLE_NUMBERS,
    Reading,
    ValueProblem,
    check_pattern,
    converter,
    kind_of,
)
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat

TO_FILL = "?"
LARGEST_MAPPING = 1_000_000
# What a message shows of a parser's reason.
LONGEST_REASON = 400
SOURCES = ("column", "constant", "row_number", "leave_out")
READINGS = ("values", "missing", "date", "decimal", "factor", "numbered")
OF_VALUES = ("values", "date", "decimal", "factor")
FILE_SETTINGS = ("delimiter", "encoding", "sheet", "skip_lines")
FLAGS = ("row_number", "leave_out", "numbered")


class _Shape(NamedTuple):
    """What may stand at a key: since every scalar is read as text, texts, lists and dicts are told apart."""

    fits: Callable[[Any], bool]
    expected: str


def _is_text(said: Any) -> bool:
    return isinstance(said, str)


def _is_filled(said: Any) -> bool:
    return isinstance(said, str) and said != ""


def _is_codes(said: Any) -> bool:
    return isinstance(said, dict) and all(isinstance(text, str) for text in said.values())


def _is_words(said: Any) -> bool:
    return isinstance(said, str) or (isinstance(said, list) and all(isinstance(word, str) for word in said))


_SHAPES = {
    "format": _Shape(_is_text, "the name of a raw file"),
    **dict.fromkeys(FILE_SETTINGS, _Shape(_is_filled, "a text that isn't empty")),
    "column": _Shape(_is_text, "the name of a column of the file"),
    "constant": _Shape(_is_text, "one text or number"),
    **{flag: _Shape(lambda said: said == "true", f"{flag}: true") for flag in FLAGS},
    "values": _Shape(_is_codes, "codes, each with the text that it stands for, such as {J: 1}"),
    "missing": _Shape(_is_words, "a word for no value, or a list of such words"),
    "date": _Shape(_is_filled, "how dates are written, such as DD.MM.YYYY"),
    "decimal": _Shape(_is_filled, 'the decimal sign, "." or ","'),
    "factor": _Shape(_is_filled, "a number to multiply by, such as 0.01"),
}


@dataclass(frozen=True)
class ColumnMapping:
    """What fills one column of a raw file: exactly one of four things, or nothing yet.

    Attributes
    ----------
    column : str or None
        A column of the export.
    constant : str or None
        The same value in every row, for what the export's rows share.
    row_number : bool
        The number of the row, for an export without a key.
    leave_out : bool
        Nothing: the column is null.
    reading : Reading
        How the export writes the values.
    """

    column: str | None = None
    constant: str | None = None
    row_number: bool = False
    leave_out: bool = False
    reading: Reading = field(default_factory=Reading)

    @property
    def is_filled(self) -> bool:
        """Whether somebody has said what fills the column."""
        return self.column is not None or self.constant is not None or self.row_number or self.leave_out


@dataclass(frozen=True)
class Mapping:
    """A whole mapping.

    Attributes
    ----------
    format_name : str
        The raw file, such as raw_campaign_responses.
    file : dict of str to str
        How the export is written: delimiter, encoding, sheet, as far as said.
    columns : dict of str to ColumnMapping
        By header of the raw file.
    """

    format_name: str
    file: dict[str, str]
    columns: dict[str, ColumnMapping]


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
    """Read a mapping file.

    Parameters
    ----------
    path : Path
        A YAML file: format, file (optional) and columns.

    Returns
    -------
    Mapping
        What it says; whether that fits the export is for `mapping_problems`.

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
        said = yaml.load(path.read_text(encoding="utf-8"), Loader=_TextLoader)  # noqa: S506 (a safe one)
    except FileNotFoundError as error:
        raise UserError(
            f"{path}: no such mapping. Write a first one with --propose --output {path}"
        ) from error
    except RecursionError as error:
        raise UserError(f"{path}: no mapping, but YAML nested too deeply to be read.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: no readable YAML: {str(error)[:LONGEST_REASON]}") from error
    problems: list[str] = []
    said = _dict(said, "the mapping", problems)
    _refuse_unknown(said, ("format", "file", "columns"), "the mapping", problems)
    _refuse_shapes(said, "the mapping", problems)
    file = _dict(said.get("file", {}), "file", problems)
    _refuse_unknown(file, FILE_SETTINGS, "file", problems)
    _refuse_shapes(file, "file", problems)
    columns = {
        header: _column_mapping(header, of_column, problems)
        for header, of_column in _dict(said.get("columns", {}), "columns", problems).items()
    }
    if problems:
        raise UserError(f"{path}: no mapping that can be used.\n  " + "\n  ".join(problems))
    return Mapping(said.get("format", ""), file, columns)


def _column_mapping(header: str, said: Any, problems: list[str]) -> ColumnMapping:
    if said == TO_FILL:
        return ColumnMapping()
    said = _dict(said, header, problems)
    _refuse_unknown(said, (*SOURCES, *READINGS), header, problems)
    sources = [source for source in SOURCES if source in said]
    if len(sources) != 1:
        problems.append(
            f"{header}: found {' and '.join(sources) or 'none'}, expected one of {', '.join(SOURCES)}."
        )
    if sources != ["column"] and (pointless := [name for name in READINGS if name in said]):
        problems.append(f"{header}: {', '.join(pointless)} can't be said without column. Remove it.")
    said = _refuse_shapes(said, header, problems)
    missing = said.get("missing", [])
    return ColumnMapping(
        column=said.get("column"),
        constant=said.get("constant"),
        row_number="row_number" in said,
        leave_out="leave_out" in said,
        reading=Reading(
            values=said.get("values", {}),
            missing=(missing,) if isinstance(missing, str) else tuple(missing),
            date=said.get("date"),
            decimal=said.get("decimal"),
            factor=said.get("factor"),
            numbered="numbered" in said,
        ),
    )


def _dict(said: Any, where: str, problems: list[str]) -> dict[str, Any]:
    if isinstance(said, dict):
        return said
    problems.append(f"{where}: found {reprlib.repr(said)}, expected names and what they stand for.")
    return {}


def _refuse_shapes(said: dict[str, Any], where: str, problems: list[str]) -> dict[str, Any]:
    """Note what has another shape than its key wants, and return the rest."""
    strange = [name for name, value in said.items() if name in _SHAPES and not _SHAPES[name].fits(value)]
    for name in strange:
        found = said[name] if isinstance(said[name], str) and said[name] else reprlib.repr(said[name])
        problems.append(f"{where}: found {name}: {found}, expected {_SHAPES[name].expected}.")
    return {name: value for name, value in said.items() if name not in strange}


def _refuse_unknown(said: Iterable[str], known: tuple[str, ...], where: str, problems: list[str]) -> None:
    problems += [f"{where}: found {name}, expected {', '.join(known)}." for name in said if name not in known]


def mapping_problems(mapping: Mapping, seed_format: SeedFormat, export_columns: tuple[str, ...]) -> list[str]:
    """Say, column by column, what keeps a mapping from fitting an export and a raw file.

    Parameters
    ----------
    mapping : Mapping
        The mapping.
    seed_format : SeedFormat
        The raw file.
    export_columns : tuple of str
        Column names of the export.

    Returns
    -------
    list of str
        Sentences with what was found, what is expected and what to do; empty if it fits. Values of the export
        aren't looked at.
    """
    problems = [
        f"{header}: found in the mapping, but {seed_format.name} has no such column. Expected some of"
        f" {', '.join(name.strip() for name in seed_format.headers)}."
        for header in mapping.columns
        if header not in [column.header.strip() for column in seed_format.columns]
    ]
    for column in seed_format.columns:
        of_column = mapping.columns.get(column.header.strip(), ColumnMapping(leave_out=column.is_optional))
        is_key = seed_format.unique_key == (column.name,) and column.data_type in WHOLE_NUMBERS
        problems += [
            f"{column.header.strip()}: {problem}"
            for problem in _column_problems(column, of_column, export_columns, is_key=is_key)
        ]
    return problems


def _column_problems(
    column: ColumnFormat, of_column: ColumnMapping, export_columns: tuple[str, ...], *, is_key: bool
) -> Iterable[str]:
    wanted = f"{kind_of(column)} such as {column.example!r}"
    other = "`row_number: true`" if is_key else "a `constant` that is true of all rows"
    if not of_column.is_filled:
        end = ", or `leave_out: true`." if column.is_optional else "; it can't be left out."
        yield f"still to fill, expected {wanted}. Name a `column` of the file, or {other}{end}"
    if of_column.leave_out and not column.is_optional:
        yield f"left out, but the raw file can't lack it. Name a `column` or {other}: {wanted}."
    if of_column.column is not None and of_column.column not in export_columns:
        yield (
            f"found the column {of_column.column!r}, expected one of the file's: {', '.join(export_columns)}."
            " Mind upper and lower case."
        )
    if of_column.constant == "":
        yield f"found an empty constant, expected {wanted}. To leave the column out, say `leave_out: true`."
    if of_column.row_number and column.data_type not in WHOLE_NUMBERS:
        yield f"found row_number, expected {wanted}. Only a whole number can be the number of the row."
    yield from _reading_problems(column, of_column.reading)
    yield from _text_problems(column, of_column, wanted)


def _reading_problems(column: ColumnFormat, reading: Reading) -> Iterable[str]:
    if reading.decimal not in (None, ".", ","):
        yield f"""found decimal: {reading.decimal!r}, expected "." or ",". """.rstrip()
    if reading.numbered and column.key_of is None:
        yield "found numbered, which only a key can be. Remove it, or map another column."
    if reading.numbered and (pointless := [n for n in OF_VALUES if getattr(reading, n)]):
        yield f"found numbered with {', '.join(pointless)}, but numbered keys stay as they are. Remove it."
    if reading.factor == TO_FILL:
        yield "factor: still to fill, expected what to multiply by; 1 if the amounts are meant as they are."
    elif reading.factor is not None and not _is_number(reading.factor):
        yield f"found factor: {reading.factor!r}, expected a number other than 0, with a decimal point."
    if reading.date == TO_FILL:
        yield "date: still to fill, expected how dates are written, such as `DD/MM/YYYY` or `MM/DD/YYYY`."
    elif reading.date is not None:
        try:
            check_pattern(reading.date, kind_of(column))
        except ValueError as error:
            yield f"found date: {reading.date!r}: {error}."


def _text_problems(column: ColumnFormat, of_column: ColumnMapping, wanted: str) -> Iterable[str]:
    """Say what is wrong with a constant, or with what stands for the file's codes."""
    convert = converter(column, Reading())
    if of_column.constant is None:
        texts = {f"values, {code!r}": text for code, text in of_column.reading.values.items()}
    else:
        texts = {"constant": of_column.constant}
    for name, text in texts.items():
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
        return Decimal(text).is_finite() and Decimal(text) != 0
    except InvalidOperation:
        return False
