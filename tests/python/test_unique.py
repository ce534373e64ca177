"""Our own form of dbt's test `unique` finds what dbt's finds, in whatever order the keys stand."""

import duckdb
import jinja2
import pytest
from project_copies import REPOSITORY

MACRO = REPOSITORY / "macros" / "dialects" / "test_unique.sql"


def copies(values: str) -> list[tuple]:
    template = jinja2.Template(MACRO.read_text() + "{{ duckdb__test_unique('given', 'key') }}")
    with duckdb.connect() as connection:
        connection.execute(f"create table given as select key from (values {values}) as listed (key)")
        return sorted(connection.execute(template.render()).fetchall())


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("(1), (2), (3)", []),
        ("(3), (1), (2)", []),
        ("(1), (2), (2)", [(2, 2)]),
        ("(2), (1), (3), (2), (1), (2)", [(1, 2), (2, 3)]),
        ("(null), (1), (null)", []),
        ("(1), (null), (1)", [(1, 2)]),
        ("('b'), ('a'), ('b'), ('B')", [("b", 2)]),
    ],
    ids=["rising", "mixed", "last", "far apart", "nulls aren't keys", "null between", "texts"],
)
def test_copies_of_a_key_are_found(values, expected):
    assert copies(values) == expected


def test_dbt_uses_it(lean_project):
    compiled = lean_project.dbt("compile", "--select", "unique_card_transactions_transaction_id")
    assert compiled.returncode == 0, compiled.stdout
    files = list(lean_project.folder.glob("target/compiled/**/unique_card_transactions_transaction_id.sql"))
    assert [file for file in files if "key_before" in file.read_text()]
