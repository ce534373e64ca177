"""The README's tour shows what its queries give."""

import re

import pytest
from project_copies import REPOSITORY
from shown_output import assert_same_table

TOUR = re.findall(r"```sql\n(.*?)```\s+```text\n(.*?)```", (REPOSITORY / "README.md").read_text(), re.DOTALL)


@pytest.mark.parametrize(("query", "shown"), TOUR)
def test_the_tour_shows_what_the_sample_gives(built_sample, query, shown):
    import duckdb

    with duckdb.connect(str(built_sample.published), read_only=True) as connection:
        found = str(connection.sql(query))
    assert_same_table(shown, found)


def test_the_tour_has_three_queries():
    assert len(TOUR) == 3
