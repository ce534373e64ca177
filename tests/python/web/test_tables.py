"""Tables by the query string: sorted, filtered, searched, paged, and downloaded as they are shown."""

import pytest

from bank_marketing.web.asked import Asked
from bank_marketing.web.tables import Column, Table, as_csv

ROWS = [
    {"name": f"n{place}", "kind": "ab"[place % 2], "value": None if place == 3 else place}
    for place in range(7)
]
COLUMNS = (Column("name"), Column("kind", is_filter=True), Column("value", kind="number"))


def table(**asked: str) -> Table:
    stated = {f"t.{name}": value for name, value in asked.items()}
    return Table("t", "Title", ROWS, COLUMNS, "schema.table", Asked(stated), rows_a_page=3)


def names(found) -> str:
    return "".join(row["name"][1:] for row in found)


@pytest.mark.parametrize(
    ("asked", "shown", "pages"),
    [
        ({}, "012", 3),
        ({"page": "3"}, "6", 3),
        ({"page": "99"}, "6", 3),
        ({"page": "nan"}, "012", 3),
        ({"sort": "-value"}, "654", 3),
        ({"sort": "-value", "page": "3"}, "3", 3),
        ({"sort": "password"}, "012", 3),
        ({"kind": "b"}, "135", 1),
        ({"find": "N5"}, "5", 1),
        ({"find": "nothing such"}, "", 1),
        ({"kind": "b", "sort": "value"}, "153", 1),
    ],
)
def test_what_is_asked_for_is_shown(asked, shown, pages):
    assert names(table(**asked).shown) == shown
    assert table(**asked).pages == pages


def test_a_download_holds_all_pages_of_what_is_asked_for():
    lines = table(kind="b", sort="-value").csv().splitlines()

    assert lines == ["name,kind,value", "n5,b,5", "n1,b,1", "n3,b,"]


def test_links_keep_what_else_is_asked_for():
    one = table(kind="b", page="2")

    assert one.to_page(1) == "?t.kind=b&t.page=1"
    assert one.to_sort(COLUMNS[2]) == "?t.kind=b&t.sort=-value"
    assert table(sort="-value").to_sort(COLUMNS[2]) == "?t.sort=value"


def test_no_spreadsheet_takes_a_text_for_a_formula():
    assert as_csv([{"a": "=1+1", "b": -1, "c": "ok"}]) == "a,b,c\n'=1+1,-1,ok\n"
    assert as_csv([]) == ""


class Counted(list):
    """Rows that count how often they are gone through."""

    passes = 0

    def __iter__(self):
        self.passes += 1
        return super().__iter__()


def test_a_page_of_a_long_table_goes_through_its_rows_a_few_times_and_not_once_for_each():
    rows = Counted({"kind": "ab"[place % 2], "n": place} for place in range(2_000))
    long = Table("long", "Long", rows, (Column("kind", is_filter=True), Column("n", kind="number")), "a.b")
    assert long.shown and long.filters and long.found and long.pages == 100
    assert rows.passes < 5
