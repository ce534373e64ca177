"""The forms in which people have Kaggle's files, made from clean files: imported right, or refused.

docs/importing/variants.md is made here: WRITE_PAGES=1 pytest tests/python/test_import_variants.py
"""

import codecs
import csv
import gzip
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from bank_marketing.errors import UserError
from bank_marketing.importing.command import import_files
from bank_marketing.importing.dates import FROM_1904
from bank_marketing.seeds.formats import SeedFormat, read_formats
from bank_marketing.seeds.grammar import value_sql

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[3]
PAGE = REPOSITORY / "docs" / "importing" / "variants.md"
FORMATS = {f.name: f for f in read_formats(REPOSITORY / "seeds" / "formats") if f.kaggle_file}
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
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter, lineterminator=end).writerows([self.header, *self.rows])
        return text.getvalue()

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


def number_or_text(value: object) -> object:
    """Return what a spreadsheet holds for a value."""
    if not isinstance(value, str):
        return value
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            pass
    return value or None


def read_table(seed_format: SeedFormat, seeds: Path) -> Table:
    with seed_format.path_in(seeds).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return Table(seed_format, header, rows)


def clean(name: str) -> Table:
    """Take rows of the sample, evenly, so that dates stay in order and span their whole time."""
    table = read_table(FORMATS[name], REPOSITORY / "seeds" / "sample")
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
class Variant:
    """One form of a file, what must become of it, words that must be said.

    `make` gets the clean table and returns the file's content. The canonical file must load the same rows
    as the clean table, changed by `base` where the form needs other values, without the `absent` columns and
    without `bad_lines`, which the build quarantines.
    """

    group: str
    what: str
    seed: str
    make: Callable[[Table], str | bytes]
    words: tuple[str, ...] = ()
    expected: str = "linked"
    name: str | None = None
    absent: tuple[str, ...] = ()
    bad_lines: int = 0
    base: Callable[[Table], Table] | None = None


def linked(*args: object, **more: object) -> Variant:
    return Variant(*args, expected="linked", **more)  # type: ignore[arg-type]


def converted(*args: object, **more: object) -> Variant:
    return Variant(*args, expected="converted", **more)  # type: ignore[arg-type]


def refused(*args: object, **more: object) -> Variant:
    return Variant(*args, expected="refused", **more)  # type: ignore[arg-type]


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

VARIANTS = [
    # names and kinds of files
    linked("name", "any other name", CHURN, lambda t: t.text(), name="my export.csv"),
    linked("name", "a second download", CARDS, lambda t: t.text(), name="cards_data (1).csv"),
    linked("name", "transaction_data.csv", TRANSACTIONS, lambda t: t.text(), name="transaction_data.csv"),
    linked("name", "customers as CSV", RETAIL, lambda t: t.text(), name="Customers.csv"),
    linked("name", "taxes as CSV", TAXES, lambda t: t.text(), name="GSTDetail.csv"),
    converted("name", "codes as JSON", CODES, lambda t: json.dumps(dict(t.rows)), name="mcc-codes.json"),
    converted(
        *("name", "codes as CSV, other column names", CODES),
        lambda t: t.names(mcc="mcc_id", description="Description").text(),
        ("column 'mcc_id' named 'mcc'",),
        name="mcc_codes.csv",
    ),
    converted("file", "xlsx bytes under a .csv name", CHURN, lambda t: t.workbook()),
    converted("file", "in a zip archive", CHURN, zipped, name="archive.zip"),
    refused("file", "Git LFS pointer", CHURN, lambda t: LFS_POINTER, ("Git LFS pointer", "git lfs pull")),
    refused("file", "old Excel (.xls)", CHURN, lambda t: b"\xd0\xcf\x11\xe0" * 99, ("Save it as .xlsx",)),
    refused("file", "a web page", CHURN, lambda t: "<!DOCTYPE html>\n<html>", ("a web page", "Log in")),
    refused("file", "gzip", CHURN, lambda t: gzip.compress(b"a,b", mtime=0), ("gzip", "Unpack it")),
    refused("file", "Parquet", CHURN, lambda t: b"PAR1" * 9, ("Parquet", "Save it as CSV")),
    refused("file", "empty", CHURN, lambda t: "", ("the file is empty",)),
    refused("file", "header only", CHURN, lambda t: t.keep(lambda r: False).text(), ("no rows",)),
    converted(
        *("workbook", "pivot tables on the first sheets, titles above the header", RETAIL),
        lambda t: t.workbook(above=3, sheets_before=2),
        ("sheet 'data'", "the header is on row 4"),
    ),
    refused(
        *("workbook", "nothing but a pivot table", RETAIL),
        lambda t: Table(t.format, ["Row Labels", "Sum"], [["a", "1"]]).workbook(),
        ("expected: CustomerID", "found:    Row Labels"),
        name="CustomersData.xlsx",
    ),
    refused(
        *("workbook", "the same table on two sheets", RETAIL, lambda t: with_second_sheet(t)),
        ("'data' (CustomersData.xlsx) and 'old' (CustomersData.xlsx)", "expected one"),
    ),
    # form of the text
    converted("form", "parted by semicolons", CHURN, lambda t: t.text(";"), ("parted by ';'",)),
    converted(
        *("form", "semicolons and decimal commas", CHURN),
        lambda t: t.values("Balance", comma).values("EstimatedSalary", comma).text(";"),
        ("EstimatedSalary",),
    ),
    refused(
        *("form", "semicolons, and a comma that may group thousands", CAMPAIGN),
        lambda t: t.values("Income", lambda text: f"{int(text):,}").text(";"),
        ("column Income", "thousands", "decimals"),
    ),
    refused(
        *("form", "semicolons, points and commas before decimals", CHURN),
        lambda t: with_value("EstimatedSalary", 3, "1234,5")(t) and t.text(";"),
        ("column EstimatedSalary", "'1234,5' (line 5)"),
    ),
    converted("form", "parted by tabs", CHURN, lambda t: t.text("\t"), name="churn.tsv"),
    converted(
        *("form", "empty columns at the end", CHURN),
        lambda t: with_empty_columns(t, True),
        ("an empty column without a name was left out",),
    ),
    converted("form", "empty values at the ends of rows", CHURN, lambda t: with_empty_columns(t, False)),
    linked("form", "byte-order mark", CHURN, lambda t: codecs.BOM_UTF8 + t.text().encode()),
    linked("form", "carriage returns and line feeds", CHURN, lambda t: t.text(end="\r\n")),
    linked("form", "no newline at the end", CHURN, lambda t: t.text().rstrip("\n")),
    linked("form", "blank lines at the end", CHURN, lambda t: t.text() + "\n\n"),
    converted("form", "mixed line ends", CHURN, lambda t: t.text().replace("\n", "\r\n", 20)),
    converted("form", "carriage returns alone", CHURN, lambda t: t.text(end="\r")),
    converted("form", "titles above the header", CHURN, lambda t: "Churn\n\n" + t.text(), ("on line 3",)),
    converted("form", "a line that names the delimiter", CHURN, lambda t: "sep=;\n" + t.text(";")),
    refused(
        *("columns", "one more than the raw file has", CHURN, with_index("Branch")),
        ("unknown:  Branch", "Take Branch out"),
    ),
    converted("form", "index column Unnamed: 0", CHURN, with_index("Unnamed: 0"), ("an index column",)),
    converted("form", "index column without a name", CHURN, with_index(""), ("an index column",)),
    refused(
        *("form", "values in a column without a name", CHURN, with_texts_without_name),
        ("column 19 has no name", "'x' (line 2)"),
    ),
    refused("form", "last line cut off", CHURN, lambda t: t.text()[:-25], ("cut off", "Download")),
    refused(
        *("form", "a quotation mark that doesn't close", CHURN, with_value("Surname", 9, "QUOTE")),
        ("line",),
    ),
    refused(
        *("form", "a quotation mark that opens in the middle and never closes", CHURN),
        lambda t: with_value("Surname", 99, "QUOTE")(t),
        ("line 101: a quotation mark opens in this line", "Close it"),
    ),
    linked(
        *("form", "a note after the last row", CHURN, lambda t: t.text() + "Source: Kaggle\n"),
        bad_lines=1,
    ),
    refused(
        *("form", "all rows shorter than the header", CHURN, lambda t: shorter(t).text()),
        ("151 of 151 rows don't have the 18 values", "line 2: found 17 values"),
    ),
    refused(
        *("form", "empty names in the header only", CHURN),
        lambda t: t.text().replace("\n", ",,\n", 1),
        ("151 of 151 rows don't have the 20 values", "line 2: found 18 values"),
    ),
    refused("form", "zero bytes", CHURN, lambda t: t.text().replace("Female", "\0", 1), ("zero bytes",)),
    refused(
        *("form", "a line of two megabytes", CHURN, with_value("Surname", 9, "x" * 2_000_000)),
        ("line 11", "longer than"),
    ),
    refused(
        *("form", "a line of four million letters in UTF-16", CHURN),
        lambda t: with_value("Surname", 9, "x" * 4_000_000)(t).encode("utf-16"),
        ("line 11: it is longer than 1,048,576 characters", "download it again"),
    ),
    # encodings
    converted(
        *("encoding", "Windows-1252", CHURN, lambda t: accented(t).text().encode("cp1252")),
        ("read as Windows-1252: 'José' (line 2)",),
        base=accented,
    ),
    converted(
        *("encoding", "UTF-8 with one word of Windows-1252", CHURN),
        lambda t: accented(t).text().encode().replace("Müller".encode(), "Müller".encode("cp1252"), 1),
        ("letters that are no UTF-8: 1, the first in 'M\ufffdller' (line 3)",),
        base=lambda t: without_row(accented(t), 1),
        bad_lines=1,
    ),
    converted(
        *("encoding", "UTF-8 with one word of Windows-1252, parted by semicolons", CHURN),
        lambda t: accented(t).text(";").encode().replace("Müller".encode(), "Müller".encode("cp1252"), 1),
        base=lambda t: without_row(accented(t), 1),
        bad_lines=1,
    ),
    converted("encoding", "UTF-16", CHURN, lambda t: accented(t).text().encode("utf-16"), base=accented),
    converted(
        *("encoding", "UTF-16 without a mark", CHURN, lambda t: accented(t).text().encode("utf-16-be")),
        base=accented,
    ),
    converted("encoding", "UTF-32", CHURN, lambda t: accented(t).text().encode("utf-32"), base=accented),
    refused(
        *("encoding", "DOS", CHURN, lambda t: accented(t).text().encode("cp850")),
        ("line 2", "encoding can't be told", "Save the file as UTF-8"),
    ),
    refused(
        *("encoding", "Cyrillic", CHURN),
        lambda t: t.values("Surname", lambda text: "Иванов").text().encode("cp1251"),
        ("line 2", "encoding can't be told"),
    ),
    # names of columns
    linked("columns", "in another order", CARDS, lambda t: reversed_columns(t).text()),
    converted(
        *("columns", "names without blanks", CHURN),
        lambda t: t.names(
            Satisfaction_Score="SatisfactionScore", Card_Type="CardType", Point_Earned="PointEarned"
        ).text(),
        ("column 'CardType' named 'Card Type'",),
    ),
    converted("columns", "names in lower case", CHURN, lambda t: lower_names(t).text()),
    linked(
        *("columns", "without RowNumber, Surname and Complain", CHURN),
        lambda t: t.without("RowNumber", "Surname", "Complain").text(),
        ("without Complain, which is optional",),
        absent=("rownumber", "surname", "complain"),
    ),
    linked(
        *("columns", "without errors", TRANSACTIONS, lambda t: t.without("errors").text()),
        ("without errors",),
        absent=("errors",),
    ),
    linked(
        *("columns", "without card_on_dark_web", CARDS, lambda t: t.without("card_on_dark_web").text()),
        ("without card_on_dark_web",),
        absent=("card_on_dark_web",),
    ),
    refused(
        *("columns", "without a column that is needed", CHURN, lambda t: t.without("Age").text()),
        ("missing:  Age",),
    ),
    refused(
        *("columns", "one that is unknown", CHURN, lambda t: t.names(Age="Years").text()),
        ("unknown:  Years",),
    ),
    refused(
        *("columns", "one twice, under two names", CHURN, lambda t: t.names(Geography="surname").text()),
        ("repeated: Surname",),
    ),
    # dates
    converted("dates", "2019-01-31", SALES, lambda t: t.values(DAY, lambda x: f"{us(x):%Y-%m-%d}").text()),
    converted("dates", "20190131", SALES, lambda t: t.values(DAY, lambda x: f"{us(x):%Y%m%d}").text()),
    converted("dates", "31-Jan-2019", SALES, lambda t: t.values(DAY, lambda x: f"{us(x):%d-%b-%Y}").text()),
    converted("dates", "2019-01-31 00:00:00", SPEND, lambda t: t.values("Date", lambda x: str(us(x))).text()),
    linked("dates", "01/31/2019", SALES, lambda t: t.values(DAY, lambda x: f"{us(x):%m/%d/%Y}").text()),
    converted("dates", "real Excel dates", SALES, lambda t: t.values(DAY, us).workbook()),
    converted(
        *("dates", "real Excel dates, counted from 1904 as old Macs do", SALES),
        lambda t: t.values(DAY, us).workbook(epoch=CALENDAR_MAC_1904),
    ),
    converted(
        *("dates", "Excel serials shown as numbers in a workbook", SALES),
        lambda t: t.values(DAY, lambda x: excel_serial(us(x))).workbook(),
    ),
    converted(
        *("dates", "serials shown as numbers in a workbook that counts from 1904", SALES),
        lambda t: t.values(DAY, lambda x: excel_serial(us(x) - FROM_1904)).workbook(epoch=CALENDAR_MAC_1904),
    ),
    converted(
        *("dates", "Excel serials", SALES),
        lambda t: t.values(DAY, lambda x: excel_serial(us(x))).text(),
        ("'43466' is 2019-01-01; if the workbook counted from 1904", "it is 2023-01-02"),
    ),
    converted(
        *("dates", "Excel serials with fractions (40339.61528)", TRANSACTIONS),
        lambda t: t.values(MOMENT, lambda x: excel_serial(moment(x))).text(),
    ),
    converted(
        *("dates", "1/31/2010 0:01", TRANSACTIONS),
        lambda t: t.values(MOMENT, lambda x: f"{moment(x):%-m/%-d/%Y %-H:%M}").text(),
    ),
    converted(
        *("dates", "31/1/2019, beyond doubt", SALES),
        lambda t: t.values(DAY, lambda x: f"{us(x):%-d/%-m/%Y}").text(),
        ("read day first",),
    ),
    refused(
        *("dates", "swapped by a spreadsheet where it could, others left as text", SALES),
        lambda t: t.values(DAY, lambda x: f"{swapped(us(x)):%Y-%m-%d}" if us(x).day <= 12 else x).text(),
        ("column Transaction_Date", "swapped day and month"),
    ),
    refused(
        *("dates", "swapped by a spreadsheet where it could, others texts in the workbook", SALES),
        lambda t: t.values(DAY, lambda x: swapped(us(x)) if us(x).day <= 12 else x).workbook(),
        ("column Transaction_Date", "swapped day and month"),
    ),
    refused(
        *("dates", "swapped by a spreadsheet, all written alike: found by the order", SPEND),
        lambda t: t.values("Date", lambda x: f"{swapped(us(x)):%Y-%m-%d}").text(),
        ("column Date", "swapped day and month", "in order"),
    ),
    refused(
        *("dates", "swapped by a spreadsheet, newest first: found by the order", SPEND),
        lambda t: newest_first(t.values("Date", lambda x: f"{swapped(us(x)):%Y-%m-%d}")).text(),
        ("column Date", "swapped day and month", "in order"),
    ),
    refused(
        *("dates", "swapped by a spreadsheet, rows in no order: found by the gaps", SPEND),
        lambda t: (
            shuffled(t.keep(lambda r: us(r["Date"]).month < 7))
            .values("Date", lambda x: f"{swapped(us(x)):%Y-%m-%d}")
            .text()
        ),
        ("column Date", "swapped day and month", "days 1 to 12 only"),
    ),
    refused(
        *("dates", "half of them no dates", SALES),
        lambda t: t.values(DAY, lambda x: f"{us(x):%Y-%m}-{us(x).day + 30 * (us(x).day > 15):02}").text(),
        ("of 150 rows break", "Transaction_Date: not a valid us date"),
    ),
    refused(
        *("dates", "moments that no clock shows", TRANSACTIONS),
        lambda t: half(t, MOMENT, lambda x: "2010-02-31 99:99:99").text(),
        ("75 of 150 rows break", "date: not a valid timestamp"),
    ),
    refused(
        *("dates", "all days 1 to 12, in no order", SALES),
        lambda t: shuffled(t.keep(lambda r: us(r[DAY]).day <= 12)).text(),
        ("column Transaction_Date", "can't be told apart"),
    ),
    refused(
        *("dates", "the first of each month, which may be twelve days of January", SPEND),
        lambda t: t.keep(lambda r: us(r["Date"]).day == 1).text(),
        ("column Date", "can't be told apart"),
    ),
    linked(
        *("dates", "the first twelve days of January, one row for each", SPEND),
        lambda t: t.keep(lambda r: us(r["Date"]) < datetime(2019, 1, 13)).text(),
        base=lambda t: t.keep(lambda r: us(r["Date"]) < datetime(2019, 1, 13)),
    ),
    refused(
        *("dates", "day first and month first in one column", SALES),
        lambda t: half(t, DAY, lambda x: f"{us(x):%-d/%-m/%Y}").text(),
        ("column Transaction_Date", "only month first"),
    ),
    refused(
        *("dates", "years of two digits", SALES),
        lambda t: t.values(DAY, lambda x: f"{us(x):%-m/%-d/%y}").text(),
        ("column Transaction_Date", "can't be read", "expected dates like".capitalize()),
    ),
    converted(
        "dates", "Dec-22 for a month", CARDS, lambda t: t.values(MONTH, lambda x: f"{month(x):%b-%y}").text()
    ),
    converted(
        "dates",
        "2022-12-01 for a month",
        CARDS,
        lambda t: t.values(MONTH, lambda x: f"{month(x):%Y-%m-%d}").text(),
    ),
    converted("dates", "real Excel dates for a month", CARDS, lambda t: t.values(MONTH, month).workbook()),
    refused(
        *("dates", "days for a month, month and day swapped", CARDS),
        lambda t: t.values(MONTH, lambda x: f"{month(x):%Y-01-%m}").text(),
        ("column expires", "the first of a month"),
    ),
    converted(
        "dates",
        "January for Jan",
        COUPONS,
        lambda t: t.values("Month", lambda x: f"{datetime.strptime(x, '%b'):%B}").text(),
    ),
    converted(
        "dates",
        "1 for Jan",
        COUPONS,
        lambda t: t.values("Month", lambda x: datetime.strptime(x, "%b").month).text(),
    ),
    # numbers
    converted("numbers", "($77.00)", TRANSACTIONS, lambda t: t.values("amount", bracketed).text()),
    linked(
        "numbers",
        "'$14.57 ' with a blank",
        TRANSACTIONS,
        lambda t: t.values("amount", lambda x: x + " ").text(),
    ),
    linked("numbers", '"$29,278"', USERS, lambda t: t.values("yearly_income", grouped).text()),
    linked(
        "numbers",
        "plain numbers for amounts",
        USERS,
        lambda t: t.values("total_debt", lambda x: x[1:]).text(),
    ),
    linked(
        "numbers",
        "-$77.00",
        TRANSACTIONS,
        lambda t: t.values("amount", lambda x: x.replace("$-", "-$")).text(),
    ),
    converted(
        *("numbers", "$77,00 and semicolons", TRANSACTIONS, lambda t: t.values("amount", comma).text(";")),
        ("amount",),
    ),
    converted(
        "numbers",
        "$ and thousands for plain numbers",
        CHURN,
        lambda t: t.values("Balance", lambda x: f"${float(x):,.2f}").text(),
    ),
    converted(
        *("numbers", "NaN where a cell may be empty", TRANSACTIONS),
        lambda t: with_words_for_nothing(t, "NaN", "merchant_state", "zip", "errors").text(),
        ("zip: ", "values read as missing, the first 'NaN'", "errors: ", "merchant_state: "),
    ),
    refused(
        *("numbers", "NaN where each row must have a number", CHURN),
        lambda t: half(t, "Balance", lambda x: "NaN").text(),
        ("column Balance: 75 of 151 values are words for no value, the first 'NaN' (line 3)", "Fill them in"),
    ),
    converted(
        *("numbers", "159'696.49", CHURN),
        lambda t: t.values("Balance", lambda x: f"{float(x):,.2f}".replace(",", "'")).text(),
    ),
    converted(
        *("numbers", "159 696.49 with a hard blank", CHURN),
        lambda t: t.values("Balance", lambda x: f"{float(x):,.2f}".replace(",", "\u00a0")).text(),
    ),
    converted(
        *("numbers", "159 696,49 with a hard blank and a decimal comma", CHURN),
        lambda t: t.values(
            "EstimatedSalary", lambda x: f"{float(x):,.2f}".replace(",", "\u00a0").replace(".", ",")
        ).text(),
    ),
    refused(
        *("numbers", "another currency", USERS),
        lambda t: t.values("total_debt", lambda x: x.replace("$", "€")).text(),
        ("column total_debt: 150 of 150 values can't be read, the first '€", "Take the sign off", "`factor`"),
    ),
    refused(
        *("numbers", "136.912 for 136912", CAMPAIGN),
        lambda t: t.values("Income", lambda x: f"{float(x):,.0f}".replace(",", ".")).text(),
        ("column Income", "thousands and decimals can't be told apart"),
    ),
    converted(
        *("numbers", "decimal commas of three digits, in quotation marks", CAMPAIGN),
        lambda t: t.values("ClickThroughRate", lambda x: f"{float(x):.3f}".replace(".", ",")).text(),
        ("ClickThroughRate: ",),
        base=lambda t: t.values("ClickThroughRate", lambda x: f"{float(x):.3f}"),
    ),
    converted(
        *("numbers", "$(77.00), and a typeset minus", TRANSACTIONS),
        lambda t: t.values(
            "amount", lambda x: f"$({x[2:]})" if "-" in x and x.endswith("0") else x.replace("-", "\u2212")
        ).text(),
    ),
    refused(
        *("numbers", "1.5 for half of the whole numbers", SALES),
        lambda t: t.values("Quantity", lambda x: "1.0" if x == "1" else "1.5").text(),
        ("of 150 rows break", "Quantity: not a whole number in"),
    ),
    refused(
        *("numbers", "out of bounds", CAMPAIGN),
        lambda t: t.values("Age", lambda x: "640").text(),
        ("150 of 150 rows break", "Age: above 120", "found '640'"),
    ),
    linked(
        *("numbers", "one out of bounds", CAMPAIGN),
        lambda t: first_value(t, "Age", "640").text(),
        ("Age: above 120 in 1 row (the first: row 2, found '640'): the build will put it aside",),
        base=lambda t: first_value(t, "Age", "640"),
    ),
    refused(
        *("numbers", "empty where each row must have one", CHURN),
        lambda t: t.values("Balance", lambda x: "").text(),
        ("151 of 151 rows break", "Balance: missing", "found nothing"),
    ),
    refused(
        *("rows", "each row twice", CHURN),
        lambda t: Table(t.format, t.header, t.rows * 2).text(),
        ("CustomerId: 151 of 302 rows repeat a key", "Take the copies out"),
    ),
    refused(
        *("numbers", "words for amounts", USERS, lambda t: t.values("total_debt", lambda x: "much").text()),
        ("column total_debt", "'much' (line 2)", "Expected dollars"),
    ),
    linked(
        "numbers", "zip 58523 for 58523.0", TRANSACTIONS, lambda t: t.values("zip", lambda x: x[:-2]).text()
    ),
    linked("numbers", "619.0 for 619", CHURN, lambda t: t.values("CreditScore", lambda x: x + ".0").text()),
    linked(
        "numbers",
        "seventeen digits",
        CHURN,
        lambda t: t.values("Balance", lambda x: f"{float(x):.12f}").text(),
    ),
    refused(
        *("numbers", "1.56E+07 for a customer's number", CHURN),
        lambda t: t.values("CustomerId", lambda x: f"{int(x):.2E}").text(),
        ("column CustomerId", "dropped digits"),
    ),
    linked(
        *("numbers", "4.34E+15 for a card's number", CARDS),
        lambda t: t.values("card_number", lambda x: f"{int(x):.2E}").text(),
        ("card_number", "lost digits"),
        base=lambda t: t.values("card_number", lambda x: f"{int(x):.2E}"),
    ),
    converted("numbers", "GST 10%", TAXES, lambda t: t.values("GST", lambda x: f"{float(x):.0%}").text()),
    converted(
        *(
            "numbers",
            "GST 10 for 0.1",
            TAXES,
            lambda t: t.values("GST", lambda x: f"{float(x) * 100:g}").text(),
        ),
        ("GST: taken for percentages",),
    ),
    refused(
        *(
            "numbers",
            "GST 10 and 0.1",
            TAXES,
            lambda t: half(t, "GST", lambda x: f"{float(x) * 100:g}").text(),
        ),
        ("column GST", "can't be told apart"),
    ),
    converted(
        *("numbers", "discount 0.1 for 10", COUPONS),
        lambda t: t.values("Discount_pct", lambda x: f"{float(x) / 100:g}").text(),
        ("Discount_pct: taken for shares",),
    ),
    converted(
        "numbers", "discount 10%", COUPONS, lambda t: t.values("Discount_pct", lambda x: x + "%").text()
    ),
    refused(
        *("numbers", "discount 10 and 0.1", COUPONS),
        lambda t: half(t, "Discount_pct", lambda x: f"{float(x) / 100:g}").text(),
        ("column Discount_pct", "can't be told apart"),
    ),
    # words
    converted("words", "True and False for 1 and 0", CHURN, lambda t: booleans(t, "True", "False").text()),
    converted("words", "Yes and No for 1 and 0", CHURN, lambda t: booleans(t, "Yes", "No").text()),
    converted("words", "1.0 and 0.0 for 1 and 0", CAMPAIGN, lambda t: t.text()),
    converted(
        "words",
        "1 and 0 for YES and NO",
        CARDS,
        lambda t: t.values("has_chip", lambda x: int(x == "YES")).text(),
    ),
    converted(
        "words", "allowed values in lower case", SALES, lambda t: t.values("Coupon_Status", str.lower).text()
    ),
    refused(
        *("words", "other words than yes and no", CHURN, lambda t: booleans(t, "perhaps", "0").text()),
        ("column Exited", "'perhaps'", "Expected 1/0"),
    ),
]


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


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    shutil.copytree(REPOSITORY / "seeds" / "formats", tmp_path / "project" / "seeds" / "formats")
    folder = tmp_path / "project" / "seeds" / "kaggle"
    folder.mkdir()
    return folder


def write(folder: Path, name: str, content: str | bytes) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def content_of(variant: Variant) -> str | bytes:
    content = variant.make(clean(variant.seed))
    if variant.what.startswith("a quotation mark that") and isinstance(content, str):
        content = content.replace("QUOTE", '"Smith')
    if variant.what == "1.0 and 0.0 for 1 and 0" and isinstance(content, str):
        content = content.replace(",1\n", ",1.0\n")
    return content


RESULTS: dict[str, tuple[str, str]] = {}


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: f"{v.group}: {v.what}")
def test_each_form_is_imported_right_or_refused(seeds, tmp_path, variant):
    seed_format = FORMATS[variant.seed]
    path = write(tmp_path / "in", variant.name or seed_format.kaggle_file or "", content_of(variant))
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
    RESULTS[f"{variant.group}: {variant.what}"] = (outcome, message)
    assert outcome == variant.expected, message
    for word in variant.words:
        assert word in message
    assert path.read_bytes() == before


def test_the_page_shows_what_became_of_each_form():
    if len(RESULTS) < len(VARIANTS):
        pytest.skip("not every form was imported in this run")
    rows = [
        f"| {v.group} | {v.what} | {v.seed} | {v.expected} | {RESULTS[f'{v.group}: {v.what}'][0]}"
        f" | {shown(RESULTS[f'{v.group}: {v.what}'][1])} |"
        for v in VARIANTS
    ]
    page = PAGE_HEAD.format(count=len(rows)) + "\n".join(rows) + "\n"
    if os.environ.get("WRITE_PAGES"):
        PAGE.write_text(page)
    assert PAGE.read_text() == page, (
        "write it anew: WRITE_PAGES=1 pytest tests/python/test_import_variants.py"
    )


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


PAGE_HEAD = """# The forms in which people have Kaggle's files

Made by `tests/python/test_import_variants.py` from the sample: each of {count} forms is made from a clean
file, imported, and compared with the clean file row for row, with the types that the loader and staging give.
*linked* means that the file is used as it is, *converted* that a canonical copy was written, *refused* that
nothing was imported.

How the importer decides:

- A file is known by its columns; case, blanks and underscores in their names don't matter, other names are
  declared in `seeds/formats` (`aliases`, `other_names`). Its own name only serves the messages.
- A date of two numbers and a year is read month first, as Kaggle declares, or day first if one of the column
  can only be read so. If all can be read both ways, only a date for every single day, or an order that the
  other reading lacks, proves the declared one; else the column is refused. So is a column swapped in a
  spreadsheet, where it shows: all days 1 to 12 are written in another form than all later ones; rows go back
  and forth that would be in order (oldest or newest first) if swapped; or three months and more have days 1
  to 12 only, of which swapping fills most. Rows in no order whose dates cover whole years, and fewer
  than eight different days, leave no trace of a swap: it isn't found, and the dates are taken as written.
  Import rows as their source ordered them.
- Days as serial numbers are counted from 1900 in a text file, which is said with what they would be from
  1904, and in a workbook as it counts.
- A comma stands before decimals, or a number is one of percent, only where the whole column says so.
- A card's number that lost digits is let through and named: it is personal data, which stops at staging. Any
  other whole number that lost digits is refused.
- A word for no value (NaN, NA, null, None, as pandas and SQL write it) is read as missing, which is said. In
  a column that must have one, more than one of a hundred refuse the file.
- Of rows that repeat a key the build keeps the first and puts the others aside. More than one of a hundred
  refuse the file.
- Single values that can't be read are left as they are: the build quarantines their rows. More than one of a
  hundred refuse the file.

| about | form | file | expected | outcome | message |
|---|---|---|---|---|---|
"""
