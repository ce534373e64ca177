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
CAMPAIGN, PAYMENTS = "raw_campaign_responses", "raw_card_transactions"
ROWS = 400


def german(text: str) -> str:
    """Write a number as Germans do."""
    return f"{float(text):,.2f}".translate(str.maketrans(",.", ".,"))


def sample(name, every=None):
    with find_format(name, FORMATS).path_in(REPOSITORY / "seeds" / "sample").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return rows[:: every or len(rows) // ROWS]


def campaign_export(every=None):
    for row in sample(CAMPAIGN, every):
        yield {
            "Kunden-Nr": row["CustomerID"],
            "Geburtsdatum": f"15.06.{2025 - int(row['Age'])}",
            "Geschlecht": row["Gender"],
            "Einkommen (EUR)": german(row["Income"]),
            "Kanal": row["CampaignChannel"],
            "Kampagnentyp": row["CampaignType"],
            "Abschluss": {"1": "ja", "0": "nein"}[row["Conversion"]],
        }


def account_statement(every=None):
    for row in sample(PAYMENTS, every):
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
    CAMPAIGN: {'factor: "?"': "factor: 1", 'years_since: "?"': "years_since: 2025-12-31"},
    PAYMENTS: {
        'EUR: "?"': "EUR: 1",
        'use_chip: "?"': "use_chip: {constant: Swipe Transaction}",
        'derive: "?"': "derive: [raw_bank_customers, raw_cards, raw_merchant_categories]",
    },
}
SAME = {
    CAMPAIGN: ["CustomerID", "Age", "Gender", "Income", "CampaignChannel", "Conversion"],
    PAYMENTS: ["id", "client_id", "card_id", "amount", "merchant_id", "merchant_city", "mcc"],
}


EXPORTS = {CAMPAIGN: campaign_export, PAYMENTS: account_statement}


def write_export(path, rows):
    written = list(rows)
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.DictWriter(file, written[0], delimiter=";")
        writer.writeheader()
        writer.writerows(written)
    return written


def answer(mapping, name):
    text = mapping.read_text()
    for asked, said in ANSWERS[name].items():
        assert asked in text
        text = text.replace(asked, said)
    mapping.write_text(text)


@pytest.mark.parametrize("name", EXPORTS)
def test_two_calls_and_all_questions_at_once(tmp_path, monkeypatch, capsys, name):
    shutil.copytree(REPOSITORY / "seeds" / "formats", tmp_path / "seeds" / "formats")
    shutil.copy(REPOSITORY / "dbt_project.yml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEED_SET", raising=False)
    write_export(tmp_path / "export.csv", EXPORTS[name]())
    assert main(["import", "export.csv", "--as", name, "--propose", "--output", "mapping.yaml"]) == 0
    questions = re.findall(r"^  (\w+): ", capsys.readouterr().out, re.MULTILINE)
    assert len(questions) == len(ANSWERS[name])
    assert "encoding: cp1252" in (tmp_path / "mapping.yaml").read_text() or name == CAMPAIGN
    answer(tmp_path / "mapping.yaml", name)
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
    payments = find_format(PAYMENTS, FORMATS)
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
def test_a_campaign_and_a_statement_alone_give_scores_marts_and_segments(tmp_path):
    """What nobody has said of customers and cards is null, and asks for nothing."""
    project = copy_project(tmp_path / "project", "own")
    kept = ["bank_customer_segments", "card_transactions", "conversion_scores", "model_registry"]
    keep_only(project.folder, kept)
    written = {}
    for name, rows in EXPORTS.items():
        written[name] = write_export(project.folder / f"{name}.csv", rows(1))
        words = ["import", f"{name}.csv", "--as", name]
        done = project.run("bank_marketing.cli", *words, "--propose", "--output", f"{name}.yaml")
        assert done.returncode == 0, done.stderr
        answer(project.folder / f"{name}.yaml", name)
        done = project.run("bank_marketing.cli", *words, "--mapping", f"{name}.yaml")
        assert done.returncode == 0, done.stderr
    done = project.run("bank_marketing.cli", "build", "--", *QUICK)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    counted = project.query(
        "select (select count(*) from transactions.card_transactions), count(*), count(age_years), (select"
        " count(*) from transactions.bank_customer_segments where segment_id is not null) from"
        " transactions.bank_customers"
    )
    customers = len({row["Kunde"] for row in written[PAYMENTS]})
    assert counted == [(len(written[PAYMENTS]), customers, 0, customers)]
    scored = project.query(
        "select customer_id from campaigns.conversion_scores where moment = 'before_contact' and"
        " conversion_probability is not null order by 1"
    )
    assert scored == sorted((int(row["Kunden-Nr"]),) for row in written[CAMPAIGN])
