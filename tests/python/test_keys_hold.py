"""The test `keys_hold` finds repeated keys and nulls, in whatever order the rows stand."""

import re

import duckdb
import jinja2
import pytest
from project_copies import REPOSITORY

MACRO = (REPOSITORY / "macros" / "dialects" / "repeated_keys.sql").read_text()
TEST = (REPOSITORY / "tests" / "generic" / "keys_hold.sql").read_text()


def failing(values: str, columns: str, **arguments: list[str]) -> list[tuple]:
    """Return the rows of a table of these values that `keys_hold` finds, with dbt's dispatch to DuckDB."""
    test = re.sub(r"{% test (\w+)(.*?)%}", r"{% macro \1\2%}", TEST).replace("endtest", "endmacro")
    macros = MACRO.replace('adapter.dispatch("repeated_keys")', "duckdb__repeated_keys")
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])  # noqa: S701 (makes SQL)
    environment.globals["return"] = str
    template = environment.from_string(macros + test + "{{ keys_hold('given', **arguments) }}")
    with duckdb.connect() as connection:
        connection.execute(f"create table given as select * from (values {values}) as listed ({columns})")
        return sorted(connection.execute(template.render(arguments=arguments)).fetchall(), key=str)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("(1), (2), (3)", []),
        ("(3), (1), (2)", []),
        ("(1), (2), (2)", [(2,), (2,)]),
        ("(2), (1), (3), (1)", [(1,), (1,)]),
        ("(null), (1), (2)", [(None,)]),
        ("(1), (null), (1)", [(1,), (1,), (None,)]),
        ("('b'), ('a'), ('b'), ('B')", [("b",), ("b",)]),
    ],
    ids=["rising", "mixed", "last", "far apart", "null", "null between", "texts"],
)
def test_a_key_of_one_column_is_unique_and_known(values, expected):
    assert failing(values, "key", key=["key"]) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("(1, 'a'), (1, 'b'), (2, 'a')", []),
        ("(1, 'a'), (2, 'a'), (1, 'a')", [(1, "a"), (1, "a")]),
        ("(1, 'a'), (1, null)", [(1, None)]),
    ],
    ids=["pairs differ", "a pair twice", "half a pair"],
)
def test_a_key_of_two_columns_is_unique_and_known_together(values, expected):
    assert failing(values, "first, second", key=["first", "second"]) == expected


def test_named_columns_are_known():
    rows = "(1, 'a'), (2, null)"

    assert failing(rows, "key, name", key=["key"], not_null=["name"]) == [(2, None)]
    assert failing(rows, "key, name", not_null=["name"]) == [(2, None)]
    assert failing(rows, "key, name", key=["key"]) == []
