"""New data: scores are those of the command line, errors are said by column and line, nothing is kept."""

import csv
import tempfile
from io import StringIO

import pytest
from fastapi.testclient import TestClient

from bank_marketing.serving.opened import Shelf
from bank_marketing.serving.scoring import score_file
from bank_marketing.serving.tasks import CHURN, CONVERSION_BEFORE_CONTACT
from bank_marketing.web import keeping
from bank_marketing.web.app import create_app
from bank_marketing.web.asked import Asked
from bank_marketing.web.pages import new_data
from bank_marketing.web.pages.new_data import KINDS

HERE = "http://127.0.0.1:8001"
FILES = {
    "campaign_customers": ("campaigns/raw_campaign_responses.csv", CONVERSION_BEFORE_CONTACT),
    "churn_customers": ("churn/raw_churn_customers.csv", CHURN),
}


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    return request.param


def lines(built_sample, kind: str, rows: int) -> list[str]:
    """Return the header and the first rows of the sample's file."""
    (file,) = (built_sample.folder / "seeds").rglob(FILES[kind][0])
    return file.read_text().splitlines()[: rows + 1]


def send(client: TestClient, kind: str, content: str, answer: str = "page", keep: str = "", **headers):
    files = {"file": ("customers.csv", content.encode(), "text/csv")}
    data = {"kind": kind, "answer": answer, "keep": keep}
    return client.post("/new-data", data=data, files=files, headers=headers)


def test_a_good_file_is_scored_as_by_the_command_line(client, built_sample, kind, tmp_path):
    content = "\n".join(lines(built_sample, kind, 30))
    path = tmp_path / "customers.csv"
    path.write_text(content)
    expected, _ = score_file(path, FILES[kind][1], built_sample.published)

    found = list(csv.DictReader(StringIO(send(client, kind, content, "csv").text)))
    assert [row["customer_id"] for row in found] == [str(one) for one in expected["customer_id"]]
    for name in KINDS[kind].columns:
        if name.kind == "percent":
            assert [float(row[name.name]) for row in found] == pytest.approx(expected[name.name].tolist())
    assert not [name for name in found[0] if name.startswith("driver")]
    page = send(client, kind, content)
    assert page.status_code == 200
    assert "The first 20 are shown" in page.text


def test_errors_are_said_by_column_and_line(client, built_sample):
    header, *rows = lines(built_sample, "churn_customers", 5)
    rows[2] = ",".join(
        "many" if name == "NumOfProducts" else value
        for name, value in zip(header.split(","), rows[2].split(","), strict=True)
    )
    answer = send(client, "churn_customers", "\n".join([header, *rows]))

    assert "Nothing was scored" in answer.text
    assert "NumOfProducts" in answer.text
    assert "many" in answer.text and "4" in answer.text
    assert tempfile.gettempdir() not in answer.text


def test_a_customer_who_occurs_twice_is_named_with_the_lines_and_the_file(client, built_sample, kind):
    header, *rows = lines(built_sample, kind, 5)
    number = rows[1].split(",")[header.split(",").index("CustomerId" if "churn" in kind else "CustomerID")]
    content = "\n".join([header, *rows, rows[1]])
    files = {"file": ("new ones.csv", content.encode(), "text/csv")}
    text = client.post("/new-data", data={"kind": kind}, files=files).text

    assert "Nothing was scored" in text
    assert f"new ones.csv: 1 customer occurs more than once, such as {number} on lines 3 and 7" in text
    assert "customers.csv" not in text


def test_a_file_of_needed_columns_alone_is_scored(client, opened, built_sample, kind):
    needed = [
        row["column"] for row in new_data.expected(opened, Asked({"kind": kind})).rows if row["is_needed"]
    ]
    rows = list(csv.DictReader(lines(built_sample, kind, 5)))
    assert len(needed) < len(rows[0])

    def of(names) -> str:
        return "\n".join([",".join(names), *(",".join(row[name] for name in names) for row in rows)])

    assert "5 customers" in send(client, kind, of(needed)).text
    for name in needed:
        assert "missing:" in send(client, kind, of([one for one in needed if one != name])).text, name


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "No file came"), ("PK\x03\x04", "archive or a workbook"), ("a,b\n1,2\n", "missing:")],
)
def test_what_is_no_file_of_customers_is_said(client, content, said):
    answer = send(client, "campaign_customers", content)

    assert "Nothing was scored" in answer.text
    assert said in answer.text


def test_nothing_is_kept_and_no_other_site_sends(client, built_sample, kind, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = built_sample.published.stat().st_mtime
    content = "\n".join(lines(built_sample, kind, 3))

    assert send(client, kind, content).status_code == 200
    assert not list(tmp_path.iterdir())
    assert built_sample.published.stat().st_mtime == before
    assert send(client, kind, content, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_file_is_kept_where_asked_and_replaces_none(altered, today, built_sample, kind):
    folder = keeping.sent_folder((opened := altered()).warehouse)
    content = "\n".join(lines(built_sample, kind, 3))
    with TestClient(create_app(Shelf(opened.warehouse, lambda: today)), base_url=HERE) as client:
        send(client, kind, content)
        assert not folder.exists()
        answers = [send(client, kind, content, keep="yes") for _ in range(2)]
        bad = send(client, kind, "a,b\n1,2\n", keep="yes")

    kept = sorted(folder.iterdir())
    assert len(kept) == 2 and "Nothing was scored" in bad.text
    for file in kept:
        assert file.read_text() == content
        assert file.stat().st_mode & 0o777 == 0o600 and file.name.startswith(kind)
        assert any(f"{file.name} in sample_sent" in answer.text for answer in answers)
    assert folder.stat().st_mode & 0o077 == 0


def test_a_file_that_cannot_be_kept_is_scored_and_that_is_said(altered, today, built_sample, monkeypatch):
    opened = altered()
    content = "\n".join(lines(built_sample, "churn_customers", 3))
    monkeypatch.setattr(keeping, "MOST_KEPT", 0)
    with TestClient(create_app(Shelf(opened.warehouse, lambda: today)), base_url=HERE) as client:
        full = send(client, "churn_customers", content, keep="yes").text
        folder = keeping.sent_folder(opened.warehouse)
        folder.rmdir()
        folder.write_text("mine")
        taken = send(client, "churn_customers", content, keep="yes").text

    for text, said in ((full, "0 are in sample_sent"), (taken, "sample_sent can")):
        assert "3 customers" in text and "The file isn" in text and said in text
        assert str(opened.warehouse.parent) not in text
    assert folder.read_text() == "mine"


def test_a_large_file_is_refused_by_a_page(client):
    stated = send(client, "churn_customers", "x" * 20_000_001)
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    unstated = client.post("/new-data", content=iter([b"x" * 10_000_000] * 3), headers=form)

    for answer in (stated, unstated):
        assert answer.status_code == 413
        assert answer.headers["content-type"].startswith("text/html")
        assert "That is too large" in answer.text and "20,000,000 bytes" in answer.text
