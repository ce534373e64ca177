"""A newcomer's two German files: all questions come at once, and after the answers the rows are the same."""

import csv
import re
import shutil
from datetime import datetime

import duckdb
import pytest
from project_copies import QUICK, REPOSITORY, copy_project, keep_only

from bank_marketing.cli import main
from bank_marketing.importing.decisions import Mapping
from bank_marketing.importing.deriving import derivable, derive_problems, to_derive, write_derived
from bank_marketing.seeds.formats import find_format, read_formats
from bank_marketing.seeds.grammar import value_sql
from bank_marketing.seeds.row_checks import broken_rules, find_repeats
from bank_marketing.seeds.seed_folders import domains_with_files

pytestmark = pytest.mark.slow

FORMATS = read_formats(REPOSITORY / "seeds" / "formats")
CHURN = find_format("raw_churn_customers", FORMATS)
ROWS = 400


def german(text: str) -> str:
    """Write a number as Germans do."""
    return f"{float(text):,.2f}".translate(str.maketrans(",.", ".,"))


def sample(name, every=None):
    with find_format(name, FORMATS).path_in(REPOSITORY / "seeds" / "sample").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return rows[:: every or len(rows) // ROWS]


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


def account_statement(every=None):
    for row in sample("raw_card_transactions", every):
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
        'derive: "?"': "derive: [raw_bank_customers, raw_cards, raw_merchant_categories]",
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
    # Nothing is left to ask: the domain can be built, and again from the statement of the next month.
    assert domains_with_files(tmp_path / "seeds" / "own")[seed_format.domain] == []
    assert main(["import", "export.csv", "--as", name, "--mapping", "mapping.yaml"]) == 0


def test_files_of_keys_alone_give_way_to_the_banks_own_and_never_take_their_place(tmp_path):
    formats = [f for f in FORMATS if f.domain == "transactions"]
    payments = find_format("raw_card_transactions", FORMATS)
    assert set(derivable(payments, formats)) == set(to_derive(payments, tmp_path, formats))
    sample_set = REPOSITORY / "seeds" / "sample"
    for name, other in derivable(payments, formats).items():
        made = other.path_in(tmp_path)
        made.parent.mkdir(exist_ok=True)
        rows = write_derived(payments.path_in(sample_set), payments, other, made)
        assert broken_rules(made, other, tmp_path) == []
        assert find_repeats(made, other, tmp_path).count == 0
        key = next(c.header for c in other.columns if c.name in other.unique_key)
        keys, of_sample = (
            {row[key] for row in csv.DictReader(file.read_text().splitlines())}
            for file in (made, other.path_in(sample_set))
        )
        assert len(keys) == rows > 0
        assert keys <= of_sample
        mapping = Mapping(derive=(name,))
        assert derive_problems(mapping, payments, tmp_path, formats) == []
        assert "holds more than keys" in derive_problems(mapping, payments, sample_set, formats)[0]
    assert "expected none" in derive_problems(Mapping(derive=("raw_cards",)), CHURN, tmp_path, FORMATS)[0]


@pytest.mark.builds
def test_a_statement_alone_gives_marts_and_segments(tmp_path):
    """What nobody has said of customers and cards is null, and asks for nothing."""
    project = copy_project(tmp_path / "project", "own")
    keep_only(project.folder, ["bank_customer_segments", "card_transactions", "model_registry"])
    with (project.folder / "export.csv").open("w", encoding="cp1252", newline="") as file:
        written = list(account_statement(1))
        writer = csv.DictWriter(file, written[0], delimiter=";")
        writer.writeheader()
        writer.writerows(written)
    words = ["import", "export.csv", "--as", "raw_card_transactions"]
    assert project.run("bank_marketing.cli", *words, "--propose", "--output", "map.yaml").returncode == 0
    mapping = project.folder / "map.yaml"
    text = mapping.read_text()
    for asked, answer in ANSWERS["raw_card_transactions"].items():
        text = text.replace(asked, answer)
    mapping.write_text(text)
    for command in ([*words, "--mapping", "map.yaml"], ["build", "--", *QUICK]):
        done = project.run("bank_marketing.cli", *command)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    counted = project.query(
        "select (select count(*) from transactions.card_transactions), count(*), count(age_years), (select"
        " count(*) from transactions.bank_customer_segments where segment_id is not null) from"
        " transactions.bank_customers"
    )
    customers = len({row["Kunde"] for row in written})
    assert counted == [(len(written), customers, 0, customers)]
