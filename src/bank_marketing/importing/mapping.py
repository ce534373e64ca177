"""A mapping in a file: read, and held against an export and a raw file."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from bank_marketing.errors import UserError
from bank_marketing.importing.converting import (
    ORDERS,
    ValueProblem,
    converter,
    foreign_currency,
    patterns_problem,
)
from bank_marketing.importing.decisions import NAMES, SOURCES, TO_FILL, Decision, FileSettings, Mapping
from bank_marketing.importing.values import WHOLE_NUMBERS, kind_of
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat

LARGEST_MAPPING = 1_000_000
# What a message shows of a parser's reason.
LONGEST_REASON = 400
OF_VALUES = ("values", "date", "years_since", "decimal", "factor", "round", "sign_from", "currency_from")
READINGS = ("missing", "numbered", *OF_VALUES)
# The readings that a source can't do with; numbered keys stay as they are.
POINTLESS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("constant", "row_number", "leave_out"), READINGS),
    "key_of": READINGS[1:],
    "quotient": ("values", "numbered", "date", "years_since"),
    "minus": ("values", "numbered", "date", "years_since", "sign_from"),
    "numbered": OF_VALUES,
}


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
    """Read a mapping file, or say all that is wrong with it; whether it fits is for `mapping_problems`."""
    try:
        if (size := path.stat().st_size) > LARGEST_MAPPING:
            raise UserError(f"{path}: {size:,} bytes, no mapping has more than {LARGEST_MAPPING:,}.")
        # The loader makes nothing but texts, lists and dicts.
        said = yaml.load(path.read_text(encoding="utf-8"), Loader=_TextLoader)  # noqa: S506
    except FileNotFoundError as error:
        raise UserError(
            f"{path}: no such mapping. Write a first one with --propose --output {path}"
        ) from error
    except RecursionError as error:
        raise UserError(f"{path}: no mapping, but YAML nested too deeply to be read.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: no readable YAML: {str(error)[:LONGEST_REASON]}") from error
    columns = said.get("columns") if isinstance(said, dict) else None
    problems = _source_problems(columns) if isinstance(columns, dict) else []
    try:
        mapping = Mapping.model_validate(said)
    except ValidationError as error:
        problems += map(_sentence, error.errors())
    if problems:
        raise UserError(f"{path}: no mapping that can be used.\n  " + "\n  ".join(dict.fromkeys(problems)))
    return mapping


def _source_problems(columns: dict[str, Any]) -> list[str]:
    """Say which decisions have no source or several, and what can't be said beside one."""
    problems = []
    for header, said in columns.items():
        if not isinstance(said, dict):
            continue
        sources = [source for source in SOURCES if source in said]
        if len(sources) != 1:
            found = " and ".join(sources) or "none"
            problems.append(f"{header}: found {found}, expected one of {', '.join(SOURCES)}.")
        beside = {
            name: [word for word in POINTLESS[name] if word in said] for name in POINTLESS if name in said
        }
        problems += [
            f"{header}: {', '.join(pointless)} can't be said beside {name}. Remove it."
            for name, pointless in beside.items()
            if pointless
        ]
    return problems


def _sentence(error: Any) -> str:
    """Say what pydantic found."""
    model: type[BaseModel] = Mapping
    where, place = "the mapping", [str(part) for part in error["loc"]]
    if place[:1] == ["columns"] and len(place) > 1:
        where, model, place = place[1], Decision, place[2:]
    elif place[:1] == ["file"]:
        where, model, place = "file", FileSettings, place[1:]
    found = error["input"]
    shown = found if isinstance(found, str) and found else reprlib.repr(found)
    if not place:
        return f"{where}: found {shown}, expected {NAMES}."
    if error["type"] == "extra_forbidden" and len(place) == 1:
        return f"{where}: found {place[0]}, expected {', '.join(model.model_fields)}."
    inner = f" at {'.'.join(place[1:])}" if len(place) > 1 else ""
    expected = model.model_fields[place[0]].description
    return f"{where}: found {place[0]}: {shown}{inner}, expected {expected}."


def mapping_problems(mapping: Mapping, seed_format: SeedFormat, export_columns: tuple[str, ...]) -> list[str]:
    """Say, column by column, what keeps a mapping from fitting an export and a raw file.

    Values of the export aren't looked at; the list is empty if the mapping fits.
    """
    headers = [header.strip() for header in seed_format.headers]
    problems = [
        f"{header}: found in the mapping, but {seed_format.name} has no such column. Expected some of"
        f" {', '.join(headers)}."
        for header in mapping.columns
        if header not in headers
    ]
    for column, header in zip(seed_format.columns, headers, strict=True):
        is_row = seed_format.unique_key == (column.name,) and column.data_type in WHOLE_NUMBERS
        other = "`row_number: true`" if is_row else "a `constant` that is true of all rows"
        found = _column_problems(column, mapping.of(column), export_columns, other)
        problems += [f"{header}: {problem}" for problem in found]
    return problems


def _column_problems(
    column: ColumnFormat, decision: Decision, export_columns: tuple[str, ...], other: str
) -> Iterable[str]:
    wanted = f"{kind_of(column)} such as {column.example!r}"
    is_whole = column.data_type in WHOLE_NUMBERS
    if decision.source is None:
        end = ", or `leave_out: true`." if column.may_be_left_out else "; it can't be left out."
        yield f"still to fill, expected {wanted}. Name a `column` of the file, or {other}{end}"
    if decision.leave_out and not column.may_be_left_out:
        yield f"left out, but the raw file can't lack it. Name a `column` or {other}: {wanted}."
    shown = ", ".join(export_columns)
    for name in (name for name in decision.columns if name not in export_columns):
        yield f"found the column {name!r}, expected one of the file's: {shown}. Mind upper and lower case."
    for name, place in decision.open_places:
        expected = wanted if name in ("values", "constant") else Decision.model_fields[name].description
        yield f"{place}: still to fill, expected {expected}."
    if decision.constant == "":
        yield f"found an empty constant, expected {wanted}. To leave the column out, say `leave_out: true`."
    if decision.is_numbered and column.key_of is None:
        name = "numbered" if decision.numbered else "key_of"
        yield f"found {name}, which only a key can be. Remove it, or map another column."
    for name in ("row_number", "round", "years_since"):
        if getattr(decision, name) and not is_whole:
            yield f"found {name}, which only whole numbers can have, expected {wanted}. Remove it."
    yield from _value_problems(column, decision, wanted)


def _value_problems(column: ColumnFormat, decision: Decision, wanted: str) -> Iterable[str]:
    is_priced = decision.factor is not None or decision.currency_from is not None
    for name in decision.columns if (column.unit or "").startswith("USD") and not is_priced else ():
        if found := foreign_currency(column, name):
            yield f"{name!r} is in {found}, expected USD. Say `factor`; 1 if it is meant as it is."
    if decision.date and decision.date[0] not in (*ORDERS, TO_FILL):
        kind = "day" if decision.years_since else kind_of(column)
        if problem := patterns_problem(decision.date, kind):
            yield f"found date: {', '.join(map(repr, decision.date))}: {problem}."
    convert = converter(column, Decision())
    is_constant = decision.constant is not None
    texts = {"constant": decision.constant or ""} if is_constant else decision.values
    for code, text in texts.items():
        name = "constant" if is_constant else f"values, {code!r}"
        try:
            broken = convert(text).broken if text and text != TO_FILL else None
        except ValueProblem as problem:
            yield f"{name}: found {text!r}, {problem}."
            continue
        if broken:
            yield f"{name}: found {text!r}, which is {broken}. Expected {wanted}."
