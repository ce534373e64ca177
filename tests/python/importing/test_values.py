"""What people write, and what it is read as: known answers, and what must hold for every value."""

import csv
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank_marketing.importing import values
from bank_marketing.importing.dates import judge_dates
from bank_marketing.importing.reading import write_with_commas

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31)).map(lambda d: d.replace(microsecond=0))
AMOUNTS = st.decimals(-(10**12), 10**12, places=2)


def read_date(text, **how):
    written = values.written_date(text)
    return written.read(**how) if written else None


@settings(deadline=None)
@given(MOMENTS)
def test_a_moment_is_the_same_in_every_form(moment):
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    for text in (
        f"{moment:%Y-%m-%d %H:%M:%S}",
        f"{moment:%Y-%m-%dT%H:%M:%S}",
        f" {moment:%Y/%m/%d %H:%M:%S} ",
        f"{moment:%Y%m%d %H:%M:%S}",
        f"{moment:%m/%d/%Y %I:%M:%S %p}",
        f"{moment:%d-%b-%Y %H:%M:%S}",
        f"{moment:%B %d, %Y %H:%M:%S}",
        *([f"{serial:.6f}"] if 20_000 <= serial < 80_000 else []),
    ):
        assert read_date(text) == moment
    assert read_date(f"{moment:%d.%m.%Y %H:%M:%S}", is_day_first=True) == moment


@settings(deadline=None)
@given(AMOUNTS)
def test_an_amount_is_the_same_in_every_form(amount):
    digits, is_negative = f"{abs(amount):,.2f}", amount < 0
    forms = (
        [f"-${digits}", f"$-{digits}", f"(${digits})", f"-{digits}"]
        if is_negative
        else [f"${digits} ", digits]
    )
    for text in (*forms, f"{amount:f}"):
        assert Decimal(values.number(text) or "") == amount
    european = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    assert Decimal(values.number(european, is_comma_decimal=True) or "") == amount


@pytest.mark.slow
@settings(deadline=None)
@given(st.text(max_size=12))
def test_what_is_read_is_read_again_as_the_same(text):
    for read in (
        values.number,
        values.month_year,
        values.month_name,
        values.zip_code,
    ):
        once = read(text)
        assert once is None or read(once) == once


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (values.number, "12,34", None),
        (values.number, "1,234,56", None),
        (values.number, "$$5", None),
        (values.number, "(-5)", None),
        (values.number, "1.234,5", None),
        (values.number, ".5", "0.5"),
        (values.zip_code, "2139.0", "02139"),
        (values.zip_code, "58523-1234", "58523"),
        (values.zip_code, "585234", None),
        (values.month_year, "Dec-22", "12/2022"),
        (values.month_year, "May-91", "05/1991"),
        (values.month_year, "2022-12-01", "12/2022"),
        (values.month_year, "2022-01-12", None),
        (values.month_year, "12/1/2022", None),
        (values.month_year, "44896", "12/2022"),
        (values.month_name, "Sept", "Sep"),
        (values.month_name, "Janus", None),
        (values.month_name, "13", None),
        (read_date, "40339.61528", datetime(2010, 6, 10, 14, 46)),
        (read_date, "1/1/2010 25:00", None),
        (read_date, "1/1/19", None),
        (read_date, "2019-02-30", None),
        (read_date, "99999", None),
        (values.boolean, "TRUE", "1"),
        (values.boolean, "ja", "1"),
        (values.boolean, "Sí", "1"),
        (values.boolean, "Nein", "0"),
        (values.boolean, "perhaps", None),
    ],
)
def test_known_answers(read, text, expected):
    assert read(text) == expected


def test_words_are_written_as_the_column_allows_them():
    assert values.boolean("true", ["YES", "NO"]) == "YES"
    assert values.boolean("0", ["Yes", "No"]) == "No"
    assert values.code(" not  used", ["Used", "Not Used"]) == "Not Used"
    assert values.code("unused", ["Used", "Not Used"]) is None


YEAR = [date(2019, 1, 1) + timedelta(days=n) for n in range(365)]


def judged(texts):
    return judge_dates(list(enumerate(texts, 2)))


def month_first(day):
    return f"{day.month}/{day.day}/{day.year}"


@settings(deadline=None)
@given(st.lists(st.sampled_from(YEAR), min_size=1, max_size=60, unique=True))
def test_dates_in_no_order_are_read_month_first_or_refused(days):
    order = judged([month_first(day) for day in days])
    assert not order.is_day_first
    is_proven = any(day.day > 12 for day in days) or all(day.day == day.month for day in days)
    if is_proven and len(days) < 40:
        assert order.problem is None or "swapped" in order.problem


@settings(deadline=None)
@given(st.lists(st.sampled_from(YEAR), min_size=1, max_size=60, unique=True).map(sorted))
def test_dates_in_order_are_never_called_swapped(days):
    problem = judged([month_first(day) for day in days]).problem
    assert problem is None or "can't be told apart" in problem


@settings(deadline=None)
@given(st.lists(st.sampled_from(YEAR), min_size=2, max_size=60, unique=True).map(sorted), st.booleans())
def test_dates_written_year_first_and_in_order_are_taken(days, is_newest_first):
    days = days[::-1] if is_newest_first else days
    assert judged([day.isoformat() for day in days]).problem is None


@pytest.mark.parametrize("days", [YEAR, YEAR[::-1], YEAR[::3], YEAR[::-3]])
def test_either_order_proves_a_reading_and_shows_a_swap(days):
    assert judged([month_first(day) for day in days if day.day <= 12]).problem is None
    swapped = [day.replace(month=day.day, day=day.month) if day.day <= 12 else day for day in days]
    assert "swapped all are in order" in judged([day.isoformat() for day in swapped]).problem


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_another_delimiter_is_exchanged_and_no_value_changes(tmp_path, end):
    rows = [["Müller, A.", 'say "ja"', "", " x "], ["1", "2", "3", "4"], ["a\nb", "", ",", '"']]
    source, made = tmp_path / "source.csv", tmp_path / "made.csv"
    for of_lines, is_written in ((rows[:2], True), (rows, False)):
        with source.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter=";", lineterminator=end).writerows(of_lines)
        assert write_with_commas(source, made, ";") is is_written
        if is_written:
            with made.open(newline="", encoding="utf-8") as file:
                assert list(csv.reader(file)) == of_lines
            assert made.read_bytes().count(end.encode()) == len(of_lines)
