"""One grammar for each type of value: loader, importer and `score` decide alike on every text."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from grammar_table import BY_COLUMN, FORMATS, REFUSED, with_only, write_file

from bank_marketing.errors import UserError
from bank_marketing.importing.command import import_files
from bank_marketing.seeds.formats import SeedFormat
from bank_marketing.seeds.row_checks import broken_rules
from bank_marketing.seeds.row_sql import read_text, select_rows
from bank_marketing.serving.reading import load_customers

pytestmark = pytest.mark.slow


def value_of(connection: duckdb.DuckDBPyConnection, name: str, column: str) -> list[Any]:
    """Return a column's values in a raw table, by line."""
    return [
        v for (v,) in connection.execute(f'select {column} from "{name}" order by source_line').fetchall()
    ]


def loaded(path: Path, seed_format: SeedFormat, column: str) -> list[Any]:
    """Return what the seed loader's SQL makes of a file: None for a row that it rejects."""
    name, names = seed_format.name, [c.name for c in seed_format.columns]
    with duckdb.connect() as connection:
        rows = select_rows(seed_format, names, read_text(str(path), names, "rejects"))
        connection.execute(
            f'create table "{name}" as select * replace (row_number() over () as source_line) from ({rows})'
        )
        reasons = connection.execute(f'select rejection_reason from "{name}" order by source_line').fetchall()
        values = value_of(connection, name, column)
    return [None if reason else value for (reason,), value in zip(reasons, values, strict=True)]


def imported(path: Path, seed_format: SeedFormat, column: str, folder: Path) -> list[Any]:
    """Return what an import leaves of a file: nothing if it refuses it or the loader would reject a row."""
    try:
        import_files([path], folder, [seed_format])
    except UserError:
        return []
    placed = seed_format.path_in(folder)
    return [] if broken_rules(placed, seed_format, folder) else loaded(placed, seed_format, column)


def scored(path: Path, seed_format: SeedFormat, column: str) -> list[Any]:
    with duckdb.connect() as connection:
        try:
            load_customers(connection, path, seed_format, outcome=None, needed=[], may_be_missing=False)
        except UserError:
            return []
        return value_of(connection, seed_format.name, column)


@pytest.mark.parametrize("declared", [lambda name, column: FORMATS[name], with_only], ids=["whole", "alone"])
@pytest.mark.parametrize(("name", "column"), BY_COLUMN)
def test_all_doors_let_in_the_same_texts_as_the_same_values(tmp_path, name, column, declared):
    seed_format = declared(name, column)
    let_in = {text: value for text, value in BY_COLUMN[name, column].items() if value is not None}
    path = write_file(tmp_path, seed_format, column, list(let_in))
    found = {
        "loader": loaded(path, seed_format, column)[1:-1],
        "importer": imported(path, seed_format, column, tmp_path / "project" / "seeds" / "kaggle")[1:-1],
        "score": scored(path, seed_format, column)[1:-1],
    }
    assert all(values == list(let_in.values()) for values in found.values()), found


@pytest.mark.parametrize(("name", "column", "text"), REFUSED)
def test_no_door_lets_in_a_text_without_a_value(tmp_path, name, column, text):
    alone = with_only(name, column)
    path = write_file(tmp_path, alone, column, [text])
    assert loaded(path, alone, column)[1] is None
    assert imported(path, alone, column, tmp_path / "project" / "seeds" / "kaggle") == []
    assert scored(path, alone, column) == []


@pytest.mark.parametrize(("name", "column"), BY_COLUMN)
def test_a_plain_look_never_lets_in_what_the_checks_refuse(tmp_path, name, column):
    """All texts in one file: the quick look of the loader passes over none of those to be rejected."""
    texts = BY_COLUMN[name, column]
    path = write_file(tmp_path, FORMATS[name], column, list(texts))
    assert loaded(path, FORMATS[name], column)[1:-1] == list(texts.values())
