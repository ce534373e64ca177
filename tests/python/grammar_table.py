"""Texts of each type of the grammar (bank_marketing.seeds.grammar), each with its value or none."""

import csv
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bank_marketing.seeds.formats import SeedFormat, read_formats

REPOSITORY = Path(__file__).parents[2]
FORMATS = {f.name: f for f in read_formats(REPOSITORY / "seeds" / "formats")}
CHURN, CAMPAIGN, PAYMENTS = "raw_churn_customers", "raw_campaign_responses", "raw_card_transactions"
SPEND, CARDS, PRICES, COUPONS = "raw_marketing_spend", "raw_cards", "raw_order_lines", "raw_coupons"
MOMENT = datetime(2019, 1, 31, 10, 0)

# By raw file and column: what each text is; None where no door lets it in.
BY_COLUMN: dict[tuple[str, str], dict[str, Any]] = {
    (CHURN, "numofproducts"): {  # whole
        "4": 4, "04": 4, "+4": 4, " 4 ": 4, "4\u00a0": 4, "\u20034": 4, "4.0": 4, "4.": 4, "4.000": 4,
        "4_5": None, "0x2A": None, "0b11": None, "425e-1": None, "4.5": None, "four": None, "٤": None,
        "4..0": None,
    },
    (CHURN, "customerid"): {"123457000000": 123457000000, "1.23457E+11": None, "99999999999999999999": None},
    (CHURN, "balance"): {  # decimal
        "1000.5": Decimal("1000.50"), "-7": Decimal(-7), ".5": Decimal("0.50"),
        "1000.500": Decimal("1000.50"), "1000.5\u00a0": Decimal("1000.50"),
        "77263.220000000001": Decimal("77263.22"), "16.989999999999998": Decimal("16.99"),
        "1_000.5": None, "1000.555": None, "0.99999": None, "1e400": None, "0x10": None, "inf": None,
        "1e15": None, "100000000000000": None, "1,23,4": None,
    },
    (PRICES, "avg_price"): {"1.999": None, "1.99": Decimal("1.99"), "4006381333931": None},
    (CAMPAIGN, "pagespervisit"): {  # double
        "2.399016527783845": 2.399016527783845, "1.5e-05": 1.5e-05, "7": 7.0, "7\u00a0": 7.0,
        "1_0.5": None, "nan": None, "1e999": None, "1e300": None, "0x1p3": None,
    },
    (PAYMENTS, "amount"): {  # money
        "$-77.00": Decimal(-77), "-$77": Decimal(-77), "$1,234.5": Decimal("1234.50"), "77": Decimal(77),
        "$1,23,4": None, "$0,123": None, "$1_000": None, "$1.005": None, "$4e2": None, "$": None, "$-": None,
    },
    (SPEND, "date"): {  # date
        "1/31/2019": date(2019, 1, 31), "01/30/2019": date(2019, 1, 30), " 1/29/2019": date(2019, 1, 29),
        "1/31/2019/7": None, "2/30/2019": None, "1/2/19": None, "epoch": None, "1/31/2019 (BC)": None,
    },
    (PAYMENTS, "date"): {  # timestamp
        "2019-01-31 10:00:00": MOMENT, "2019-01-31T10:00:00": MOMENT, "2019-01-31 10:00": MOMENT,
        " 2019-01-31 10:00:00 ": MOMENT, "2019-01-31": datetime(2019, 1, 31),
        "2019-01-31 10:00:00.25": MOMENT.replace(microsecond=250_000),
        "2019-01-31 10:00:00+05": None, "2019-01-31 10:00+05": None, "2019-01-31 10:00:00Z": None,
        "2019-01-31 10:00:00 Europe/Berlin": None, "2019-01-31 10:00:00 UTC": None, "epoch": None,
        "infinity": None,
        "2019-01-31 24:00:00": None, "2019-02-30 10:00:00": None, "12019-01-31 10:00:00": None, "now": None,
        "2019-01-31 10:00:00.1234567": None,
    },
    (CHURN, "hascrcard"): {  # boolean
        "1": True, "0": False, "1.0": True, "True": True, "no": False, "Y": True, " 1": True,
        "01": None, "2": None, "on": None, "0x1": None, "truely": None,
    },
    (CARDS, "expires"): {
        "12/2022": date(2022, 12, 1), "13/2022": None, "12/2022/1": None, "1_2/2022": None, "12/0000": None,
    },
    (COUPONS, "month"): {"Jan": 1, "december": 12, " MAY ": 5, "Febr": None, "Jan/Feb": None},
    (PAYMENTS, "zip"): {
        "58523.0": "58523", "2139": "02139", "2139.00": "02139", "123456": None, "1.5": None, "1_0": None,
    },
}  # fmt: skip
REFUSED = [
    (name, column, text)
    for (name, column), texts in BY_COLUMN.items()
    for text, value in texts.items()
    if value is None
]


def with_only(name: str, column: str) -> SeedFormat:
    """Return a declaration with its key and one column alone: what is asked of the others takes most time."""
    seed_format = FORMATS[name]
    (chosen,) = (c for c in seed_format.columns if c.name == column)
    kept = {*seed_format.unique_key, column, chosen.times, chosen.not_before, chosen.dated_by}
    return replace(seed_format, columns=tuple(c for c in seed_format.columns if c.name in kept))


def write_file(folder: Path, seed_format: SeedFormat, column: str, texts: list[str]) -> Path:
    """Write a file of clean rows with the texts in a column: texts stand from the second row on."""
    folder.mkdir(exist_ok=True)
    path = folder / seed_format.file_name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(seed_format.headers)
        for number, text in enumerate(["", *texts, ""]):
            row = {c.name: c.example or "" for c in seed_format.columns}
            for key in seed_format.unique_key if seed_format.name != COUPONS else ["product_category"]:
                row[key] = (
                    f"{number % 12 + 1}/{number % 28 + 1}/{2020 + number % 50}"
                    if key == "date"
                    else str(number)
                )
            writer.writerow((row | ({column: text} if text else {})).values())
    return path
