"""First mappings: the right columns of foreign files, nothing guessed, and files that read back."""

import csv
import io
import re
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from importing_files import FORMATS, SAMPLE

from bank_marketing.importing.mapping import mapping_problems, read_mapping
from bank_marketing.importing.opening import open_export
from bank_marketing.importing.preparing import open_table, prepare_mapped
from bank_marketing.importing.proposing import Proposals, proposal_text, propose
from bank_marketing.seeds.formats import SeedFormat

pytestmark = pytest.mark.slow

# Names under which a bank might keep the columns of each raw file, in the order of the declaration.
FOREIGN_NAMES = {
    "raw_campaign_responses": """
        Kunden-Nr Alter Geschlecht Jahreseinkommen Kanal Kampagnentyp Werbekosten CTR CVR Visits
        pagesPerSession session_duration Shares mail_opens mail_clicks past_purchases Treuepunkte
        advertising_platform advertising_tool Responded""",
    "raw_bank_customers": """
        Kundennummer Alter Rentenalter Geburtsjahr Geburtsmonat Sex Adresse Lat Lon area_income annual_income
        Schulden Bonität card_count""",
    "raw_cards": """
        card_id Kundennummer Marke Kartenart PAN valid_thru CVC chip cards_issued Limit account_opened
        pin_changed leaked""",
    "raw_card_transactions": """
        transaction_id Buchungsdatum customer_id card Betrag entry_mode merchant Stadt Bundesland PLZ
        merchant_category_code Fehler""",
    "raw_merchant_categories": "Branchencode Bezeichnung",
    "raw_order_lines": """
        Kundennummer invoice_number Rechnungsdatum SKU Artikel Warengruppe Menge Preis Versandkosten
        Gutschein""",
    "raw_retail_customers": "client_id Geschlecht Wohnort Kundenmonate",
    "raw_coupons": "Monat Warengruppe voucher_code Rabatt",
    "raw_marketing_spend": "Tag OfflineBudget OnlineBudget",
    "raw_product_taxes": "Warengruppe MwSt",
    "raw_churn_customers": """
        row customer_number Nachname FICO Land Sex Alter years_with_bank Kontostand products has_credit_card
        active_customer Gehalt churned Beschwerde Zufriedenheit Kartenart bonus_points""",
}
# The sample has no rows of what only a bank itself has.
WITH_ROWS = {name: seed_format for name, seed_format in FORMATS.items() if not seed_format.may_be_empty}
BOOLEANS = {"1": "true", "0": "false", "YES": "true", "NO": "false", "Yes": "true", "No": "false"}


def sample_rows(seed_format: SeedFormat, most: int = 400) -> list[list[str]]:
    """Return rows from all over the sample's file."""
    with seed_format.path_in(SAMPLE).open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    return rows[:: max(1, len(rows) // most)]


def as_a_bank_writes(seed_format: SeedFormat, place: int, text: str) -> str:
    """Write a value with a decimal comma, day first, and true or false."""
    column = seed_format.columns[place]
    if not text:
        return text
    if column.text_format == "us_date":
        return datetime.strptime(text, "%m/%d/%Y").strftime("%d.%m.%Y")
    if column.data_type == "timestamp":
        return datetime.fromisoformat(text).strftime("%d.%m.%Y %H:%M:%S")
    if column.text_format == "zip":
        return f"{int(float(text)):05}"
    if column.data_type == "boolean":
        return BOOLEANS[text]
    if column.text_format == "money":
        return text.replace("$", "").replace(".", ",") + " USD"
    if column.data_type == "double" or column.data_type.startswith("decimal"):
        return text.replace(".", ",")
    return text


def write_export(path: Path, names: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="cp1252") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(names)
        writer.writerows(rows)
    return path


def proposed(path: Path, seed_format: SeedFormat) -> Proposals:
    with open_table(open_export(path, path.parent, {}), path.parent) as table:
        return propose(table, seed_format, 0.01)


def foreign(seed_format: SeedFormat, path: Path) -> Path:
    rows = [
        [as_a_bank_writes(seed_format, place, text) for place, text in enumerate(row)]
        for row in sample_rows(seed_format)
    ]
    return write_export(path, FOREIGN_NAMES[seed_format.name].split(), rows)


def small_export(path: Path, *columns: str) -> Path:
    """Make an export of columns, each its name and its values, divided by blanks."""
    names, *rows = zip(*(column.split(" ") for column in columns), strict=True)
    return write_export(path, list(names), [list(row) for row in rows])


@pytest.mark.parametrize("seed_format", WITH_ROWS.values(), ids=WITH_ROWS)
def test_foreign_names_codes_and_forms_lead_to_the_very_same_file(seed_format, tmp_path):
    export = foreign(seed_format, tmp_path / "export.csv")
    proposals = proposed(export, seed_format)
    expected = dict(
        zip([h.strip() for h in seed_format.headers], FOREIGN_NAMES[seed_format.name].split(), strict=True)
    )
    assert {header: m.column for header, m in proposals.mapping.columns.items()} == expected
    assert [header for header, p in proposals.by_header.items() if p.confidence != "high"] == []
    names = tuple(FOREIGN_NAMES[seed_format.name].split())
    assert mapping_problems(proposals.mapping, seed_format, names) == []
    target = tmp_path / "made.csv"
    prepare_mapped(open_export(export, tmp_path, {}), proposals.mapping, seed_format, target, tmp_path, {})
    made = list(csv.reader(io.StringIO(target.read_text())))
    assert made[0] == seed_format.headers
    assert made[1:] == sample_rows(seed_format)


@pytest.mark.parametrize("seed_format", WITH_ROWS.values(), ids=WITH_ROWS)
def test_the_written_mapping_reads_back_as_it_was_proposed(seed_format, tmp_path):
    export = foreign(seed_format, tmp_path / "export.csv")
    proposals = proposed(export, seed_format)
    path = tmp_path / "mapping.yaml"
    path.write_text(proposal_text(export.name, seed_format, proposals), encoding="utf-8")
    assert read_mapping(path) == proposals.mapping
    # Other readers of YAML see the same columns.
    assert list(yaml.safe_load(path.read_text())["columns"]) == [h.strip() for h in seed_format.headers]


def test_odd_names_and_codes_survive_the_file(tmp_path):
    seed_format = FORMATS["raw_campaign_responses"]
    path = tmp_path / "export.csv"
    path.write_text('"y";"a: ""b"" #\t\\";yes\n"yes";1;2\n"no: #";1;2\n')
    export = path
    proposals = proposed(export, seed_format)
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(proposal_text(export.name, seed_format, proposals))
    assert read_mapping(mapping) == proposals.mapping
    assert proposals.mapping.columns["Conversion"].values == {"yes": "1", "no: #": "?"}


def test_every_proposal_comes_with_its_confidence_and_reason(tmp_path):
    seed_format = FORMATS["raw_churn_customers"]
    export = foreign(seed_format, tmp_path / "export.csv")
    text = proposal_text(export.name, seed_format, proposed(export, seed_format))
    for header in seed_format.headers:
        before = text.split(f"\n  {header}: ")[0] if " " not in header else text.split(f'\n  "{header}": ')[0]
        assert re.fullmatch(r"  # (high|medium|low|to fill|left out): .{10,}", before.splitlines()[-1])


def test_a_name_is_not_believed_against_its_values(tmp_path):
    export = small_export(tmp_path / "e.csv", "age young old old", "channel 1 2 3", "y 0 1 2")
    proposals = proposed(export, FORMATS["raw_campaign_responses"])
    for header, words in [
        ("Age", "found 'old'"),
        ("CampaignChannel", "expected text"),
        ("Conversion", "two values"),
    ]:
        assert proposals.mapping.columns[header].source is None
        assert words in proposals.by_header[header].reason
    assert [p.name for p in proposals.unused] == ["age", "channel", "y"]


def test_what_nothing_tells_is_left_to_the_person(tmp_path):
    export = small_export(tmp_path / "e.csv", "a x x y", "b yes no no", "c no no yes")
    proposals = proposed(export, FORMATS["raw_campaign_responses"])
    columns = proposals.mapping.columns
    assert {h for h, m in columns.items() if m.source is None} == {
        "CustomerID",
        "Age",
        "CampaignChannel",
        "CampaignType",
        "Conversion",
    }
    assert {h for h, m in columns.items() if m.leave_out} == set(columns) - {
        h for h, m in columns.items() if m.source is None
    }
    assert "could be those of b, c" in proposals.by_header["Conversion"].reason
    assert all(f"  {h}: " in proposals.summary() for h in ("CustomerID", "Age", "CampaignType", "Conversion"))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("1,5 2,25 3", ","),
        ("1.234,5 2 3", ","),
        ("1,234.5 2 3", "."),
        ("1,234,567 2 3", "."),
        ("1,234 2,345 3,456", "?"),
        ("1.234 2.345 3.456", "?"),
        ("0.125 2.345 3.456", None),
        ("1.5 2.25 3", None),
        ("1 2 3", None),
    ],
)
def test_a_decimal_sign_is_told_or_asked_for(tmp_path, values, expected):
    export = small_export(tmp_path / "e.csv", f"saldo {values}")
    assert proposed(export, FORMATS["raw_churn_customers"]).mapping.columns["Balance"].decimal == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("31/01/2024 01/02/2024", ("day first",)),
        ("01/31/2024 02/01/2024", ("month first",)),
        ("31.1.2024 1.2.2024", ("day first",)),
        ("31.01.24 01.02.24", ("DD.MM.YY",)),
        ("11-08-2016 4/15/2017", ("month first",)),
        ("01/02/2024 03/04/2024", ("?",)),
        ("31/01/2024 01/31/2024", ("?",)),
        ("2024-01-31 2024-02-01", ()),
        ("20240131 20240201", ()),
        ("31-Jan-2024 01-Feb-2024", ()),
    ],
)
def test_the_order_of_day_and_month_is_proven_or_asked_for(tmp_path, values, expected):
    export = small_export(tmp_path / "e.csv", f"day {values}")
    assert proposed(export, FORMATS["raw_marketing_spend"]).mapping.columns["Date"].date == expected


@pytest.mark.parametrize("half", [" AM", "pm", ""])
def test_hours_before_and_after_noon_are_proposed(tmp_path, half):
    path = tmp_path / "e.csv"
    path.write_text(f"date,age\n1/31/2024 1:05{half},30\n2/1/2024 11:59{half},40\n")
    mapping = proposed(path, FORMATS["raw_card_transactions"]).mapping
    assert mapping.columns["date"].date == ("month first",)
