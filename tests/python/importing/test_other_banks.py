"""What the files of other banks and shops have that Kaggle's have not: it goes in, or is asked about."""

import csv
import re

import pytest
import yaml
from importing_files import FORMATS

from bank_marketing.errors import UserError
from bank_marketing.importing.decisions import Decision, FileSettings, Mapping
from bank_marketing.importing.finding import find_candidates
from bank_marketing.importing.keys import KeyNumbers
from bank_marketing.importing.mapping import mapping_problems
from bank_marketing.importing.opening import open_export
from bank_marketing.importing.preparing import open_table, prepare_mapped
from bank_marketing.importing.proposing import propose
from bank_marketing.importing.recognising import recognise

pytestmark = pytest.mark.slow

CHURN, CAMPAIGN, ORDERS = "raw_churn_customers", "raw_campaign_responses", "raw_order_lines"
PAYMENTS, CARDS = "raw_card_transactions", "raw_cards"


class Bank:
    """A file of a bank, proposed for a raw file and imported by decisions."""

    def __init__(self, folder):
        self.path, self.folder = folder / "export.csv", folder
        (folder / "scratch").mkdir()

    def write(self, *lines):
        self.path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self

    def propose(self, name, **settings):
        found = open_export(self.path, self.folder / "scratch", settings)
        with open_table(found, self.folder / "scratch") as table:
            return propose(table, FORMATS[name], 0.01)

    def made(self, name, header, decision, file=None):
        """Import one column alone and return its values."""
        mapping = Mapping(file=FileSettings(**(file or {})), columns={header: decision})
        target = self.folder / "made.csv"
        numbers = {key: KeyNumbers(self.folder / key) for key in ("card", "customer")}
        opened = open_export(self.path, self.folder / "scratch", mapping.file.said())
        prepare_mapped(opened, mapping, FORMATS[name], target, self.folder, numbers)
        with target.open(newline="") as file_made:
            return [row[header] for row in csv.DictReader(file_made)]


@pytest.fixture
def bank(tmp_path):
    return Bank(tmp_path)


def test_german_and_spanish_names_and_words_are_known(bank):
    bank.write("Kunden-Nr;Alter;Kanal;Abschluss", "7;30;Brief;ja", "8;40;Brief;nein")
    german = bank.propose(CAMPAIGN).mapping.columns
    assert (german["CustomerID"].column, german["Conversion"].values) == (
        "Kunden-Nr",
        {"ja": "1", "nein": "0"},
    )
    bank.write("cliente;edad;canal;respuesta", "7;30;carta;sí", "8;40;carta;no")
    spanish = bank.propose(CAMPAIGN).mapping.columns
    assert [spanish[h].column for h in ("CustomerID", "Age", "CampaignChannel")] == [
        "cliente",
        "edad",
        "canal",
    ]
    assert spanish["Conversion"].values == {"sí": "1", "no": "0"}


def test_a_word_for_gender_that_no_vocabulary_has_is_asked_about(bank):
    bank.write("Kunde;Geschlecht", "1;w", "2;Männlich", "3;w")
    assert bank.propose(CHURN).mapping.columns["Gender"] == Decision(column="Geschlecht")
    bank.write("Kunde;Geschlecht", "1;w", "2;H", "3;w")
    proposal = bank.propose(CHURN).by_header["Gender"]
    assert proposal.decision.values == {"w": "?", "H": "?"}
    assert proposal.question == "say what 'w', 'H' stands for (Female, Male)"


def test_codes_of_which_one_is_unknown_are_all_asked_about(bank):
    bank.write("Kunde;Abschluss;Geschlecht", "1;1;Frau", "2;2;H", "3;1;Frau")
    columns = bank.propose(CAMPAIGN).mapping.columns
    assert columns["Conversion"].values == {"1": "?", "2": "?"}
    assert columns["Gender"].values == {"Frau": "Female", "H": "?"}
    bank.write("Kunde;aktiv;Geschlecht", "1;Sí;1", "2;no;2", "3;sí;1")
    columns = bank.propose(CHURN).mapping.columns
    assert columns["IsActiveMember"].values == {"Sí": "1", "no": "0", "sí": "1"}
    assert columns["Gender"].values == {"1": "?", "2": "?"}


@pytest.mark.parametrize(
    ("name", "header", "said", "asked"),
    [
        (CHURN, "Tenure", "Tenure (months)", "such as 1/12"),
        ("raw_retail_customers", "Tenure_Months", "Tenure (years)", "such as 12"),
        (CHURN, "EstimatedSalary", "Estimated salary (monthly)", "such as 12"),
        (CAMPAIGN, "TimeOnSite", "TimeOnSite (seconds)", "says second, expected minutes"),
        ("raw_coupons", "Discount_pct", "Discount", "`factor: 100`"),
    ],
)
def test_a_unit_that_is_another_than_the_columns_is_asked_about(bank, name, header, said, asked):
    bank.write(f"id,{said}", "1,0.1", "2,0.4") if "Disc" in header else bank.write(f"id,{said}", "1,3", "2,4")
    proposal = bank.propose(name).by_header[header]
    assert (proposal.decision.column, proposal.decision.factor) == (said, "?")
    assert asked in proposal.question


def test_the_opposite_of_a_name_fills_nothing(bank):
    bank.write("CustomerId,Inactive", "1,0", "2,1", "3,1")
    assert bank.propose(CHURN).mapping.columns["IsActiveMember"].source is None


def test_a_currency_in_the_header_or_beside_the_amount_is_asked_about(bank):
    bank.write("Kunde;Einkommen (EUR)", "1;50000", "2;60000")
    proposal = bank.propose(CAMPAIGN).by_header["Income"]
    assert proposal.decision.factor == "?"
    assert "how many USD one EUR is" in proposal.question
    bank.write("id,amount,currency", "1,1250000.00,VND", "2,12.00,USD")
    proposal = bank.propose(PAYMENTS).by_header["amount"]
    assert proposal.decision.currency_from.rates == {"VND": "?", "USD": "1"}
    assert "how many USD one VND is" in proposal.question
    said = {"column": "currency", "rates": {"VND": "0.00004", "USD": "1"}}
    decision = Decision(column="amount", currency_from=said)
    assert bank.made(PAYMENTS, "amount", decision) == ["$50", "$12"]
    with pytest.raises(UserError, match="expected one of USD: say in `rates` what 'VND' is worth"):
        bank.made(
            PAYMENTS,
            "amount",
            Decision(column="amount", currency_from={"column": "currency", "rates": {"USD": "1"}}),
        )


def test_a_currency_is_asked_about_at_every_amount_and_however_it_is_written(bank):
    bank.write("id;Jahreseinkommen;Schulden;Währung", "1;10;20;eur", "2;30;40;US$", "3;50;60;")
    proposals = bank.propose("raw_bank_customers").by_header
    for header in ("yearly_income", "total_debt"):
        assert proposals[header].decision.currency_from.rates == {"eur": "?", "US$": "1", "": "?"}
    bank.write("id,amount,Ccy", "1,12.00,KZT", "2,12.00,XOF")
    assert bank.propose(PAYMENTS).by_header["amount"].decision.currency_from.rates == {"KZT": "?", "XOF": "?"}
    for name, unit in [("Einkommen (kEUR)", "kEUR"), ("income_chf", "CHF"), ("Einkommen in TEUR", "TEUR")]:
        bank.write(f"Kunde;{name}", "1;50", "2;60")
        assert f"how many USD one {unit} is" in bank.propose(CAMPAIGN).by_header["Income"].question


def test_a_mapping_says_what_a_foreign_currency_in_a_header_is_worth():
    said = {
        "Income": Decision(column="Einkommen (EUR)"),
        "AdSpend": Decision(column="Kosten (EUR)", factor="1"),
    }
    problems = mapping_problems(Mapping(columns=said), FORMATS[CAMPAIGN], ("Einkommen (EUR)", "Kosten (EUR)"))
    assert [text for text in problems if "EUR" in text] == [
        "Income: 'Einkommen (EUR)' is in EUR, expected USD. Say `factor`; 1 if it is meant as it is."
    ]


def test_a_direction_among_other_words_is_asked_about_and_a_kind_of_card_is_none(bank):
    bank.write(
        "id;Betrag;Buchungsart", "1;1,50;SEPA-Lastschrift", "2;20,00;Gutschrift", "3;9,00;Dauerauftrag"
    )
    proposal = bank.propose(PAYMENTS).by_header["amount"]
    assert proposal.decision.sign_from.negative == ("Gutschrift",)
    assert proposal.decision.sign_from.positive == ("SEPA-Lastschrift", "?")
    assert "put 'Dauerauftrag' into `negative` or `positive`" in proposal.question
    bank.write("id,amount,card_type", "1,1.50,Debit", "2,20.00,Credit")
    assert bank.propose(PAYMENTS).by_header["amount"].decision == Decision(column="amount")


def test_a_direction_beside_unsigned_amounts_gives_them_their_sign(bank):
    bank.write("Buchungs-ID;Betrag;Soll/Haben", "1;1.234,50;S", "2;20,00;H", "3;5,00;S")
    decision = bank.propose(PAYMENTS).by_header["amount"].decision
    assert (decision.sign_from.column, decision.sign_from.negative, decision.decimal) == (
        "Soll/Haben",
        ("H",),
        ",",
    )
    assert bank.made(PAYMENTS, "amount", decision) == ["$1234.5", "$-20", "$5"]
    bank.write("Buchungs-ID;Betrag;Soll/Haben", "1;1,50;S", "2;20,00;X")
    with pytest.raises(UserError, match="'X' is neither in `negative` nor in `positive`"):
        bank.made(PAYMENTS, "amount", decision)
    bank.write("Buchungs-ID;Betrag;Soll/Haben", "1;1,50;S", "2;20,00;H", "3;2,00;")
    assert "put '' into `negative` or `positive`" in bank.propose(PAYMENTS).by_header["amount"].question


def test_a_column_that_tells_returns_from_sales_is_asked_about(bank):
    bank.write("Rechnung;Menge;Art", "1;3;Verkauf", "2;1;Retoure", "3;2;Verkauf")
    proposal = bank.propose(ORDERS).by_header["Quantity"]
    assert "put 'Verkauf' into `negative` or `positive`" in proposal.question
    said = proposal.decision.sign_from.model_copy(update={"positive": ("Verkauf",)})
    decision = proposal.decision.model_copy(update={"sign_from": said})
    assert bank.made(ORDERS, "Quantity", decision) == ["3", "-1", "2"]


def test_two_columns_of_amounts_become_one(bank):
    bank.write("id;Soll;Haben", "1;12,50;", "2;;7,25")
    decision = bank.propose(PAYMENTS).by_header["amount"].decision
    assert decision.minus == ("Soll", "Haben")
    assert bank.made(PAYMENTS, "amount", decision) == ["$12.5", "$-7.25"]
    bank.write("id,Deposits,Withdrawals", "1,,12.50", "2,7.25,")
    assert bank.propose(PAYMENTS).by_header["amount"].decision.minus == ("Withdrawals", "Deposits")
    bank.write("id;Soll (EUR);Haben (EUR)", "1;1,234.50;-", "2;-;7.25")
    proposal = bank.propose(PAYMENTS).by_header["amount"]
    assert "how many USD one EUR is" in proposal.question
    decision = proposal.decision.model_copy(update={"factor": "2"})
    assert bank.made(PAYMENTS, "amount", decision) == ["$2469", "$-14.5"]
    bank.write("id;Soll;Haben;Währung", "1;1.234;;EUR", "2;;7;EUR", "3;2.500;;EUR", "4;3.125;;EUR")
    question = bank.propose(PAYMENTS).by_header["amount"].question
    assert all(words in question for words in ("how many USD one EUR is", "which is the decimal sign"))


def test_payments_below_zero_are_asked_about(bank):
    bank.write("id,amount", "1,-12.50", "2,-3", "3,7")
    proposal = bank.propose(PAYMENTS).by_header["amount"]
    assert proposal.decision.factor == "?"
    assert "say `factor: -1`" in proposal.question
    assert bank.made(PAYMENTS, "amount", Decision(column="amount", factor="-1")) == ["$12.5", "$3", "$-7"]


def test_months_as_years_are_asked_about_and_rounded_as_said(bank):
    bank.write("CustomerId,Age,Tenure", "1,25,60", "2,22,72", "3,60,66")
    proposal = bank.propose(CHURN).by_header["Tenure"]
    assert proposal.decision.factor == "?"
    assert "(60 beside an age of 25): say `factor: 1/12, round: down`" in proposal.question
    decision = Decision(column="Tenure", factor="1/12", round="down")
    assert bank.made(CHURN, "Tenure", decision) == ["5", "6", "5"]
    with pytest.raises(UserError, match="expected a whole number; `round` says how"):
        bank.made(CHURN, "Tenure", Decision(column="Tenure", factor="1/12"))


def test_years_are_counted_from_a_day_or_a_year(bank):
    bank.write("Kunde;Geburtsdatum", "1;31.12.1980", "2;01.01.1990")
    proposal = bank.propose(CHURN).by_header["Age"]
    assert proposal.decision == Decision(column="Geburtsdatum", years_since="?", date="day first")
    decision = proposal.decision.model_copy(update={"years_since": "2020-12-30"})
    assert bank.made(CHURN, "Age", decision) == ["39", "30"]
    bank.write("Kunde;Geburtsdatum", "1;02/03/1980", "2;04/05/1990")
    proposal = bank.propose(CHURN).by_header["Age"]
    assert (proposal.decision.years_since, proposal.decision.date) == ("?", ("?",))
    assert "say the day to count" in proposal.question
    assert "say whether day or month stands first" in proposal.question
    bank.write("ID;Year_Birth", "1;1957", "2;1984")
    assert bank.propose(CHURN).by_header["Age"].decision == Decision(column="Year_Birth", years_since="?")
    assert bank.made(CHURN, "Age", Decision(column="Year_Birth", years_since="2014-06-30")) == ["57", "30"]


def test_a_price_is_the_total_by_the_quantity(bank):
    bank.write("Kunde;Menge;Betrag", "1;3;10,00", "2;2;5,00")
    decision = bank.propose(ORDERS).by_header["Avg_Price"].decision
    assert decision.quotient == ("Betrag", "Menge")
    assert bank.made(ORDERS, "Avg_Price", decision) == ["3.33", "2.5"]


def test_a_date_in_parts_is_joined(bank):
    bank.write("User,Year,Month,Day,Time,Amount", "0,2002,9,1,06:21,$134.09", "0,2002,9,1,06:42,$38.48")
    decision = bank.propose(PAYMENTS).by_header["date"].decision
    assert decision.joined == ("Year", "Month", "Day", "Time")
    assert bank.made(PAYMENTS, "date", decision) == ["2002-09-01 06:21:00", "2002-09-01 06:42:00"]
    bank.write("Jahr;Monat;Tag;Uhrzeit", "2002;9;1;06:21:05", "2002;9;1;06:42:59")
    decision = bank.propose(PAYMENTS).by_header["date"].decision
    assert bank.made(PAYMENTS, "date", decision) == ["2002-09-01 06:21:05", "2002-09-01 06:42:59"]


def test_moments_as_they_should_be_are_taken_as_they_are(bank):
    moments = ["2010-01-31 23:59:59", "2010-02-01 00:00:00"]
    bank.write("when,a", *(f" {moment} ,1" for moment in [*moments, "2010-02-02"]))
    assert bank.made(PAYMENTS, "date", Decision(column="when")) == [*moments, "2010-02-02 00:00:00"]
    bank.write("when,a", *(f"{moment},1" for moment in [*moments, "2010-02-31 10:00:00"]))
    with pytest.raises(UserError, match="line 4: '2010-02-31 10:00:00'"):
        bank.made(PAYMENTS, "date", Decision(column="when"))


def test_what_is_not_required_may_be_left_out_or_be_a_word(bank):
    bank.write("id,zip", "1,SW1A 1AA", "2,W1A 0AX")
    proposal = bank.propose(PAYMENTS).by_header["zip"]
    assert "`leave_out: true`" in proposal.reason
    problems = mapping_problems(
        Mapping(columns={"zip": Decision(leave_out=True)}), FORMATS[PAYMENTS], ("id",)
    )
    assert not any(problem.startswith("zip") for problem in problems)
    assert bank.made(PAYMENTS, "zip", Decision(leave_out=True)) == ["", ""]
    ages = [f"{n},{'offen' if n < 18 else 30 + n % 9}" for n in range(1000)]
    bank.write("id,retirement_age", *ages)
    proposal = bank.propose("raw_bank_customers").by_header["retirement_age"]
    assert (proposal.decision.missing, proposal.confidence) == (("offen",), "medium")
    assert bank.made("raw_bank_customers", "retirement_age", proposal.decision).count("") == 18


@pytest.mark.parametrize(
    ("header", "value", "empty"),
    [("Age", "30", ""), ("Age", "30", "offen"), ("CampaignChannel", "Brief", ""), ("CustomerID", "K{}", "")],
)
def test_a_few_rows_without_a_value_that_must_be_there_are_left_out(bank, header, value, empty):
    def proposed(is_empty):
        values = [empty if is_empty(n) else value.format(n) for n in range(440)]
        bank.write(f"Nr,{header}", *(f"{n},{text}" for n, text in enumerate(values)))
        return bank.propose(CAMPAIGN).by_header[header]

    few = proposed(lambda n: n % 55 == 0)
    assert (few.decision.missing, few.confidence) == ((empty,), "medium")
    assert len(bank.made(CAMPAIGN, header, few.decision)) == 432
    many = proposed(lambda n: n % 2)
    assert many.decision.source is None
    if not empty:
        said = yaml.safe_load(re.search(r"say (\{.*?\})", many.reason)[1])
        assert len(bank.made(CAMPAIGN, header, Decision(**said))) == 220


def test_one_order_of_a_date_may_have_two_separators(bank):
    bank.write("day,a", "11-08-2016,1", "4/15/2017,1")
    decision = bank.propose("raw_marketing_spend").by_header["Date"].decision
    assert decision.date == ("month first",)
    for pattern in (decision.date, "MM/DD/YYYY", ["MM-DD-YYYY", "MM/DD/YYYY"]):
        made = bank.made("raw_marketing_spend", "Date", Decision(column="day", date=pattern))
        assert made == ["11/8/2016", "4/15/2017"]
    twice = Mapping(columns={"Date": Decision(column="day", date=["MM/DD/YYYY", "DD/MM/YYYY"])})
    assert (
        "two of them read the same texts"
        in mapping_problems(twice, FORMATS["raw_marketing_spend"], ("day",))[0]
    )


def test_two_orders_of_a_date_with_separators_of_their_own_go_in_by_a_list(bank):
    bank.write("day,a", "13-08-2016,1", "4/15/2017,1")
    question = bank.propose("raw_marketing_spend").by_header["Date"].question
    pattern = re.search(r"`date: \[(.*)\]`", question)[1].split(", ")
    made = bank.made("raw_marketing_spend", "Date", Decision(column="day", date=pattern))
    assert made == ["8/13/2016", "4/15/2017"]


def test_a_column_without_any_value_needs_no_answer_where_it_may_be_left_out(bank):
    bank.write("id,errors,zip", "1,n/a,", "2,n/a,")
    columns = bank.propose(PAYMENTS).mapping.columns
    assert columns["errors"].leave_out
    assert columns["zip"].leave_out


def test_a_file_without_a_header_loses_no_row(bank):
    bank.write("7;30;Brief", "8;40;Brief")
    proposals = bank.propose(CAMPAIGN)
    assert (proposals.rows, proposals.mapping.file.header) == (2, "false")
    assert proposals.mapping.columns["CustomerID"].column is None or proposals.rows == 2
    file = {"header": "false", "names": ("nr", "alter", "kanal")}
    assert bank.made(CAMPAIGN, "Age", Decision(column="alter"), file) == ["30", "40"]
    bank.write("Anna;Berlin;ledig", "Udo;Köln;ledig")
    assert "Say `header: false` if row 1 has values" in bank.propose(CAMPAIGN).summary()
    with pytest.raises(UserError, match="found 3 values, expected 1"):
        bank.made(CAMPAIGN, "Age", Decision(column="a"), {"header": "false", "names": ("a",)})


def test_values_decide_on_a_key_before_names(bank):
    bank.write(
        "ID,Year_Birth,Dt_Customer", "5524,1957,04-09-2012", "2174,1954,08-03-2014", "4141,1965,21-08-2013"
    )
    assert bank.propose(CAMPAIGN).by_header["CustomerID"].decision.column == "ID"


def test_a_merchants_number_goes_before_the_name(bank):
    bank.write("Händler;Händlernummer", "REWE;1", "Aral;2", "REWE;1")
    assert bank.propose(PAYMENTS).mapping.columns["merchant_id"] == Decision(column="Händlernummer")


def test_what_is_written_in_another_way_is_seen_however_late_it_comes(bank):
    bank.write("Kunde,Kontostand", *(f"{n},{n}.5" for n in range(6_000)), *["6000,offen"] * 40)
    proposal = bank.propose(CHURN).by_header["Balance"]
    assert proposal.decision.missing == ("offen",)
    assert len(bank.made(CHURN, "Balance", proposal.decision)) == 6_000


def test_a_customer_that_repeats_less_than_the_invoices_is_asked_about(bank):
    bank.write("customer,invoice,product", "1,7,a", "2,7,b", "3,8,c")
    proposal = bank.propose(ORDERS).by_header["CustomerID"]
    assert proposal.decision.source is None
    assert "3 values in 2 invoices" in proposal.question


def test_what_came_back_and_lines_without_a_customer_go_in_unasked(bank):
    bank.write(
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
        "536365,85123A,LANTERN,6,12/1/2010 8:26,2.55,17850,United Kingdom",
        "536366,71053,HOLDER,6,12/1/2010 8:28,3.39,17850,United Kingdom",
        "536367,71053,HOLDER,2,12/1/2010 9:28,3.39,,United Kingdom",
        "C536379,85123A,LANTERN,-1,12/14/2010 9:41,2.55,17850,United Kingdom",
    )
    proposals = bank.propose(ORDERS)
    decisions = proposals.mapping.columns
    assert {h: decisions[h] for h in ("CustomerID", "Transaction_ID", "Quantity")} == {
        "CustomerID": Decision(column="CustomerID"),
        "Transaction_ID": Decision(column="InvoiceNo", numbered=True),
        "Quantity": Decision(column="Quantity"),
    }
    asked = {"Product_Category", "Delivery_Charges", "Coupon_Status"}
    assert {h for h, decision in decisions.items() if decision.source is None} == asked
    assert bank.made(ORDERS, "Quantity", decisions["Quantity"]) == ["6", "6", "2", "-1"]
    assert bank.made(ORDERS, "CustomerID", decisions["CustomerID"]) == ["17850", "17850", "", "17850"]
    numbered = Decision(column="CustomerID", numbered=True)
    assert bank.made(ORDERS, "CustomerID", numbered) == ["1", "1", "", "1"]
    bank.write("invoice,product,quantity", "1,a,1", "2,b,-1")
    assert (
        "`leave_out: true` where no row has a customer" in bank.propose(ORDERS).by_header["CustomerID"].reason
    )


def test_a_card_that_counts_within_its_user_is_made_of_both(bank):
    bank.write("Kunde;Karte;Marke", "0;0;Visa", "0;1;Visa", "1;0;Visa")
    assert bank.propose(CARDS).by_header["id"].decision.key_of == ("Kunde", "Karte")
    bank.write("User,Card,Amount", "0,0,$1", "0,1,$2", "1,0,$3", "0,0,$4")
    decision = bank.propose(PAYMENTS).by_header["card_id"].decision
    assert decision.key_of == ("User", "Card")
    assert bank.made(PAYMENTS, "card_id", decision) == ["1", "2", "3", "1"]


def test_the_banks_own_spelling_stays(bank):
    bank.write("Kunde;Kampagnentyp", "1;Cross-Selling", "2;Cross-Selling")
    decision = bank.propose(CAMPAIGN).by_header["CampaignType"].decision
    assert bank.made(CAMPAIGN, "CampaignType", decision) == ["Cross-Selling"] * 2


def test_codes_as_json_are_read_by_both_ways(bank):
    bank.path = bank.path.with_suffix(".json")
    bank.write('{"5812": "Eating Places", "0742": "Vets, Pets"}')
    columns = bank.propose("raw_merchant_categories").mapping.columns
    assert bank.made("raw_merchant_categories", "mcc", columns["mcc"]) == ["5812", "742"]


def recognised(bank):
    (candidate,) = find_candidates([bank.path], bank.folder / "scratch")
    with pytest.raises(UserError) as refused:
        recognise(candidate, list(FORMATS.values()))
    return str(refused.value)


def test_a_joined_file_is_known_for_what_it_is(bank):
    headers = [h for name in (PAYMENTS, CARDS, "raw_bank_customers") for h in FORMATS[name].headers]
    headers = list(dict.fromkeys(headers))
    reason = recognised(bank.write(",".join(headers), ",".join("1" for _ in headers)))
    assert all(
        name in reason.split(", joined in each row")[0] for name in (PAYMENTS, CARDS, "raw_bank_customers")
    )
    assert "Take" not in reason


def test_another_banks_file_is_led_to_its_mapping_by_words_that_can_be_typed(bank):
    reason = recognised(bank.write("Kunden-Nr;Alter;Kanal;Abschluss", "7;30;Brief;ja"))
    assert reason.endswith(f"import {bank.path} --as {CAMPAIGN} --propose")


@pytest.mark.parametrize(("name", "key"), [("raw_bank_customers", "client_id"), (CARDS, "card_id")])
def test_customers_and_cards_of_a_joined_file_are_not_its_transactions(bank, name, key):
    bank.write("id,client_id,card_id,amount", "1,7,70,5", "2,7,70,6", "3,8,80,7")
    proposal = bank.propose(name).by_header["id"]
    assert proposal.decision.source is None
    assert f"one row for each {key!r}" in proposal.question
    bank.write("id,client_id,card_id,amount", "1,7,70,5", "2,8,80,6", "3,9,90,7")
    assert bank.propose(name).mapping.columns["id"].column is not None
