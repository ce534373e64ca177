"""The forms in which people have Kaggle's files, made from clean files: imported right, or refused.

docs/importing/variants.md is made here: WRITE_PAGES=1 pytest tests/python/importing/test_import_variants.py
"""

import codecs
import csv
import gzip
import io
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb
import openpyxl
import pytest
from importing_files import KAGGLE_FORMATS as FORMATS
from importing_files import SAMPLE, csv_text, number_or_text
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from project_copies import REPOSITORY

from bank_marketing.errors import UserError
from bank_marketing.importing.command import import_files
from bank_marketing.importing.dates import FROM_1904
from bank_marketing.seeds.formats import SeedFormat
from bank_marketing.seeds.grammar import value_sql

pytestmark = pytest.mark.slow

PAGE = REPOSITORY / "docs" / "importing" / "variants.md"
# Enough rows to span the year or the years, few enough to make a hundred files of in seconds.
ROWS = 150


class Table:
    """A clean file's header and rows, with the changes that people's programs make."""

    def __init__(self, seed_format: SeedFormat, header: list[str], rows: list[list[str]]) -> None:
        self.format, self.header, self.rows = seed_format, list(header), [list(row) for row in rows]

    def values(self, column: str, change: Callable[[str], object]) -> "Table":
        """Rewrite the values of a column that aren't empty."""
        n = self.header.index(column)
        for row in self.rows:
            row[n] = change(row[n]) if row[n] else row[n]
        return self

    def every_value(self, change: Callable[[str], str]) -> "Table":
        self.rows = [[change(value) for value in row] for row in self.rows]
        return self

    def names(self, **new_names: str) -> "Table":
        self.header = [new_names.get(name.replace(" ", "_"), name) for name in self.header]
        return self

    def keep_all(self) -> "Table":
        return self

    def without(self, *columns: str) -> "Table":
        kept = [n for n, name in enumerate(self.header) if name not in columns]
        self.header = [self.header[n] for n in kept]
        self.rows = [[row[n] for n in kept] for row in self.rows]
        return self

    def keep(self, is_kept: Callable[[dict[str, str]], bool]) -> "Table":
        self.rows = [row for row in self.rows if is_kept(dict(zip(self.header, row, strict=True)))]
        return self

    def text(self, delimiter: str = ",", end: str = "\n") -> str:
        return csv_text([self.header, *self.rows], delimiter, end)

    def workbook(
        self, *, above: int = 0, sheets_before: int = 0, epoch: datetime = CALENDAR_WINDOWS_1900
    ) -> bytes:
        book = openpyxl.Workbook()
        book.epoch = epoch
        book.remove(book.active)
        for number in range(sheets_before):
            sheet = book.create_sheet(f"Pivot {number + 1}")
            for row in (["Row Labels", "Sum"], ["Apparel", 12], ["Grand Total", 12]):
                sheet.append(row)
        sheet = book.create_sheet("data")
        for number in range(above):
            sheet.append([f"Title {number + 1}"])
        for row in [self.header, *self.rows]:
            sheet.append([number_or_text(value) for value in row])
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()


def read_table(seed_format: SeedFormat, seeds: Path) -> Table:
    with seed_format.path_in(seeds).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return Table(seed_format, header, rows)


def clean(name: str) -> Table:
    """Return rows of the sample, for a test to change."""
    table = rows_of_the_sample(name)
    return Table(table.format, table.header, table.rows)


@cache
def rows_of_the_sample(name: str) -> Table:
    """Take rows of the sample, evenly, so that dates stay in order and span their whole time."""
    table = read_table(FORMATS[name], SAMPLE)
    step = max(1, len(table.rows) // ROWS) if name != "raw_marketing_spend" else 1
    return Table(table.format, table.header, table.rows[::step])


def us(text: str) -> datetime:
    return datetime.strptime(text, "%m/%d/%Y")


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")


def month(text: str) -> datetime:
    return datetime.strptime(text, "%m/%Y")


def excel_serial(when: datetime) -> str:
    return f"{(when - datetime(1899, 12, 30)) / timedelta(days=1):.5f}".rstrip("0").rstrip(".")


def swapped(when: datetime) -> datetime:
    """Take the month for the day, as a spreadsheet does where that gives a date."""
    return when.replace(month=when.day, day=when.month) if when.day <= 12 else when


def bracketed(text: str) -> str:
    return f"(${text[2:]})" if text.startswith("$-") else text


def grouped(text: str) -> str:
    return f"${float(text[1:]):,.0f}"


def comma(text: str) -> str:
    return text.replace(".", ",")


TRANSACTIONS, CARDS, USERS = "raw_card_transactions", "raw_cards", "raw_bank_customers"
CODES, SALES, RETAIL = "raw_merchant_categories", "raw_order_lines", "raw_retail_customers"
COUPONS, SPEND, TAXES = "raw_coupons", "raw_marketing_spend", "raw_product_taxes"
CHURN, CAMPAIGN = "raw_churn_customers", "raw_campaign_responses"
BOOLEANS = ["HasCrCard", "IsActiveMember", "Exited", "Complain"]


def booleans(table: Table, true: str, false: str) -> Table:
    for column in BOOLEANS:
        table.values(column, lambda text: true if text == "1" else false)
    return table


def accented(table: Table) -> Table:
    """Give the customers surnames with the letters of western Europe."""
    names = iter(["José", "Müller", "Åberg", "Nuñez"] * len(table.rows))
    return table.values("Surname", lambda text: next(names))


@dataclass(frozen=True)
class Form:
    """One form of a file; the page says what must become of it, and what is said.

    `make` gets the clean table and returns the file's content. The canonical file must load the same rows
    as the clean table, changed by `base` where the form needs other values, without the `absent` columns and
    without `bad_lines`, which the build quarantines.
    """

    seed: str
    make: Callable[[Table], str | bytes]
    name: str | None = None
    absent: tuple[str, ...] = ()
    bad_lines: int = 0
    base: Callable[[Table], Table] | None = None


def as_it_is(table: Table) -> str:
    return table.text()


def values(column: str, change: Callable[[str], object]) -> Callable[[Table], str]:
    return lambda table: table.values(column, change).text()


def half_of(column: str, change: Callable[[str], str]) -> Callable[[Table], str]:
    return lambda table: half(table, column, change).text()


def with_index(name: str) -> Callable[[Table], str]:
    def make(table: Table) -> str:
        table.header.insert(0, name)
        table.rows = [[str(n), *row] for n, row in enumerate(table.rows)]
        return table.text()

    return make


def with_empty_columns(table: Table, in_header: bool) -> str:
    table.header += ["", ""] if in_header else []
    table.rows = [[*row, "", ""] for row in table.rows]
    return table.text()


def with_texts_without_name(table: Table) -> str:
    table.header.append("")
    table.rows = [[*row, "x"] for row in table.rows]
    return table.text()


def with_stray_quotes(table: Table) -> str:
    lines = table.text().split("\n")
    name = table.header.index("Surname")
    for n in (2, 3):
        values = lines[n].split(",")
        lines[n] = ",".join([*values[:name], '"' + values[name], *values[name + 1 :]])
    return "\n".join(lines)


def with_words_for_nothing(table: Table, word: str, *columns: str) -> Table:
    """Write a word where a cell is empty, as pandas does."""
    for n in map(table.header.index, columns):
        for row in table.rows:
            row[n] = row[n] or word
    return table


def without_row(table: Table, row: int) -> Table:
    del table.rows[row]
    return table


def shorter(table: Table) -> Table:
    table.rows = [row[:-1] for row in table.rows]
    return table


def with_second_sheet(table: Table) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(table.workbook()))
    for row in (table.header, *table.rows[:9]):
        (book["old"] if "old" in book.sheetnames else book.create_sheet("old")).append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_value(column: str, row: int, value: str) -> Callable[[Table], str]:
    def make(table: Table) -> str:
        table.rows[row][table.header.index(column)] = value
        return table.text()

    return make


def zipped(table: Table) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/" + (table.format.kaggle_file or ""), table.text())
    return stream.getvalue()


LFS_POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "4d7a2146" * 8 + "\nsize 12345\n"
DAY, MOMENT, MONTH = "Transaction_Date", "date", "expires"

FORMS = {
    "name: any other name": Form(CHURN, as_it_is, name="my export.csv"),
    "name: a second download": Form(CARDS, as_it_is, name="cards_data (1).csv"),
    "name: transaction_data.csv": Form(TRANSACTIONS, as_it_is, name="transaction_data.csv"),
    "name: customers as CSV": Form(RETAIL, as_it_is, name="Customers.csv"),
    "name: taxes as CSV": Form(TAXES, as_it_is, name="GSTDetail.csv"),
    "name: codes as JSON": Form(CODES, lambda t: json.dumps(dict(t.rows)), name="mcc-codes.json"),
    "name: codes as CSV, other column names": Form(
        CODES, lambda t: t.names(mcc="mcc_id", description="Description").text(), name="mcc_codes.csv"
    ),
    "file: xlsx bytes under a .csv name": Form(CHURN, lambda t: t.workbook()),
    "file: in a zip archive": Form(CHURN, zipped, name="archive.zip"),
    "file: Git LFS pointer": Form(CHURN, lambda t: LFS_POINTER),
    "file: old Excel (.xls)": Form(CHURN, lambda t: b"\xd0\xcf\x11\xe0" * 99),
    "file: a web page": Form(CHURN, lambda t: "<!DOCTYPE html>\n<html>"),
    "file: gzip": Form(CHURN, lambda t: gzip.compress(b"a,b", mtime=0)),
    "file: Parquet": Form(CHURN, lambda t: b"PAR1" * 9),
    "file: empty": Form(CHURN, lambda t: ""),
    "file: header only": Form(CHURN, lambda t: t.keep(lambda r: False).text()),
    "workbook: pivot tables on the first sheets, titles above the header": Form(
        RETAIL, lambda t: t.workbook(above=3, sheets_before=2)
    ),
    "workbook: nothing but a pivot table": Form(
        RETAIL,
        lambda t: Table(t.format, ["Row Labels", "Sum"], [["a", "1"]]).workbook(),
        name="CustomersData.xlsx",
    ),
    "workbook: the same table on two sheets": Form(RETAIL, lambda t: with_second_sheet(t)),
    "form: parted by semicolons": Form(CHURN, lambda t: t.text(";")),
    "form: semicolons and decimal commas": Form(
        CHURN, lambda t: t.values("Balance", comma).values("EstimatedSalary", comma).text(";")
    ),
    "form: semicolons, and a comma that may group thousands": Form(
        CAMPAIGN, lambda t: t.values("Income", lambda text: f"{int(text):,}").text(";")
    ),
    "form: semicolons, points and commas before decimals": Form(
        CHURN, lambda t: with_value("EstimatedSalary", 3, "1234,5")(t) and t.text(";")
    ),
    "form: parted by tabs": Form(CHURN, lambda t: t.text("\t"), name="churn.tsv"),
    "form: empty columns at the end": Form(CHURN, lambda t: with_empty_columns(t, True)),
    "form: empty values at the ends of rows": Form(CHURN, lambda t: with_empty_columns(t, False)),
    "form: byte-order mark": Form(CHURN, lambda t: codecs.BOM_UTF8 + t.text().encode()),
    "form: carriage returns and line feeds": Form(CHURN, lambda t: t.text(end="\r\n")),
    "form: no newline at the end": Form(CHURN, lambda t: t.text().rstrip("\n")),
    "form: blank lines at the end": Form(CHURN, lambda t: t.text() + "\n\n"),
    "form: mixed line ends": Form(CHURN, lambda t: t.text().replace("\n", "\r\n", 20)),
    "form: carriage returns alone": Form(CHURN, lambda t: t.text(end="\r")),
    "form: titles above the header": Form(CHURN, lambda t: "Churn\n\n" + t.text()),
    "form: a line that names the delimiter": Form(CHURN, lambda t: "sep=;\n" + t.text(";")),
    "columns: one more than the raw file has": Form(CHURN, with_index("Branch")),
    "form: index column Unnamed: 0": Form(CHURN, with_index("Unnamed: 0")),
    "form: index column without a name": Form(CHURN, with_index("")),
    "form: values in a column without a name": Form(CHURN, with_texts_without_name),
    "form: last line cut off": Form(CHURN, lambda t: t.text()[:-25]),
    "form: a quotation mark that doesn't close": Form(CHURN, with_value("Surname", 9, "QUOTE")),
    "form: a quotation mark that opens in the middle and never closes": Form(
        CHURN, lambda t: with_value("Surname", 99, "QUOTE")(t)
    ),
    "form: a note after the last row": Form(CHURN, lambda t: t.text() + "Source: Kaggle\n", bad_lines=1),
    "form: all rows shorter than the header": Form(CHURN, lambda t: shorter(t).text()),
    "form: empty names in the header only": Form(CHURN, lambda t: t.text().replace("\n", ",,\n", 1)),
    "form: zero bytes": Form(CHURN, lambda t: t.text().replace("Female", "\x00", 1)),
    "form: a line of two megabytes": Form(CHURN, with_value("Surname", 9, "x" * 2000000)),
    "form: a line of four million letters in UTF-16": Form(
        CHURN, lambda t: with_value("Surname", 9, "x" * 4000000)(t).encode("utf-16")
    ),
    "encoding: Windows-1252": Form(CHURN, lambda t: accented(t).text().encode("cp1252"), base=accented),
    "encoding: UTF-8 with one word of Windows-1252": Form(
        CHURN,
        lambda t: accented(t).text().encode().replace("Müller".encode(), "Müller".encode("cp1252"), 1),
        base=lambda t: without_row(accented(t), 1),
        bad_lines=1,
    ),
    "encoding: UTF-8 with one word of Windows-1252, parted by semicolons": Form(
        CHURN,
        lambda t: accented(t).text(";").encode().replace("Müller".encode(), "Müller".encode("cp1252"), 1),
        base=lambda t: without_row(accented(t), 1),
        bad_lines=1,
    ),
    "encoding: UTF-16": Form(CHURN, lambda t: accented(t).text().encode("utf-16"), base=accented),
    "encoding: UTF-16 without a mark": Form(
        CHURN, lambda t: accented(t).text().encode("utf-16-be"), base=accented
    ),
    "encoding: UTF-32": Form(CHURN, lambda t: accented(t).text().encode("utf-32"), base=accented),
    "encoding: DOS": Form(CHURN, lambda t: accented(t).text().encode("cp850")),
    "encoding: Cyrillic": Form(
        CHURN, lambda t: t.values("Surname", lambda text: "Иванов").text().encode("cp1251")
    ),
    "columns: in another order": Form(CARDS, lambda t: reversed_columns(t).text()),
    "columns: names without blanks": Form(
        CHURN,
        lambda t: t.names(
            Satisfaction_Score="SatisfactionScore", Card_Type="CardType", Point_Earned="PointEarned"
        ).text(),
    ),
    "columns: names in lower case": Form(CHURN, lambda t: lower_names(t).text()),
    "columns: without RowNumber, Surname and Complain": Form(
        CHURN,
        lambda t: t.without("RowNumber", "Surname", "Complain").text(),
        absent=("rownumber", "surname", "complain"),
    ),
    "columns: without errors": Form(TRANSACTIONS, lambda t: t.without("errors").text(), absent=("errors",)),
    "columns: without card_on_dark_web": Form(
        CARDS, lambda t: t.without("card_on_dark_web").text(), absent=("card_on_dark_web",)
    ),
    "columns: without a column that is needed": Form(CHURN, lambda t: t.without("Age").text()),
    "columns: one that is unknown": Form(CHURN, lambda t: t.names(Age="Years").text()),
    "columns: one twice, under two names": Form(CHURN, lambda t: t.names(Geography="surname").text()),
    "dates: 2019-01-31": Form(SALES, values(DAY, lambda x: f"{us(x):%Y-%m-%d}")),
    "dates: 20190131": Form(SALES, values(DAY, lambda x: f"{us(x):%Y%m%d}")),
    "dates: 31-Jan-2019": Form(SALES, values(DAY, lambda x: f"{us(x):%d-%b-%Y}")),
    "dates: 2019-01-31 00:00:00": Form(SPEND, values("Date", lambda x: str(us(x)))),
    "dates: 01/31/2019": Form(SALES, values(DAY, lambda x: f"{us(x):%m/%d/%Y}")),
    "dates: real Excel dates": Form(SALES, lambda t: t.values(DAY, us).workbook()),
    "dates: real Excel dates, counted from 1904 as old Macs do": Form(
        SALES, lambda t: t.values(DAY, us).workbook(epoch=CALENDAR_MAC_1904)
    ),
    "dates: Excel serials shown as numbers in a workbook": Form(
        SALES, lambda t: t.values(DAY, lambda x: excel_serial(us(x))).workbook()
    ),
    "dates: serials shown as numbers in a workbook that counts from 1904": Form(
        SALES,
        lambda t: t.values(DAY, lambda x: excel_serial(us(x) - FROM_1904)).workbook(epoch=CALENDAR_MAC_1904),
    ),
    "dates: Excel serials": Form(SALES, values(DAY, lambda x: excel_serial(us(x)))),
    "dates: Excel serials with fractions (40339.61528)": Form(
        TRANSACTIONS, values(MOMENT, lambda x: excel_serial(moment(x)))
    ),
    "dates: 1/31/2010 0:01": Form(TRANSACTIONS, values(MOMENT, lambda x: f"{moment(x):%-m/%-d/%Y %-H:%M}")),
    "dates: 31/1/2019, beyond doubt": Form(SALES, values(DAY, lambda x: f"{us(x):%-d/%-m/%Y}")),
    "dates: swapped by a spreadsheet where it could, others left as text": Form(
        SALES, values(DAY, lambda x: f"{swapped(us(x)):%Y-%m-%d}" if us(x).day <= 12 else x)
    ),
    "dates: swapped by a spreadsheet where it could, others texts in the workbook": Form(
        SALES, lambda t: t.values(DAY, lambda x: swapped(us(x)) if us(x).day <= 12 else x).workbook()
    ),
    "dates: swapped by a spreadsheet, all written alike: found by the order": Form(
        SPEND, values("Date", lambda x: f"{swapped(us(x)):%Y-%m-%d}")
    ),
    "dates: swapped by a spreadsheet, newest first: found by the order": Form(
        SPEND, lambda t: newest_first(t.values("Date", lambda x: f"{swapped(us(x)):%Y-%m-%d}")).text()
    ),
    "dates: swapped by a spreadsheet, rows in no order: found by the gaps": Form(
        SPEND,
        lambda t: (
            shuffled(t.keep(lambda r: us(r["Date"]).month < 7))
            .values("Date", lambda x: f"{swapped(us(x)):%Y-%m-%d}")
            .text()
        ),
    ),
    "dates: half of them no dates": Form(
        SALES, values(DAY, lambda x: f"{us(x):%Y-%m}-{us(x).day + 30 * (us(x).day > 15):02}")
    ),
    "dates: moments that no clock shows": Form(
        TRANSACTIONS, half_of(MOMENT, lambda x: "2010-02-31 99:99:99")
    ),
    "dates: all days 1 to 12, in no order": Form(
        SALES, lambda t: shuffled(t.keep(lambda r: us(r[DAY]).day <= 12)).text()
    ),
    "dates: the first of each month, which may be twelve days of January": Form(
        SPEND, lambda t: t.keep(lambda r: us(r["Date"]).day == 1).text()
    ),
    "dates: the first twelve days of January, one row for each": Form(
        SPEND,
        lambda t: t.keep(lambda r: us(r["Date"]) < datetime(2019, 1, 13)).text(),
        base=lambda t: t.keep(lambda r: us(r["Date"]) < datetime(2019, 1, 13)),
    ),
    "dates: day first and month first in one column": Form(
        SALES, half_of(DAY, lambda x: f"{us(x):%-d/%-m/%Y}")
    ),
    "dates: years of two digits": Form(SALES, values(DAY, lambda x: f"{us(x):%-m/%-d/%y}")),
    "dates: Dec-22 for a month": Form(CARDS, values(MONTH, lambda x: f"{month(x):%b-%y}")),
    "dates: 2022-12-01 for a month": Form(CARDS, values(MONTH, lambda x: f"{month(x):%Y-%m-%d}")),
    "dates: real Excel dates for a month": Form(CARDS, lambda t: t.values(MONTH, month).workbook()),
    "dates: days for a month, month and day swapped": Form(
        CARDS, values(MONTH, lambda x: f"{month(x):%Y-01-%m}")
    ),
    "dates: January for Jan": Form(COUPONS, values("Month", lambda x: f"{datetime.strptime(x, '%b'):%B}")),
    "dates: 1 for Jan": Form(COUPONS, values("Month", lambda x: datetime.strptime(x, "%b").month)),
    "numbers: ($77.00)": Form(TRANSACTIONS, values("amount", bracketed)),
    "numbers: '$14.57 ' with a blank": Form(TRANSACTIONS, values("amount", lambda x: x + " ")),
    'numbers: "$29,278"': Form(USERS, values("yearly_income", grouped)),
    "numbers: plain numbers for amounts": Form(USERS, values("total_debt", lambda x: x[1:])),
    "numbers: -$77.00": Form(TRANSACTIONS, values("amount", lambda x: x.replace("$-", "-$"))),
    "numbers: $77,00 and semicolons": Form(TRANSACTIONS, lambda t: t.values("amount", comma).text(";")),
    "numbers: $ and thousands for plain numbers": Form(
        CHURN, values("Balance", lambda x: f"${float(x):,.2f}")
    ),
    "numbers: NaN where a cell may be empty": Form(
        TRANSACTIONS, lambda t: with_words_for_nothing(t, "NaN", "merchant_state", "zip", "errors").text()
    ),
    "numbers: NaN where each row must have a number": Form(CHURN, half_of("Balance", lambda x: "NaN")),
    "numbers: 159'696.49": Form(CHURN, values("Balance", lambda x: f"{float(x):,.2f}".replace(",", "'"))),
    "numbers: 159 696.49 with a hard blank": Form(
        CHURN, values("Balance", lambda x: f"{float(x):,.2f}".replace(",", "\xa0"))
    ),
    "numbers: 159 696,49 with a hard blank and a decimal comma": Form(
        CHURN, values("EstimatedSalary", lambda x: f"{float(x):,.2f}".replace(",", "\xa0").replace(".", ","))
    ),
    "numbers: another currency": Form(USERS, values("total_debt", lambda x: x.replace("$", "€"))),
    "numbers: 136.912 for 136912": Form(
        CAMPAIGN, values("Income", lambda x: f"{float(x):,.0f}".replace(",", "."))
    ),
    "numbers: decimal commas of three digits, in quotation marks": Form(
        CAMPAIGN,
        values("ClickThroughRate", lambda x: f"{float(x):.3f}".replace(".", ",")),
        base=lambda t: t.values("ClickThroughRate", lambda x: f"{float(x):.3f}"),
    ),
    "numbers: $(77.00), and a typeset minus": Form(
        TRANSACTIONS,
        values(
            "amount", lambda x: f"$({x[2:]})" if "-" in x and x.endswith("0") else x.replace("-", "\u2212")
        ),
    ),
    "numbers: 1.5 for half of the whole numbers": Form(
        SALES, values("Quantity", lambda x: "1.0" if x == "1" else "1.5")
    ),
    "numbers: out of bounds": Form(CAMPAIGN, values("Age", lambda x: "640")),
    "numbers: one out of bounds": Form(
        CAMPAIGN, lambda t: first_value(t, "Age", "640").text(), base=lambda t: first_value(t, "Age", "640")
    ),
    "numbers: empty where each row must have one": Form(CHURN, values("Balance", lambda x: "")),
    "rows: each row twice": Form(CHURN, lambda t: Table(t.format, t.header, t.rows * 2).text()),
    "numbers: words for amounts": Form(USERS, values("total_debt", lambda x: "much")),
    "numbers: zip 58523 for 58523.0": Form(TRANSACTIONS, values("zip", lambda x: x[:-2])),
    "numbers: 619.0 for 619": Form(CHURN, values("CreditScore", lambda x: x + ".0")),
    "numbers: seventeen digits": Form(CHURN, values("Balance", lambda x: f"{float(x):.12f}")),
    "numbers: 1.56E+07 for a customer's number": Form(CHURN, values("CustomerId", lambda x: f"{int(x):.2E}")),
    "numbers: 4.34E+15 for a card's number": Form(
        CARDS,
        values("card_number", lambda x: f"{int(x):.2E}"),
        base=lambda t: t.values("card_number", lambda x: f"{int(x):.2E}"),
    ),
    "numbers: GST 10%": Form(TAXES, values("GST", lambda x: f"{float(x):.0%}")),
    "numbers: GST 10 for 0.1": Form(TAXES, values("GST", lambda x: f"{float(x) * 100:g}")),
    "numbers: GST 10 and 0.1": Form(TAXES, half_of("GST", lambda x: f"{float(x) * 100:g}")),
    "numbers: discount 0.1 for 10": Form(COUPONS, values("Discount_pct", lambda x: f"{float(x) / 100:g}")),
    "numbers: discount 10%": Form(COUPONS, values("Discount_pct", lambda x: x + "%")),
    "numbers: discount 10 and 0.1": Form(COUPONS, half_of("Discount_pct", lambda x: f"{float(x) / 100:g}")),
    "words: True and False for 1 and 0": Form(CHURN, lambda t: booleans(t, "True", "False").text()),
    "words: Yes and No for 1 and 0": Form(CHURN, lambda t: booleans(t, "Yes", "No").text()),
    "words: 1.0 and 0.0 for 1 and 0": Form(CAMPAIGN, as_it_is),
    "words: 1 and 0 for YES and NO": Form(CARDS, values("has_chip", lambda x: int(x == "YES"))),
    "words: allowed values in lower case": Form(SALES, values("Coupon_Status", str.lower)),
    "words: other words than yes and no": Form(CHURN, lambda t: booleans(t, "perhaps", "0").text()),
}


def reversed_columns(table: Table) -> Table:
    return Table(table.format, table.header[::-1], [row[::-1] for row in table.rows])


def lower_names(table: Table) -> Table:
    return Table(table.format, [name.lower().replace(" ", "_") for name in table.header], table.rows)


def first_value(table: Table, column: str, value: str) -> Table:
    table.rows[0][table.header.index(column)] = value
    return table


def newest_first(table: Table) -> Table:
    return Table(table.format, table.header, table.rows[::-1])


def shuffled(table: Table) -> Table:
    """Bring the rows into an order that follows no column."""
    table.rows.sort(key=lambda row: hash_of("|".join(row)))
    return table


def hash_of(text: str) -> int:
    return int.from_bytes(text.encode(), "big") % 1_000_003


def half(table: Table, column: str, change: Callable[[str], str]) -> Table:
    """Change every second value."""
    count = iter(range(len(table.rows)))
    return table.values(column, lambda text: change(text) if next(count) % 2 else text)


def loaded_rows(
    path: Path, seed_format: SeedFormat, absent: tuple[str, ...], *, ignore_errors: bool = False
) -> list[tuple]:
    """Read a canonical file with the types that the loader and staging give its columns."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        header = next(csv.reader(file))
    names = {column.header: column.name for column in seed_format.columns}
    columns = ", ".join(f"'{names[name]}': 'varchar'" for name in header)
    selected = [
        "null" if column.name in absent or column.header not in header else value_sql(column, column.name)
        for column in seed_format.columns
    ]
    return duckdb.sql(
        f"select {', '.join(selected)} from read_csv('{path}', columns = {{{columns}}}, header = true,"
        f" auto_detect = false, delim = ',', quote = '\"', escape = '\"', ignore_errors = {ignore_errors})"
    ).fetchall()


def write(folder: Path, name: str, content: str | bytes) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def content_of(what: str) -> str | bytes:
    content = FORMS[what].make(clean(FORMS[what].seed))
    if "a quotation mark that" in what and isinstance(content, str):
        content = content.replace("QUOTE", '"Smith')
    if what == "words: 1.0 and 0.0 for 1 and 0" and isinstance(content, str):
        content = content.replace(",1\n", ",1.0\n")
    return content


HEAD, _, TABLE = PAGE.read_text().partition(RULE := "|---|---|---|---|---|\n")
ROWS_FOUND: list[str] = []


@pytest.mark.parametrize("what", FORMS)
def test_each_form_is_imported_right_or_refused_as_the_page_says(seeds, tmp_path, what):
    variant = FORMS[what]
    seed_format = FORMATS[variant.seed]
    path = write(tmp_path / "in", variant.name or seed_format.kaggle_file or "", content_of(what))
    before = path.read_bytes()
    try:
        outcomes, _ = import_files([path], seeds, list(FORMATS.values()))
    except UserError as error:
        outcome, message = "refused", str(error).replace(f"{path.parent}{os.sep}", "")
        assert not any(entry.is_file() for entry in seeds.rglob("*"))
        assert sorted(entry.name for entry in seeds.parent.iterdir()) == ["formats", "kaggle"]
    else:
        prepared = next(o.prepared for o in outcomes if o.prepared)
        outcome = "linked" if prepared.action == "linked to" else "converted"
        bad = f"{prepared.bad_lines} of the lines can't be read, the build will tell"
        message = "; ".join([*prepared.notes, *[bad] * (prepared.bad_lines > 0)])
        placed = seed_format.path_in(seeds)
        placed.read_text(encoding="utf-8")  # dbt reads small seeds itself
        original = clean(variant.seed)
        clean_file = write(tmp_path / "clean", "clean.csv", (variant.base or Table.keep_all)(original).text())
        expected = loaded_rows(clean_file, seed_format, variant.absent)
        is_bad = variant.bad_lines > 0
        assert loaded_rows(placed, seed_format, variant.absent, ignore_errors=is_bad) == expected
        assert prepared.rows_in == prepared.rows_out == len(expected) + prepared.bad_lines
        assert prepared.bad_lines == variant.bad_lines
        assert expected
    assert path.read_bytes() == before
    group, _, form = what.partition(": ")
    ROWS_FOUND.append(f"| {group} | {form} | {variant.seed} | {outcome} | {shown(message)} |\n")
    assert os.environ.get("WRITE_PAGES") or ROWS_FOUND[-1] in TABLE


def test_the_page_shows_each_form_and_no_other():
    if os.environ.get("WRITE_PAGES"):
        PAGE.write_text(HEAD + RULE + "".join(ROWS_FOUND))
    assert [": ".join(row[2:].split(" | ")[:2]) for row in TABLE.splitlines()] == list(FORMS)


def test_a_row_that_stray_quotation_marks_swallow_is_said(seeds, tmp_path):
    table = clean(CHURN)
    path = write(tmp_path / "in", FORMATS[CHURN].kaggle_file, with_stray_quotes(table))
    outcomes, _ = import_files([path], seeds, list(FORMATS.values()))
    prepared = next(o.prepared for o in outcomes if o.prepared)
    # The first bad line holds the second, which the counts don't know of.
    assert (prepared.rows_in, prepared.bad_lines) == (len(table.rows) - 1, 1)
    (note,) = prepared.notes
    assert note.startswith("line 3: a quotation mark opens")
    assert "1 more than the rows counted" in note


def test_rows_after_stray_quotation_marks_are_judged(seeds, tmp_path):
    table = clean(CHURN).values("Balance", lambda x: "much")
    path = write(tmp_path / "in", FORMATS[CHURN].kaggle_file, with_stray_quotes(table))
    with pytest.raises(UserError, match=r"column Balance: .*can't be read"):
        import_files([path], seeds, list(FORMATS.values()))


MARTS = [
    "churn.churn_customers",
    "campaigns.campaign_responses",
    "sales.order_lines",
    "sales.retail_customers",
    "transactions.card_transactions",
    "transactions.cards",
]


def in_other_forms(tables: dict[str, Table]) -> dict[str, str | bytes]:
    """Return the content of each file in a form of its own, by name of the file."""
    churn = booleans(tables[CHURN], "True", "False").names(Card_Type="CardType", Point_Earned="PointEarned")
    sales = tables[SALES].values(DAY, lambda x: f"{us(x):%Y%m%d}").values("Coupon_Status", str.upper)
    coupons = tables[COUPONS].values("Discount_pct", lambda x: f"{float(x) / 100:g}")
    payments = (
        tables[TRANSACTIONS].values("amount", bracketed).values(MOMENT, lambda x: excel_serial(moment(x)))
    )
    cards = tables[CARDS].values(MONTH, lambda x: f"{month(x):%b-%y}").values("has_chip", str.lower)
    return {
        "churn.csv": churn.workbook(sheets_before=1, above=2),
        "campaigns.csv": tables[CAMPAIGN].every_value(comma).text(";").encode("utf-16"),
        "Online_Sales.csv": sales.text("\t"),
        "Customers.csv": with_index("")(tables[RETAIL]),
        "Discount_Coupon.csv": coupons.text(end="\r\n"),
        "Marketing_Spend.csv": tables[SPEND].values("Date", us).workbook(),
        "GSTDetail.csv": tables[TAXES].values("GST", lambda x: f"{float(x):.0%}").text(),
        "transaction_data.csv": with_empty_columns(payments, True),
        "cards_data (1).csv": cards.text(),
        "users.csv": tables[USERS].names(yearly_income="Yearly Income").text(";"),
        "mcc_codes.csv": tables[CODES].names(mcc="mcc_id").text(),
    }


def test_the_same_marts_come_from_the_clean_files_and_from_other_forms(lean_project, tmp_path):
    seeds = lean_project.folder / "seeds" / "sample"
    queries = [f"from {mart} order by all" for mart in MARTS]
    expected = [lean_project.query(query, lean_project.working) for query in queries]
    for name, content in in_other_forms({f.name: read_table(f, seeds) for f in FORMATS.values()}).items():
        write(tmp_path / "in", name, content)
    outcomes, _ = import_files([tmp_path / "in"], seeds, list(FORMATS.values()))
    assert {o.prepared.action for o in outcomes if o.prepared} == {"converted from"}
    selected = " ".join("+" + mart.split(".")[1] for mart in MARTS)
    lean_project.build("--exclude-resource-type", "test", "unit_test", "-s", *selected.split())
    assert [lean_project.query(query, lean_project.working) for query in queries] == expected


def shown(message: str) -> str:
    """Return a message as a cell of a table, cut to a readable length."""
    line = " ".join(message.removeprefix("nothing was imported.").split()).replace("|", "\\|")
    return line if len(line) <= 300 else f"{line[:150]} ... {line[-150:]}"
