"""Single values into the raw files' form, and what is said of amounts that can't be read."""

from dataclasses import replace

import pytest
from project_copies import REPOSITORY

from bank_marketing.importing.converting import ValueProblem, converter
from bank_marketing.importing.deciding import decide_columns
from bank_marketing.importing.decisions import Decision
from bank_marketing.importing.opening import open_export
from bank_marketing.importing.preparing import open_table
from bank_marketing.seeds.formats import read_formats

COLUMNS = {
    (seed_format.name, column.name): column
    for seed_format in read_formats(REPOSITORY / "seeds" / "formats")
    for column in seed_format.columns
}
DAY = ("raw_marketing_spend", "date")
MOMENT = ("raw_card_transactions", "date")
MONTH_YEAR = ("raw_cards", "expires")
MONTH = ("raw_coupons", "month")
ZIP = ("raw_card_transactions", "zip")
MONEY = ("raw_card_transactions", "amount")
NUMBER = ("raw_churn_customers", "balance")
SHARE = ("raw_product_taxes", "gst")
PERCENT = ("raw_coupons", "discount_pct")
WHOLE = ("raw_churn_customers", "customerid")
FLAG = ("raw_cards", "has_chip")
CODE = ("raw_order_lines", "coupon_status")


@pytest.mark.parametrize(
    ("column", "text", "decision", "expected"),
    [
        (DAY, "31.01.2019", Decision(date="DD.MM.YYYY"), "1/31/2019"),
        (DAY, "1/2/19", Decision(date="D/M/YY"), "2/1/2019"),
        (DAY, "2019-01-31", Decision(), "1/31/2019"),
        (DAY, "43496", Decision(), "1/31/2019"),
        (DAY, "5/5/2019", Decision(), "5/5/2019"),
        (MOMENT, "31-Jan-2019 07:05", Decision(date="DD-Mon-YYYY hh:mm"), "2019-01-31 07:05:00"),
        (MOMENT, "2019-01-31", Decision(), "2019-01-31 00:00:00"),
        (MONTH_YEAR, "2022-12", Decision(), "12/2022"),
        (MONTH_YEAR, "31.12.2022", Decision(date="day first"), "12/2022"),
        (DAY, "11-08-2016", Decision(date="MM/DD/YYYY"), "11/8/2016"),
        (DAY, "4/15/2017", Decision(date=["MM-DD-YYYY", "MM/DD/YYYY"]), "4/15/2017"),
        (WHOLE, "66", Decision(factor="1/12", round="down"), "5"),
        (WHOLE, "60", Decision(factor="1/12", round="down"), "5"),
        (MONTH, "january", Decision(), "Jan"),
        (MONTH, "Jänner", Decision(values={"Jänner": "Jan"}), "Jan"),
        (MONTH, "2019/03", Decision(date="YYYY/MM"), "Mar"),
        (ZIP, "02139", Decision(), "2139.0"),
        (MONEY, "-77,00 €", Decision(decimal=",", factor="1"), "$-77.00"),
        (MONEY, "77 EUR", Decision(factor="1.1"), "$84.7"),
        (MONEY, "US$ 77", Decision(), "$77"),
        (NUMBER, "(€77.00)", Decision(), "-77.00"),
        (NUMBER, "1\u00a0234\u00a0567,5", Decision(decimal=","), "1234567.5"),
        (MONEY, "($77.00)", Decision(), "$-77.00"),
        (NUMBER, "1'234.50 CHF", Decision(), "1234.50"),
        (NUMBER, "100", Decision(factor="1.08"), "108"),
        (SHARE, "18%", Decision(), "0.18"),
        (SHARE, "18", Decision(factor="0.01"), "0.18"),
        (PERCENT, "18 %", Decision(), "18"),
        (WHOLE, "619.0", Decision(), "619"),
        (FLAG, "true", Decision(), "YES"),
        (FLAG, "N", Decision(), "NO"),
        (CODE, "not used", Decision(), "Not Used"),
        (CODE, "x", Decision(values={"x": "Clicked"}), "Clicked"),
        (NUMBER, "none", Decision(missing=("none",)), ""),
        (CODE, "", Decision(values={"": "Not Used"}), "Not Used"),
        (CODE, "", Decision(values={"x": "Clicked"}), ""),
    ],
)
def test_a_value_is_written_as_the_raw_file_has_it(column, text, decision, expected):
    assert converter(COLUMNS[column], decision)(text).text == expected


@pytest.mark.parametrize(
    ("column", "text", "decision", "words"),
    [
        (DAY, "1/2/2019", Decision(), "say which stands first"),
        (DAY, "31/1/2019", Decision(), "say which stands first"),
        (DAY, "30.02.2019", Decision(date="DD.MM.YYYY"), "expected a date written DD.MM.YYYY"),
        (DAY, "yesterday", Decision(), "expected YYYY-MM-DD"),
        (MONTH, "Brumaire", Decision(), "expected Jan"),
        (ZIP, "SW1A 1AA", Decision(), "five digits"),
        (NUMBER, "1,234", Decision(), "what its comma means"),
        (NUMBER, "1.2.3", Decision(), "decimal sign '.'"),
        (NUMBER, "1 2 3", Decision(), "decimal sign '.'"),
        (MONEY, "77 €", Decision(), "how many USD one EUR is, or `factor: 1`"),
        (MONEY, "£77", Decision(), "how many USD one GBP is"),
        (("raw_churn_customers", "age"), "$56", Decision(), "expected years and no amount of USD"),
        (WHOLE, "K1", Decision(), "say `numbered: true`"),
        (NUMBER, "1,5", Decision(decimal="."), "decimal sign '.'"),
        (NUMBER, "inf", Decision(), "expected a number"),
        (WHOLE, "1.5", Decision(), "whole number"),
        (WHOLE, "4.34E+15", Decision(), "all digits"),
        (FLAG, "perhaps", Decision(), "expected one of YES, NO"),
        (CODE, "Lost", Decision(), "expected one of Used, Clicked, Not Used"),
        (CODE, "Used", Decision(values={"x": "Clicked"}), "one of the codes x"),
    ],
)
def test_a_value_that_cannot_be_read_says_what_to_do(column, text, decision, words):
    with pytest.raises(ValueProblem, match=words.replace(".", "[.]")):
        converter(COLUMNS[column], decision)(text)


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        (("raw_churn_customers", "age"), "15", "below 16"),
        (("raw_churn_customers", "age"), "16", None),
        (("raw_churn_customers", "age"), "121", "above 120"),
        (DAY, "1989-12-31", "below 1990-01-01"),
        (DAY, "1990-01-01", None),
        (MOMENT, "2100-01-01 00:00:00", "above 2099-12-31"),
        (("raw_bank_customers", "total_debt"), "-1", "below 0"),
        (DAY, "", "missing"),
        (ZIP, "", None),
    ],
)
def test_declared_bounds_are_watched(column, text, expected):
    assert converter(COLUMNS[column], Decision())(text).broken == expected


def judge(tmp_path, texts, column):
    """Return what is decided on a column of such texts, none of which must be there."""
    path = tmp_path / "amounts.csv"
    path.write_text("\n".join(["Amount,Other", *(f'"{text}",1' for text in texts)]) + "\n", encoding="utf-8")
    found = open_export(path, tmp_path, {"header": "true"})
    columns = [replace(COLUMNS[name], is_required=False) for name in (column, NUMBER)]
    with open_table(found, tmp_path) as table:
        return decide_columns(table, columns, 0.01)[0]


def test_a_comma_after_zero_is_no_amount_as_it_should_be(tmp_path):
    verdict = judge(tmp_path, ["0,044", "0,123", "0,912"], MONEY)
    assert converter(COLUMNS[MONEY], verdict.decision)("0,044").text == "$0.044"


@pytest.mark.parametrize(
    ("column", "text", "advice"),
    [
        (MONEY, "$59k", "in full"),
        (MONEY, "$1,00,000", "three digits"),
        (MONEY, "77.00 €", "factor"),
        (ZIP, "$58,523", "digits alone"),
    ],
)
def test_what_to_do_is_about_what_is_wrong(tmp_path, column, text, advice):
    assert advice in judge(tmp_path, [text] * 5, column).problem
