"""Single values into the raw files' form."""

import pytest
from project_copies import REPOSITORY

from bank_marketing.importing.converting import Reading, ValueProblem, converter
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
    ("column", "text", "reading", "expected"),
    [
        (DAY, "31.01.2019", Reading(date="DD.MM.YYYY"), "1/31/2019"),
        (DAY, "1/2/19", Reading(date="D/M/YY"), "2/1/2019"),
        (DAY, "2019-01-31", Reading(), "1/31/2019"),
        (DAY, "43496", Reading(), "1/31/2019"),
        (DAY, "5/5/2019", Reading(), "5/5/2019"),
        (MOMENT, "31-Jan-2019 07:05", Reading(date="DD-Mon-YYYY hh:mm"), "2019-01-31 07:05:00"),
        (MOMENT, "2019-01-31", Reading(), "2019-01-31 00:00:00"),
        (MONTH_YEAR, "2022-12", Reading(), "12/2022"),
        (MONTH_YEAR, "31.12.2022", Reading(date="DD.MM.YYYY"), "12/2022"),
        (MONTH, "january", Reading(), "Jan"),
        (MONTH, "Jänner", Reading(values={"Jänner": "Jan"}), "Jan"),
        (MONTH, "2019/03", Reading(date="YYYY/MM"), "Mar"),
        (ZIP, "02139", Reading(), "2139.0"),
        (MONEY, "-77,00 €", Reading(decimal=",", factor="1"), "$-77.00"),
        (MONEY, "77 EUR", Reading(factor="1.1"), "$84.7"),
        (MONEY, "US$ 77", Reading(), "$77"),
        (NUMBER, "(€77.00)", Reading(), "-77.00"),
        (NUMBER, "1\u00a0234\u00a0567,5", Reading(decimal=","), "1234567.5"),
        (MONEY, "($77.00)", Reading(), "$-77.00"),
        (NUMBER, "1'234.50 CHF", Reading(), "1234.50"),
        (NUMBER, "100", Reading(factor="1.08"), "108.00"),
        (SHARE, "18%", Reading(), "0.18"),
        (SHARE, "18", Reading(factor="0.01"), "0.18"),
        (PERCENT, "18 %", Reading(), "18"),
        (WHOLE, "619.0", Reading(), "619"),
        (FLAG, "true", Reading(), "YES"),
        (FLAG, "N", Reading(), "NO"),
        (CODE, "not used", Reading(), "Not Used"),
        (CODE, "x", Reading(values={"x": "Clicked"}), "Clicked"),
        (NUMBER, "none", Reading(missing=("none",)), ""),
        (CODE, "", Reading(values={"": "Not Used"}), "Not Used"),
        (CODE, "", Reading(values={"x": "Clicked"}), ""),
    ],
)
def test_a_value_is_written_as_the_raw_file_has_it(column, text, reading, expected):
    assert converter(COLUMNS[column], reading)(text).text == expected


@pytest.mark.parametrize(
    ("column", "text", "reading", "words"),
    [
        (DAY, "1/2/2019", Reading(), "say which stands first"),
        (DAY, "31/1/2019", Reading(), "say which stands first"),
        (DAY, "30.02.2019", Reading(date="DD.MM.YYYY"), "expected a date written DD.MM.YYYY"),
        (DAY, "yesterday", Reading(), "expected YYYY-MM-DD"),
        (MONTH, "Brumaire", Reading(), "expected Jan"),
        (ZIP, "SW1A 1AA", Reading(), "five digits"),
        (NUMBER, "1,234", Reading(), "what its comma means"),
        (NUMBER, "1.2.3", Reading(), "decimal sign '.'"),
        (NUMBER, "1 2 3", Reading(), "decimal sign '.'"),
        (MONEY, "77 €", Reading(), "how many USD one EUR is, or `factor: 1`"),
        (MONEY, "£77", Reading(), "how many USD one GBP is"),
        (("raw_churn_customers", "age"), "$56", Reading(), "expected years and no amount of USD"),
        (WHOLE, "K1", Reading(), "say `numbered: true`"),
        (NUMBER, "1,5", Reading(decimal="."), "decimal sign '.'"),
        (NUMBER, "inf", Reading(), "expected a number"),
        (WHOLE, "1.5", Reading(), "whole number"),
        (WHOLE, "4.34E+15", Reading(), "all digits"),
        (FLAG, "perhaps", Reading(), "expected one of YES, NO"),
        (CODE, "Lost", Reading(), "expected one of Used, Clicked, Not Used"),
        (CODE, "Used", Reading(values={"x": "Clicked"}), "one of the codes x"),
    ],
)
def test_a_value_that_cannot_be_read_says_what_to_do(column, text, reading, words):
    with pytest.raises(ValueProblem, match=words.replace(".", "[.]")):
        converter(COLUMNS[column], reading)(text)


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
    assert converter(COLUMNS[column], Reading())(text).broken == expected
