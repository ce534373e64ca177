"""The README's tour shows what its queries give, and its tables are those of the site's first page."""

import re
from pathlib import Path

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


def tables_to_start_with(page):
    """Return the table of domains with the targets of its links, and without them."""
    text = (REPOSITORY / page).read_text()
    rows = re.search(r"\| domain \| who \|.*?\n\n", text, re.DOTALL)[0]
    return re.findall(r"\]\(([^)]*)\)", rows), re.sub(r"\]\([^)]*\)", "]", rows)


def test_the_site_starts_with_the_tables_of_the_readme():
    """Edit README.md first, then copy its rows to models/overview.md with links into the site."""
    files, in_readme = tables_to_start_with("README.md")
    nodes, on_site = tables_to_start_with("models/overview.md")
    assert on_site == in_readme
    assert [f"#!/model/model.bank_marketing.{Path(file).stem}" for file in files] == nodes
    assert all((REPOSITORY / file).is_file() for file in files)
