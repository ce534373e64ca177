"""What the files of other banks and shops have that Kaggle's have not: it goes in, or is asked about."""

import csv
import re

import pytest
import yaml
from importing_files import FORMATS, cases

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
NAMES = {"churn": CHURN, "campaign": CAMPAIGN, "orders": ORDERS, "payments": PAYMENTS, "cards": CARDS}
NAMES |= {"customers": "raw_bank_customers", "shop": "raw_retail_customers", "coupons": "raw_coupons"}
NAMES |= {"spend": "raw_marketing_spend"}


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


# A column of a raw file, the export's lines, what is proposed, and words of the reason or the question.
PROPOSED = cases("""
# German and Spanish names and words.
campaign CustomerID | Kunden-Nr;Alter / 7;30 / 8;40 | {column: Kunden-Nr}
campaign Conversion | Nr;Abschluss / 7;ja / 8;nein | {column: Abschluss, values: {ja: "1", nein: "0"}}
campaign CustomerID | cliente;edad / 7;30 / 8;40 | {column: cliente}
campaign Age | cliente;edad / 7;30 / 8;40 | {column: edad}
campaign CampaignChannel | cliente;canal / 7;carta / 8;carta | {column: canal}
campaign Conversion | cliente;respuesta / 7;sí / 8;no | {column: respuesta, values: {sí: "1", "no": "0"}}
churn IsActiveMember | id;aktiv / 1;Sí / 2;no / 3;sí | {column: aktiv, values: {Sí: "1", "no": "0", sí: "1"}}
# A word that no vocabulary has, and all codes of which one is unknown.
churn Gender | Kunde;Geschlecht / 1;w / 2;Männlich / 3;w | {column: Geschlecht}
churn Gender | Kunde;Geschlecht / 1;w / 2;H / 3;w
    | {column: Geschlecht, values: {"w": "?", "H": "?"}} | say what 'w', 'H' stands for (Female, Male)
campaign Gender | Kunde;Geschlecht / 1;Frau / 2;H / 3;Frau
    | {column: Geschlecht, values: {Frau: Female, "H": "?"}}
churn Gender | Kunde;Geschlecht / 1;1 / 2;2 / 3;1 | {column: Geschlecht, values: {"1": "?", "2": "?"}}
campaign Conversion | Kunde;Abschluss / 1;1 / 2;2 / 3;1 | {column: Abschluss, values: {"1": "?", "2": "?"}}
churn IsActiveMember | CustomerId,Inactive / 1,0 / 2,1 / 3,1 | "?" | no column has a name like it
# Another unit than the column's.
churn Tenure | id,Tenure (months) / 1,3 / 2,4 | {column: "Tenure (months)", factor: "?"} | such as 1/12
shop Tenure_Months | id,Tenure (years) / 1,3 / 2,4 | {column: "Tenure (years)", factor: "?"} | such as 12
churn EstimatedSalary | id,Salary (monthly) / 1,3 / 2,4 | {column: "Salary (monthly)", factor: "?"}
    | such as 12
campaign TimeOnSite | id,TimeOnSite (seconds) / 1,3 / 2,4
    | {column: "TimeOnSite (seconds)", factor: "?"} | says second, expected minutes | such as 1/60
coupons Discount_pct | id,Discount / 1,0.1 / 2,0.4 | {column: Discount, factor: "?"} | `factor: 100`
churn Tenure | CustomerId,Age,Tenure / 1,25,60 / 2,22,72 / 3,60,66 | {column: Tenure, factor: "?"}
    | (60 beside an age of 25): say `factor: 1/12, round: down`
# A currency in the name or in a column beside the amounts.
campaign Income | Kunde;Einkommen (EUR) / 1;50000 / 2;60000 | {column: "Einkommen (EUR)", factor: "?"}
    | how many USD one EUR is
campaign AdSpend | a;AdSpend / 1;9,10€ / 2;8,00€ / 3;7,55€ | {column: AdSpend, decimal: ",", factor: "?"}
    | to fill: | how many USD one EUR is
campaign AdSpend | a;AdSpend / 1;$9.10 / 2;$8.00 / 3;$7.55 | {column: AdSpend} | high
campaign AdSpend | a;AdSpend / 1;9,10 / 2;8,00 / 3;7,55 | {column: AdSpend, decimal: ","} | high
campaign Income | Kunde;Einkommen (kEUR) / 1;50 / 2;60 | {column: "Einkommen (kEUR)", factor: "?"}
    | how many USD one kEUR is
campaign Income | Kunde;income_chf / 1;50 / 2;60 | {column: income_chf, factor: "?"} | how many USD one CHF is
campaign Income | Kunde;Einkommen in TEUR / 1;50 / 2;60 | {column: "Einkommen in TEUR", factor: "?"}
    | how many USD one TEUR is
payments amount | id,amount,currency / 1,1250000.00,VND / 2,12.00,USD
    | {column: amount, currency_from: {column: currency, rates: {VND: "?", USD: "1"}}}
    | how many USD one VND is
customers yearly_income | id;Jahreseinkommen;Schulden;Währung / 1;10;20;eur / 2;30;40;US$ / 3;50;60;
    | {column: Jahreseinkommen, currency_from: {column: Währung, rates: {eur: "?", "US$": "1", "": "?"}}}
customers total_debt | id;Jahreseinkommen;Schulden;Währung / 1;10;20;eur / 2;30;40;US$ / 3;50;60;
    | {column: Schulden, currency_from: {column: Währung, rates: {eur: "?", "US$": "1", "": "?"}}}
payments amount | id,amount,Ccy / 1,12.00,KZT / 2,12.00,XOF
    | {column: amount, currency_from: {column: Ccy, rates: {KZT: "?", XOF: "?"}}}
# Debit and credit, what came back, and a kind of card, which is neither.
payments amount | Buchungs-ID;Betrag;Soll/Haben / 1;1.234,50;S / 2;20,00;H
    | {column: Betrag, decimal: ",", sign_from: {column: "Soll/Haben", negative: ["H"], positive: ["S"]}}
payments amount | Nr;Betrag;Soll/Haben / 1;1.50;S / 2;20.00;H / 3;2.00;
    | {column: Betrag, sign_from: {column: "Soll/Haben", negative: ["H"], positive: ["S", "?"]}}
    | put '' into `negative` or `positive`
payments amount | id;Betrag;Art / 1;1.50;SEPA-Lastschrift / 2;20.00;Gutschrift / 3;9.00;Dauerauftrag
    | {column: Betrag, sign_from: {column: Art, negative: [Gutschrift], positive: [SEPA-Lastschrift, "?"]}}
    | put 'Dauerauftrag' into `negative` or `positive`
payments amount | id,amount,card_type / 1,1.50,Debit / 2,20.00,Credit | {column: amount}
payments amount | id;Betrag (€) / 1;-12,50 / 2;-3,00 / 3;7,00
    | {column: "Betrag (€)", decimal: ",", factor: "?"}
    | say `factor: -1` | how many USD one EUR is | the product of both
payments amount | id;Betrag;Währung / 1;-12.50;EUR / 2;-3.00;EUR / 3;7.00;EUR
    | {column: Betrag, factor: "?", currency_from: {column: Währung, rates: {EUR: "?"}}}
    | say `factor: -1` | how many USD one EUR is
payments amount | id,amount / 1,-12.50 / 2,-3 / 3,7 | {column: amount, factor: "?"} | say `factor: -1`
orders Quantity | Rechnung;Menge;Art / 1;3;Verkauf / 2;1;Retoure / 3;2;Verkauf
    | {column: Menge, sign_from: {column: Art, negative: [Retoure], positive: ["?"]}}
    | put 'Verkauf' into `negative` or `positive`
# What several columns are computed of, read as each of them is written.
payments amount | id;Soll;Haben / 1;12,50; / 2;;7,25 | {minus: [Soll, Haben], decimal: ","}
payments amount | id,Deposits,Withdrawals / 1,,12.50 / 2,7.25, | {minus: [Withdrawals, Deposits]}
payments amount | id;Soll (EUR);Haben (EUR) / 1;1,234.50;- / 2;-;7.25
    | {minus: ["Soll (EUR)", "Haben (EUR)"], missing: ["-"], decimal: ".", factor: "?"} | USD one EUR is
payments amount | id;Soll;Haben;Währung / 1;1.234;;EUR / 2;;7;EUR / 3;2.500;;EUR / 4;3.125;;EUR
    | {minus: [Soll, Haben], decimal: "?", currency_from: {column: Währung, rates: {EUR: "?"}}}
    | how many USD one EUR is | say which is the decimal sign
orders Avg_Price | Kunde;Menge;Betrag / 1;3;10,00 / 2;2;5,00 | {quotient: [Betrag, Menge], decimal: ","}
payments date | User,Year,Month,Day,Time / 0,2002,9,1,06:21 / 0,2002,9,1,06:42
    | {joined: [Year, Month, Day, Time], date: "YYYY MM DD hh:mm"}
payments date | Jahr;Monat;Tag;Uhrzeit / 2002;Sep;1;06:21:05 / 2002;Oct;1;06:42:59
    | {joined: [Jahr, Monat, Tag, Uhrzeit], date: "YYYY Mon DD hh:mm:ss"}
churn Age | Kunde;Geburtsdatum / 1;31.12.1980 / 2;01.01.1990
    | {column: Geburtsdatum, date: day first, years_since: "?"} | say the day to count the years from
churn Age | Kunde;Geburtsdatum / 1;02/03/1980 / 2;04/05/1990
    | {column: Geburtsdatum, date: "?", years_since: "?"} | say the day | whether day or month stands first
churn Age | ID;Year_Birth / 1;1957 / 2;1984 | {column: Year_Birth, years_since: "?"}
# Dates of one order with two separators, or of two orders.
spend Date | day,a / 11-08-2016,1 / 4/15/2017,1 | {column: day, date: month first}
spend Date | day,a / 13-08-2016,1 / 4/15/2017,1 | {column: day, date: "?"}
    | such as `date: [DD-MM-YYYY, MM/DD/YYYY]`
# What may be left out needs no answer, and advice says so.
payments zip | id,zip / 1,SW1A 1AA / 2,W1A 0AX | "?" | `leave_out: true`
payments errors | id,errors,zip / 1,n/a, / 2,n/a, | {leave_out: true}
payments zip | id,errors,zip / 1,n/a, / 2,n/a, | {leave_out: true}
orders CustomerID | invoice,product,quantity / 1,a,1 / 2,b,-1 | "?"
    | `leave_out: true` where no row has a customer
# Keys: values decide before names, and cards count within their customers.
campaign CustomerID | ID,Year_Birth,Dt_Customer / 5,1957,04-09-2012 / 2,1954,08-03-2014 / 4,1965,21-08-2013
    | {column: ID}
payments merchant_id | Händler;Händlernummer / REWE;1 / Aral;2 / REWE;1 | {column: Händlernummer}
orders CustomerID | customer,invoice,product / 1,7,a / 2,7,b / 3,8,c | "?" | 3 values in 2 invoices
payments card_id | User,Card,Amount / 0,0,$1 / 0,1,$2 / 1,0,$3 / 0,0,$4 | {key_of: [User, Card]}
cards id | Kunde;Karte;Marke / 0;0;Visa / 0;1;Visa / 1;0;Visa | {key_of: [Kunde, Karte]}
customers id | id,client_id,card_id / 1,7,70 / 2,7,70 / 3,8,80 | "?" | one row for each 'client_id'
customers id | id,client_id,card_id / 1,7,70 / 2,8,80 / 3,9,90 | {column: id}
cards id | id,client_id,card_id / 1,7,70 / 2,7,70 / 3,8,80 | "?" | one row for each 'card_id'
cards id | id,client_id,card_id / 1,7,70 / 2,8,80 / 3,9,90 | {column: id}
campaign CustomerID | customer_id;age / K1;30 / K2;40 | {column: customer_id, numbered: true}
    | its keys are no whole numbers
campaign CustomerID | customer_id;age / 1;30 / 2;40 | {column: customer_id} | high
campaign CustomerID | xyz;alter / 11;30 / 12;30 / 13;40 | {column: xyz} | low: no column has a name like it
# A name that is spelled nearly alike, and words for no value.
campaign LoyaltyPoints | a;loyality_points / 1;7 / 2;8 | {column: loyality_points} | medium
churn Age | id;alter / 1;30 / 2;n/a / 3;40 | {column: alter, missing: ["n/a"]}
churn IsActiveMember | id;active / 1;Y / 2;N / 3;-
    | {column: active, values: {"Y": "1", "N": "0"}, missing: ["-"]}
cards has_chip | id;chip / 1;ja / 2;nein | {column: chip, values: {ja: "YES", nein: "NO"}}
# The bank's own spelling stays.
campaign CampaignType | Kunde;Kampagnentyp / 1;Cross-Selling / 2;Cross-Selling | {column: Kampagnentyp}
""")


@pytest.mark.parametrize("case", PROPOSED, ids=" -> ".join)
def test_a_column_is_proposed_or_asked_about(bank, case):
    where, lines, decision, *words = case
    name, header = where.split()
    proposal = bank.write(*lines.split(" / ")).propose(NAMES[name]).by_header[header]
    assert str(proposal.decision) == decision
    said = f"{proposal.confidence}: {proposal.reason}. {proposal.question}"
    assert all(word in said for word in words)


def test_two_neighbours_of_an_amount_are_both_asked_about(bank):
    bank.write("id;Betrag;Art;Währung", "1;1.50;S;EUR", "2;20.00;H;EUR", "3;9.00;;EUR")
    question = bank.propose(PAYMENTS).by_header["amount"].question
    assert "how many USD one EUR is" in question
    assert "put '' into `negative` or `positive`" in question


# A column of a raw file, the export's lines, a decision, and the values made or the words of a refusal.
MADE = cases("""
payments amount | amount,currency / 1250000.00,VND / 12.00,USD
    | {column: amount, currency_from: {column: currency, rates: {VND: 0.00004, USD: 1}}} | $50 $12
payments amount | amount,currency / 1250000.00,VND / 12.00,USD
    | {column: amount, currency_from: {column: currency, rates: {USD: 1}}}
    | refused: expected one of USD: say in `rates` what 'VND' is worth
payments amount | Betrag;Soll/Haben / 1.234,50;S / 20,00;H / 5,00;S
    | {column: Betrag, decimal: ",", sign_from: {column: Soll/Haben, negative: [H], positive: [S]}}
    | $1234.5 $-20 $5
payments amount | Betrag;Soll/Haben / 1,50;S / 20,00;X
    | {column: Betrag, decimal: ",", sign_from: {column: Soll/Haben, negative: [H], positive: [S]}}
    | refused: 'X' is neither in `negative` nor in `positive`
orders Quantity | Menge;Art / 3;Verkauf / 1;Retoure
    | {column: Menge, sign_from: {column: Art, negative: [Retoure], positive: [Verkauf]}} | 3 -1
payments amount | id;Soll;Haben / 1;12,50; / 2;;7,25 | {minus: [Soll, Haben], decimal: ","} | $12.5 $-7.25
payments amount | id;Soll;Haben / 1;1,234.50;- / 2;-;7.25
    | {minus: [Soll, Haben], missing: "-", decimal: ".", factor: 2} | $2469 $-14.5
payments amount | id,amount / 1,-12.50 / 2,-3 / 3,7 | {column: amount, factor: -1} | $12.5 $3 $-7
churn Tenure | a,Tenure / 1,60 / 2,72 / 3,66 | {column: Tenure, factor: 1/12, round: down} | 5 6 5
churn Tenure | a,Tenure / 1,60 / 2,72 / 3,66 | {column: Tenure, factor: 1/12}
    | refused: expected a whole number; `round` says how
churn Age | id;born / 1;31.12.1980 / 2;01.01.1990
    | {column: born, date: day first, years_since: 2020-12-30} | 39 30
churn Age | ID;Year_Birth / 1;1957 / 2;1984 | {column: Year_Birth, years_since: 2014-06-30} | 57 30
orders Avg_Price | Menge;Betrag / 3;10,00 / 2;5,00 | {quotient: [Betrag, Menge], decimal: ","} | 3.33 2.5
payments date | Y,M,D,T / 2002,9,1,06:21 / 2002,9,1,06:42 | {joined: [Y, M, D, T], date: YYYY MM DD hh:mm}
    | 2002-09-01 06:21:00 2002-09-01 06:42:00
payments date | a;M;D;T / 2002;Sep;1;06:21:05 | {joined: [a, M, D, T], date: YYYY Mon DD hh:mm:ss}
    | 2002-09-01 06:21:05
payments date | when,a / 2010-01-31 23:59:59 ,1 / 2010-02-02,1 | {column: when}
    | 2010-01-31 23:59:59 2010-02-02 00:00:00
payments date | when,a / 2010-01-31 23:59:59,1 / 2010-02-31 10:00:00,1 | {column: when}
    | refused: line 3: '2010-02-31 10:00:00'
payments date | when,a / 1/31/2010 12:05:00 AM,1 / 1/31/2010 11:59:00 AM,1 / 2/1/2010 1:00:00 PM,1
    | {column: when, date: MM/DD/YYYY hh:mm:ss AM}
    | 2010-01-31 00:05:00 2010-01-31 11:59:00 2010-02-01 13:00:00
payments zip | id,zip / 1,SW1A 1AA / 2,W1A 0AX | {leave_out: true} |
spend Date | day,a / 11-08-2016,1 / 4/15/2017,1 | {column: day, date: month first} | 11/8/2016 4/15/2017
spend Date | day,a / 13-08-2016,1 / 4/15/2017,1 | {column: day, date: [DD-MM-YYYY, MM/DD/YYYY]}
    | 8/13/2016 4/15/2017
payments card_id | User,Card / 0,0 / 0,1 / 1,0 / 0,0 | {key_of: [User, Card]} | 1 2 3 1
campaign CampaignType | a;typ / 1;Cross-Selling | {column: typ} | Cross-Selling
""")


@pytest.mark.parametrize("case", MADE, ids=" -> ".join)
def test_a_decision_makes_these_values_or_is_refused(bank, case):
    where, lines, said, expected = case
    name, header = where.split()
    decision = Decision.model_validate(yaml.load(said, yaml.BaseLoader))  # noqa: S506
    bank.write(*lines.split(" / "))
    if expected.startswith("refused: "):
        with pytest.raises(UserError, match=re.escape(expected.removeprefix("refused: "))):
            bank.made(NAMES[name], header, decision)
    else:
        assert " ".join(bank.made(NAMES[name], header, decision)).strip() == expected


def test_a_mapping_says_what_a_foreign_currency_in_a_header_is_worth():
    said = {
        "Income": Decision(column="Einkommen (EUR)"),
        "AdSpend": Decision(column="Kosten (EUR)", factor="1"),
    }
    problems = mapping_problems(Mapping(columns=said), FORMATS[CAMPAIGN], ("Einkommen (EUR)", "Kosten (EUR)"))
    assert [text for text in problems if "EUR" in text] == [
        "Income: 'Einkommen (EUR)' is in EUR, expected USD. Say `factor`; 1 if it is meant as it is."
    ]


def test_patterns_of_which_two_read_the_same_dates_are_refused():
    twice = Mapping(columns={"Date": Decision(column="day", date=["MM/DD/YYYY", "DD/MM/YYYY"])})
    problems = mapping_problems(twice, FORMATS["raw_marketing_spend"], ("day",))
    assert "two of them read the same texts" in problems[0]


def test_what_is_not_required_may_be_left_out_or_be_a_word(bank):
    problems = mapping_problems(
        Mapping(columns={"zip": Decision(leave_out=True)}), FORMATS[PAYMENTS], ("id",)
    )
    assert not any(problem.startswith("zip") for problem in problems)
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


def test_what_is_written_in_another_way_is_seen_however_late_it_comes(bank):
    bank.write("Kunde,Kontostand", *(f"{n},{n}.5" for n in range(6_000)), *["6000,offen"] * 40)
    proposal = bank.propose(CHURN).by_header["Balance"]
    assert proposal.decision.missing == ("offen",)
    assert len(bank.made(CHURN, "Balance", proposal.decision)) == 6_000


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


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        (["Kunden-Nr;Alter;Kanal;Abschluss", "7;30;Brief;ja"], f"--as {CAMPAIGN} --propose"),
        (["Bericht", "", "Kunden-Nr;Alter;Kanal;Abschluss", "7;30;Brief;ja"], f"--as {CAMPAIGN} --propose"),
        (
            ["p;q;r", "7;30;Brief"],
            "--as NAME --propose, of which `.venv/bin/bank-marketing formats` lists the names",
        ),
    ],
)
def test_another_banks_file_is_led_to_its_mapping_by_words_that_can_be_typed(bank, lines, end):
    reason = recognised(bank.write(*lines))
    assert reason.endswith(f"import {bank.path} {end}")
