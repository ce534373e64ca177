"""Synthetic card data: raw files in Kaggle's formats, and the truth planted in them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from bank_marketing.sampling.draws import Integers
from bank_marketing.sampling.files import rows_at_scale, write_csv
from bank_marketing.sampling.transactions_behaviour import (
    CLUSTERS,
    NEW_GROUP_SHARE,
    PRECURSORS,
    RISE,
    Behaviour,
    plan_behaviour,
)
from bank_marketing.sampling.transactions_customers import make_cards, make_customers
from bank_marketing.sampling.transactions_months import MonthWriter
from bank_marketing.sampling.transactions_tables import MONTH_WEIGHTS, read_merchant_categories, read_places

LAST_MONTH = np.datetime64("2019-10", "M")
LEAST_MONTHS, REAL_MONTHS = 24, 118
CUSTOMERS_AT_ONE, REAL_CUSTOMERS, LEAST_CUSTOMERS = 300, 2_000, 20
ROWS_AT_ONE, REAL_ROWS = 60_000, 13_305_915
FIRST_ID = 1_000_001
TRANSACTION_COLUMNS = (
    *("id", "date", "client_id", "card_id", "amount", "use_chip", "merchant_id"),
    *("merchant_city", "merchant_state", "zip", "mcc", "errors"),
)


def write_sample(folder: Path, *, scale: float, seed: int) -> dict[str, Any]:
    """Write the four raw files of the card data.

    With the scale first the number of customers grows, then the number of months, then the transactions of a
    customer in a month, each up to the size of the real file (at a scale of about 222). Months are drawn and
    written one after the other, so that memory doesn't grow with the file.

    Parameters
    ----------
    folder : Path
        Folder that the files `raw_*.csv` are written to; it exists.
    scale : float
        1 gives 60,000 transactions of 300 customers over 24 months.
    seed : int
        The same seed and scale give the same bytes.

    Returns
    -------
    dict
        Planted truth: clusters of the customers, and beginnings of spending groups with their rules.
    """
    n_customers = min(REAL_CUSTOMERS, max(LEAST_CUSTOMERS, round(CUSTOMERS_AT_ONE * scale)))
    n_months = int(
        np.clip(LEAST_MONTHS * scale * CUSTOMERS_AT_ONE / REAL_CUSTOMERS, LEAST_MONTHS, REAL_MONTHS)
    )
    months = np.arange(LAST_MONTH - n_months + 1, LAST_MONTH + 1)
    categories, places = read_merchant_categories(), read_places()

    rng = np.random.default_rng([seed, 0])
    customers = make_customers(n_customers, places, rng)
    first_month = int(months[0].astype(int)) + 1970 * 12
    adult_year = customers["birth_year"].to_numpy() + 19
    earliest = np.maximum(adult_year * 12 - first_month, 0)
    behaviour = plan_behaviour(earliest, n_months, categories.groups, categories.group_shares(), rng)
    has_card = behaviour.active.any(axis=1)
    cards = make_cards(customers, np.where(has_card, behaviour.active.argmax(axis=1) + first_month, -1), rng)

    _write_customers(folder / "raw_bank_customers.csv", customers)
    _write_cards(folder / "raw_cards.csv", cards)
    write_csv(
        folder / "raw_merchant_categories.csv",
        {"mcc": categories.mcc.tolist(), "description": categories.description},
    )
    writer = MonthWriter(customers, cards, behaviour, categories, places, rng)
    totals = _rows_by_month(rows_at_scale(scale, at_one=ROWS_AT_ONE, real=REAL_ROWS), months, behaviour)
    _write_transactions(folder / "raw_card_transactions.csv", writer, months, totals, seed)
    return _truth(customers, behaviour, categories.groups, months)


def _rows_by_month(total: int, months: np.ndarray, behaviour: Behaviour) -> Integers:
    """Return how many transactions each month has, in proportion to who is active and to the season."""
    season = np.asarray(MONTH_WEIGHTS)[months.astype(int) % 12]
    weights = season * (behaviour.active * behaviour.activity[:, None]).sum(axis=0)
    ends = np.floor(np.r_[0, np.cumsum(weights) / weights.sum()] * total + 1e-6)
    rows: Integers = np.diff(ends).astype(np.int64)
    return rows


def _write_transactions(
    path: Path, writer: MonthWriter, months: np.ndarray, totals: Integers, seed: int
) -> None:
    path.write_text(",".join(TRANSACTION_COLUMNS) + "\n", encoding="utf-8")
    part = path.with_suffix(".part")
    next_id, written = FIRST_ID, 0
    with path.open("ab") as file, duckdb.connect() as connection:
        for index, (month, total) in enumerate(zip(months, totals, strict=True)):
            block = writer.draw(index, month, int(total), np.random.default_rng([seed, 1, index]))
            block["id"] += next_id
            next_id = int(block["id"].iloc[-1]) + 1 if len(block) else next_id
            connection.register("block", block)
            connection.execute(_COPY, [str(part)])
            connection.unregister("block")
            with part.open("rb") as lines:
                shutil.copyfileobj(lines, file, 1 << 20)
            written += len(block)
            if written // 1_000_000 > (written - len(block)) // 1_000_000:
                print(f"  {written:,} of {totals.sum():,} transactions, up to {month}", flush=True)
    part.unlink()


_COPY = """
    copy (
        select
            id,
            date,
            client_id,
            card_id,
            '$' || cast(amount as decimal(12, 2)) as amount,
            use_chip,
            merchant_id,
            merchant_city,
            merchant_state,
            case when zip >= 0 then zip || '.0' end as zip,
            mcc,
            errors
        from block
    ) to ? (format csv, header false)
"""


def _write_customers(path: Path, customers: pd.DataFrame) -> None:
    table = customers.drop(columns="place").astype(object)
    for column in ("per_capita_income", "yearly_income", "total_debt"):
        table[column] = [f"${value}" for value in table[column]]
    write_csv(path, {str(name): table[name].tolist() for name in table})


def _write_cards(path: Path, cards: pd.DataFrame) -> None:
    table = cards.drop(columns=["customer", "is_first"]).astype(object)
    for column in ("expires", "acct_open_date"):
        table[column] = [f"{month % 12 + 1:02d}/{month // 12}" for month in table[column]]
    table["credit_limit"] = [f"${value}" for value in table["credit_limit"]]
    write_csv(path, {str(name): table[name].tolist() for name in table})


def _truth(
    customers: pd.DataFrame, behaviour: Behaviour, groups: list[str], months: np.ndarray
) -> dict[str, Any]:
    client = [int(value) for value in customers["id"]]
    names, starts = list(CLUSTERS), sorted(behaviour.starts)
    return {
        "first_month": str(months[0]),
        "last_month": str(months[-1]),
        "clusters": {name: list(signature) for name, signature in CLUSTERS.items()},
        "cluster_of_client": {
            str(client[row]): names[cluster] for row, cluster in enumerate(behaviour.cluster) if cluster >= 0
        },
        "new_group_rules": {
            "precursor_of": PRECURSORS,
            "rise_of_precursor_share_in_months_before": list(RISE),
            "share_of_new_group": NEW_GROUP_SHARE,
        },
        "new_groups": {
            "client_id": [client[row] for row, *_ in starts],
            "spending_group": [groups[group] for _, group, *_ in starts],
            "first_month": [str(months[month]) for _, _, month, _ in starts],
            "rule": [rule for *_, rule in starts],
        },
        "false_alarms": [
            {"client_id": client[row], "spending_group": groups[group], "month": str(months[month])}
            for row, group, month in sorted(behaviour.false_alarms)
        ],
    }
