"""The report: one file that needs nothing else, says what the pages say, and names no customer."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from bank_marketing.cli import main
from bank_marketing.serving.opened import Opened
from bank_marketing.web.cards import Card
from bank_marketing.web.figures import Figure
from bank_marketing.web.page import part
from bank_marketing.web.report import blocks, report
from bank_marketing.web.tables import Table


class Seen(HTMLParser):
    """Addresses, ids and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses, self.ids, self.tags, self.text = [], [], set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        for name, value in attributes:
            if name in ("href", "src", "srcset", "action", "xlink:href"):
                self.addresses.append(value)
            if name == "id":
                self.ids.append(value)

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def made(published) -> str:
    return report(Opened(published, datetime.now(UTC).date()))


def test_it_loads_nothing_and_leads_nowhere_else(made):
    seen = Seen(made)

    assert [one for one in seen.addresses if not one.startswith("#")] == []
    assert not seen.tags & {"script", "link", "img", "iframe", "form"}
    assert "http:" not in made and "https:" not in made
    assert not re.search(r"url\((?!#)|@import", made)
    assert len(seen.ids) == len(set(seen.ids))


def test_it_says_what_the_pages_say(made, opened):
    seen = Seen(made)
    shown, charts = re.sub(r"\s+", " ", seen.text.replace("\N{WORD JOINER}", "")), 0
    for page, several in blocks(opened):
        for block in several:
            for name, asked in block.parts:
                found = part(page, name, opened, asked)
                if isinstance(found, Figure):
                    charts += 1
                    assert re.sub(r"\s+", " ", found.finding) in shown
                elif isinstance(found, Table):
                    assert found.rows, name
                    for row in found.shown:
                        assert all(column.said(row) in shown for column in found.columns)
                elif isinstance(found[0], Card):
                    assert all(f"{card.said} " in shown and card.interval in shown for card in found)
    assert charts > 12
    assert made.count("<svg") == charts


def test_it_names_no_customer(opened):
    for page, several in blocks(opened):
        for block in several:
            for name, asked in block.parts:
                found = part(page, name, opened, asked)
                for row in getattr(found, "rows", ()):
                    assert not {"customer_id", "client_id"} & row.keys(), name


def test_it_names_no_customer_in_its_texts(altered):
    opened = altered(
        "update operations.drift_monitor set is_drifting = true,"
        " message = 'The rate changes after 5,828 of 6,400 rows (91.1%), at customer 15281. As a mix may.'"
        " where kind = 'change_point'"
    )
    shown = Seen(report(opened)).text

    assert "of 6,400 rows (91.1%). As a mix" in shown.replace("\N{WORD JOINER}", "")
    assert "15281" not in shown
    assert not re.search(r"\b(customer|client) \d", shown)


def test_what_is_not_published_is_said_in_its_place(altered):
    assert "published here. Build it anew" in report(altered("drop table operations.list_changes"))


def test_it_replaces_no_file_unasked(built_sample, tmp_path, capsys):
    output = tmp_path / "report.html"
    words = ["report", "--output", str(output), "--warehouse", str(built_sample.published)]
    assert main(words) == 0
    first = output.read_text()
    assert first.startswith("<!doctype html>") and "Report of publication" in first

    output.write_text("mine")
    assert main(words) == 1
    assert "is there already" in capsys.readouterr().err
    assert output.read_text() == "mine"
    assert main([*words, "--overwrite"]) == 0
    assert output.read_text() == first


@pytest.mark.parametrize("name", ["sample.key", "sample_exports.jsonl", "sample_build.duckdb", "other.key"])
def test_it_replaces_nothing_of_the_warehouse(altered, capsys, name):
    warehouse = altered().warehouse
    ours = warehouse.with_name(name)
    before = ours.read_bytes() if ours.exists() else None
    for words in (["report"], ["export", "retention_call_list"]):
        told = [*words, "--output", str(ours), "--warehouse", str(warehouse), "--overwrite"]
        assert main(told) == 1
        assert "a file of the warehouse's own" in capsys.readouterr().err
    assert (ours.read_bytes() if ours.exists() else None) == before
