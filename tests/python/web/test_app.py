"""Every page over HTTP: whole, light, with links that lead somewhere; problems are said."""

import csv
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from io import StringIO

import duckdb
import pytest
from fastapi.testclient import TestClient

from bank_marketing.seeds.formats import read_formats
from bank_marketing.serving.domains import FILES
from bank_marketing.serving.opened import Shelf
from bank_marketing.web.app import create_app
from bank_marketing.web.asked import Asked
from bank_marketing.web.pages import PAGES
from bank_marketing.web.report import report

HERE = "http://127.0.0.1:8001"


class Seen(HTMLParser):
    """What a page refers to and how it is made."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses, self.headings, self.inline, self.ids = set(), [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        of = dict(attributes)
        self.addresses |= {of[name] for name in ("href", "src", "srcset", "action") if of.get(name)}
        self.headings += [tag] if re.fullmatch("h[1-6]", tag) else []
        self.inline += (
            [tag] if "style" in of or tag == "style" or (tag == "script" and "src" not in of) else []
        )
        self.ids += [of["id"]] if "id" in of else []


@pytest.fixture(params=[page.path for page in PAGES])
def path(request) -> str:
    return request.param


def test_a_page_is_whole_and_takes_nothing_from_elsewhere(client, path):
    answer = client.get(path)
    seen = Seen(answer.text)

    assert answer.status_code == 200
    assert seen.headings[0] == "h1" and seen.headings.count("h1") == 1
    assert seen.inline == []
    assert len(seen.ids) == len(set(seen.ids))
    assert not [one for one in seen.addresses if not one.startswith(("/", "#", "?"))]
    assert "published here" not in answer.text


@pytest.fixture(scope="module")
def status(published) -> Iterator[Callable[[str], int]]:
    """Return what tells the status of an address; pages share most of them, so each is asked for once."""
    shelf = Shelf(published, lambda: datetime.now(UTC).date())
    with TestClient(create_app(shelf), base_url=HERE) as asked:
        yield cache(lambda address: asked.get(address).status_code)


def test_whatever_a_page_refers_to_is_there(client, status, path):
    text = client.get(path).text
    for address in sorted(Seen(text).addresses):
        place, _, anchor = address.partition("#")
        if place:
            assert status(place if place.startswith("/") else path + place) == 200, address
        if anchor and place in ("", path):
            assert f'id="{anchor}"' in text, address


def test_the_first_page_is_light(client):
    """At most 100 kB with all that a browser loads for it."""
    page = client.get("/")
    parts = {
        one
        for one in Seen(page.text).addresses
        if one.startswith(("/static/", "/charts/")) and "narrow" not in one
    }
    answers = [page, *(client.get(one) for one in parts)]

    assert len(parts) >= 4
    assert sum(int(answer.headers["content-length"]) for answer in answers) < 100_000


def test_a_download_holds_the_rows_of_the_table(client, opened, path):
    page = next(page for page in PAGES if page.path == path)
    found = {one for one in Seen(client.get(path).text).addresses if one.startswith("/data/")}
    assert found
    for address in found:
        rows = list(csv.DictReader(StringIO(client.get(address).text)))
        name = re.fullmatch(rf"/data/{page.name}/(\w+)\.csv(\?.*)?", address)[1]
        part = page.parts[name](opened, Asked())
        assert len(rows) == len(part.rows)
        for column in part.columns:
            assert [row[column.name] for row in rows] == [
                "" if row[column.name] is None else str(row[column.name]) for row in part.rows
            ]


def test_what_a_domain_lacks_is_said_and_the_rest_is_shown(altered, today):
    opened = altered("drop schema churn cascade")
    with TestClient(create_app(Shelf(opened.warehouse, lambda: today)), base_url=HERE) as client:
        for page in PAGES:
            answer = client.get(page.path)
            assert answer.status_code == 200, answer.text
        first = client.get("/").text
    assert "published here. Build it anew" in first
    assert "Catalog" not in first
    assert "Who gets which campaign" in first


def test_what_a_file_of_one_domain_lacks_is_said_once_with_the_files_to_bring_in(altered, today):
    absent = ("campaigns", "transactions", "sales")
    opened = altered(
        *(f"drop schema {domain} cascade" for domain in absent),
        "update operations.publications set domains_built = 'churn', domains_kept = ''",
    )
    with TestClient(create_app(Shelf(opened.warehouse, lambda: today)), base_url=HERE) as client:
        texts = {page.path: client.get(page.path).text for page in PAGES}
    texts["report"] = report(opened)

    for path, text in texts.items():
        said = re.findall(r"This file holds no ([a-z ]+): bring in", text)
        assert len(said) == len(set(said)), path
        assert "published here" not in text, path
    assert "holds no sales: bring in CustomersData.xlsx" in texts["/value"]
    assert "holds no campaigns" in texts["/campaigns"] and "<h2>Does it pay" not in texts["/campaigns"]
    assert "Compare budgets" not in texts["/"]
    assert "holds no" not in texts["/retention"] + texts["/new-data"]


def test_a_domain_needs_the_files_that_its_formats_declare(built_sample):
    declared = read_formats(built_sample.folder / "seeds" / "formats")
    for domain, (_, files) in FILES.items():
        assert set(files) == {one.kaggle_file for one in declared if one.domain == domain} - {None}


def test_another_publication_is_taken_up(published, tmp_path, today):
    file = tmp_path / "sample.duckdb"
    for one in (published, published.with_suffix(".key")):
        shutil.copyfile(one, file.with_suffix(one.suffix))
    with TestClient(create_app(Shelf(file, lambda: today)), base_url=HERE) as client:
        before = client.get("/").text
        another = tmp_path / "another.duckdb"
        shutil.copyfile(published, another)
        with duckdb.connect(another) as connection:
            connection.execute("delete from churn.retention_call_list")
        another.replace(file)
        after = client.get("/").text

    assert "Nobody is on this list" not in before
    assert "Nobody is on this list" in after


def test_problems_are_pages(client, tmp_path, today):
    answer = client.get("/nowhere")
    assert (answer.status_code, "There is no such page" in answer.text) == (404, True)
    for address in (
        "/charts/this_week/nothing.svg",
        "/data/nowhere/nothing.csv",
        "/charts/this_week/changes.svg",
    ):
        assert client.get(address).status_code == 404

    (tmp_path / "no.duckdb").write_text("nothing")
    with TestClient(create_app(Shelf(tmp_path / "no.duckdb", lambda: today)), base_url=HERE) as other:
        answer = other.get("/")
    assert answer.status_code == 503
    assert "no published file" in answer.text
    assert str(tmp_path) not in answer.text
