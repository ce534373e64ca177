"""New data: scores are those of the command line, errors are said by column and line, nothing is kept."""

import csv
import tempfile
from io import StringIO

import pytest
from fastapi.testclient import TestClient

from bank_marketing.serving.scoring import score_file
from bank_marketing.serving.tasks import CHURN, CONVERSION_BEFORE_CONTACT
from bank_marketing.web.pages.new_data import KINDS

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


def send(client: TestClient, kind: str, content: str, answer: str = "page", **headers):
    files = {"file": ("customers.csv", content.encode(), "text/csv")}
    return client.post("/new-data", data={"kind": kind, "answer": answer}, files=files, headers=headers)


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


def test_a_large_file_is_refused(client):
    assert send(client, "churn_customers", "x" * 20_000_001).status_code == 413
