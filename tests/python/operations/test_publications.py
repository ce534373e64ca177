import duckdb
import pytest

from bank_marketing.operations.publications import next_publication


@pytest.mark.parametrize(("versions", "expected"), [("(1), (3), (2)", 4), ("(null)", 1)])
def test_a_publication_is_one_more_than_the_newest(versions, expected):
    with duckdb.connect() as connection:
        log = connection.sql(f"select * from (values {versions}) as log (version)")
        assert next_publication(log) == expected
        assert next_publication(log.filter("false")) == 1
