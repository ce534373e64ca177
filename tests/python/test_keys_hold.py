"""The test `keys_hold` finds the rows that break what a table promises, in whatever order, and says how."""

from __future__ import annotations

import re

import duckdb
import jinja2
import pytest
from project_copies import REPOSITORY

MACRO = (REPOSITORY / "macros" / "dialects" / "repeated_keys.sql").read_text()
TEST = (REPOSITORY / "tests" / "generic" / "keys_hold.sql").read_text()


class Relation(str):
    """A table or view called given, as dbt has it."""

    identifier = "given"

    def __new__(cls, kind: str) -> Relation:
        """Return its name, with its kind beside it."""
        relation = super().__new__(cls, "given")
        relation.type = kind
        return relation


def found(rows: str, columns: str, kind: str = "table", **arguments: list | dict) -> list[tuple]:
    """Return the rows of a table or view of these values that `keys_hold` finds, dispatched to DuckDB."""
    test = re.sub(r"{% test (\w+)(.*?)%}", r"{% macro \1\2%}", TEST).replace("endtest", "endmacro")
    macros = MACRO.replace('adapter.dispatch("repeated_keys")', "duckdb__repeated_keys")
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])  # noqa: S701 (makes SQL)
    environment.globals |= {"return": str, "execute": True, "load_cached_relation": lambda model: model}
    template = environment.from_string(macros + test + "{{ keys_hold(given, **arguments) }}")
    with duckdb.connect() as connection:
        connection.execute(f"create {kind} given as select * from (values {rows}) as listed ({columns})")
        return sorted(
            connection.execute(template.render(given=Relation(kind), arguments=arguments)).fetchall(), key=str
        )


def failing(rows: str, columns: str, kind: str = "table", **arguments: list | dict) -> list[tuple]:
    """Return the rows that `keys_hold` finds, without what is wrong with them."""
    return sorted((tuple(row) for _, *row in found(rows, columns, kind, **arguments)), key=str)


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


@pytest.mark.parametrize("kind", ["table", "view"])
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("(1, 'a'), (1, 'b'), (2, 'a')", []),
        ("(1, 'a'), (2, 'a'), (1, 'a')", [(1, "a"), (1, "a")]),
        ("(1, 'a'), (1, null)", [(1, None)]),
    ],
    ids=["pairs differ", "a pair twice", "half a pair"],
)
def test_a_key_of_two_columns_is_unique_and_known_together(values, expected, kind):
    assert failing(values, "first, second", kind, key=["first", "second"]) == expected


def test_named_columns_are_known():
    rows = "(1, 'a'), (2, null)"

    assert failing(rows, "key, name", key=["key"], not_null=["name"]) == [(2, None)]
    assert failing(rows, "key, name", not_null=["name"]) == [(2, None)]
    assert failing(rows, "key, name", key=["key"]) == []


@pytest.mark.parametrize(
    ("low", "figure", "high", "expected"),
    [
        (1, 2, 3, None),
        (2 + 1e-9, 2, 3, None),
        (2.1, 2, 3, "figure outside figure_low to figure_high"),
        (1, 3.1, 3, "figure outside figure_low to figure_high"),
        (3, "null", 1, "figure_low above figure_high"),
        (1, 2, "null", "only one of figure_low and figure_high"),
        ("null", 2, 3, "only one of figure_low and figure_high"),
        ("null", 2, "null", None),
        (1, "null", 3, None),
    ],
)
def test_a_figure_lies_within_its_interval(low, figure, high, expected):
    row = f"({low}::double, {figure}::double, {high}::double)"

    rows = found(row, "figure_low, figure, figure_high", intervals=["figure"])

    assert [words for words, *_ in rows] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"shares": ["figure"]}, [("figure outside 0 to 1", -0.1), ("figure outside 0 to 1", 1.1)]),
        (
            {"ranges": {"figure": [0.5, 1.1]}},
            [("figure outside 0.5 to 1.1", -0.1), ("figure outside 0.5 to 1.1", 0.0)],
        ),
    ],
    ids=["share", "range"],
)
def test_a_figure_lies_between_its_bounds_and_may_be_null(arguments, expected):
    values = "(0.0e0), (-0.1e0), (1 + 1e-10), (1.1e0), (null)"

    assert found(values, "figure", **arguments) == expected


def test_a_value_is_among_those_listed_or_null():
    values = {"kind": ["rate", "not used"]}

    assert found("('rate'), ('not used'), ('size'), (null)", "kind", values=values) == [
        ("kind none of rate, not used", "size")
    ]


def test_all_that_is_wrong_with_a_row_is_said():
    arguments = {"key": ["id"], "not_null": ["name"], "intervals": ["gain"], "shares": ["share"]}
    columns = "id, name, gain_low, gain, gain_high, share"
    rows = "(1, null, 5, 4, 6, 2), (1, 'b', 3, 4, 6, 0), (2, 'c', 3, 4, 6, 1)"

    assert [words for words, *_ in found(rows, columns, **arguments)] == [
        "id repeated",
        "name is null; id repeated; gain outside gain_low to gain_high; share outside 0 to 1",
    ]
