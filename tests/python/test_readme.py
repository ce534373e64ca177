"""The README's tour shows what its queries give."""

import re

import pytest
from conftest import REPOSITORY

TOUR = re.findall(r"```sql\n(.*?)```\s+```text\n(.*?)```", (REPOSITORY / "README.md").read_text(), re.DOTALL)


def numbers_and_words(text: str) -> list[float | str]:
    words = re.split(r"[\s│┌┐└┘├┤┬┴┼─]+", text.strip())
    return [float(w) if re.fullmatch(r"-?\d+(\.\d+)?", w) else w for w in words if w]


@pytest.mark.parametrize(("query", "shown"), TOUR)
def test_the_tour_shows_what_the_sample_gives(built_sample, query, shown):
    import duckdb

    with duckdb.connect(str(built_sample.published), read_only=True) as connection:
        found = str(connection.sql(query))
    expected, actual = numbers_and_words(shown), numbers_and_words(found)
    assert [w for w in actual if isinstance(w, str)] == [w for w in expected if isinstance(w, str)], found
    figures = [w for w in expected if isinstance(w, float)], [w for w in actual if isinstance(w, float)]
    # Fits may differ in the last digits between machines, and then a whole percent by one.
    far = [(e, a) for e, a in zip(*figures, strict=True) if abs(e - a) > (1 if e.is_integer() else 0.02)]
    assert far == [], found


def test_the_tour_has_three_queries():
    assert len(TOUR) == 3
