"""A newcomer's two German files: all questions come at once, and after the answers the rows are the same."""

import csv
import re
import shutil
from datetime import datetime

import duckdb
import pytest
from project_copies import REPOSITORY

from bank_marketing.cli import main
from bank_marketing.seeds.formats import find_format, read_formats
from bank_marketing.seeds.grammar import value_sql

FORMATS = read_formats(REPOSITORY / "seeds" / "formats")
ROWS = 400


def german(text: str) -> str:
    """Write a number as Germans do."""
    return f"{float(text):,.2f}".translate(str.maketrans(",.", ".,"))


def sample(name):
    with find_format(name, FORMATS).path_in(REPOSITORY / "seeds" / "sample").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return rows[:: len(rows) // ROWS]


def campaign_export():
    for row in sample("raw_campaign_responses"):
        yield {
            "Kunden-Nr": row["CustomerID"],
            "Alter": row["Age"],
            "Geschlecht": row["Gender"],
            "Einkommen (EUR)": german(row["Income"]),
            "Kanal": row["CampaignChannel"],
            "Kampagnentyp": row["CampaignType"],
            "Abschluss": {"1": "ja", "0": "nein"}[row["Conversion"]],
        }


def account_statement():
    for row in sample("raw_card_transactions"):
        moment = datetime.fromisoformat(row["date"])
        yield {
            "Umsatz-ID": row["id"],
            "Buchungstag": f"{moment:%d.%m.%Y %H:%M}",
            "Kunde": row["client_id"],
            "Kartennummer": row["card_id"],
            "Betrag": german(row["amount"].replace("$", "").replace("-", "")),
            "Soll/Haben": "H" if "-" in row["amount"] else "S",
            "Währung": "EUR",
            "Händler-ID": row["merchant_id"],
            "Ort": row["merchant_city"],
            "MCC": row["mcc"],
        }


# What a person puts in the places of the question marks.
ANSWERS = {
    "raw_campaign_responses": {'factor: "?"': "factor: 1"},
    "raw_card_transactions": {
        'EUR: "?"': "EUR: 1",
        'use_chip: "?"': "use_chip: {constant: Swipe Transaction}",
    },
}
SAME = {
    "raw_campaign_responses": ["CustomerID", "Age", "Gender", "Income", "CampaignChannel", "Conversion"],
    "raw_card_transactions": ["id", "client_id", "card_id", "amount", "merchant_id", "merchant_city", "mcc"],
}


@pytest.mark.parametrize(
    ("name", "rows"),
    [("raw_campaign_responses", campaign_export), ("raw_card_transactions", account_statement)],
)
def test_two_calls_and_all_questions_at_once(tmp_path, monkeypatch, capsys, name, rows):
    shutil.copytree(REPOSITORY / "seeds" / "formats", tmp_path / "seeds" / "formats")
    shutil.copy(REPOSITORY / "dbt_project.yml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEED_SET", raising=False)
    written = list(rows())
    with (tmp_path / "export.csv").open("w", encoding="cp1252", newline="") as file:
        writer = csv.DictWriter(file, written[0], delimiter=";")
        writer.writeheader()
        writer.writerows(written)
    assert main(["import", "export.csv", "--as", name, "--propose", "--output", "mapping.yaml"]) == 0
    questions = re.findall(r"^  (\w+): ", capsys.readouterr().out, re.MULTILINE)
    text = (tmp_path / "mapping.yaml").read_text()
    assert len(questions) == len(ANSWERS[name])
    assert "encoding: cp1252" in text or name == "raw_campaign_responses"
    for asked, answer in ANSWERS[name].items():
        assert asked in text
        text = text.replace(asked, answer)
    (tmp_path / "mapping.yaml").write_text(text)
    assert main(["import", "export.csv", "--as", name, "--mapping", "mapping.yaml"]) == 0, (
        capsys.readouterr().err
    )
    seed_format = find_format(name, FORMATS)
    made = seed_format.path_in(tmp_path / "seeds" / "own")
    columns = [column for column in seed_format.columns if column.header in SAME[name]]
    clean = tmp_path / "clean.csv"
    with clean.open("w", newline="") as file:
        writer = csv.DictWriter(file, SAME[name], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(sample(name))
    values = ", ".join(value_sql(column, f'"{column.header}"') for column in columns)
    found, expected = (
        duckdb.sql(f"select {values} from read_csv('{path}', header = true, all_varchar = true)").fetchall()
        for path in (made, clean)
    )
    assert found == expected
