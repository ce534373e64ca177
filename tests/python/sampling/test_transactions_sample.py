"""The sample of card transactions: as the real files look, with clusters and beginnings that are known."""

from __future__ import annotations

import itertools
import json

import duckdb
import numpy as np
import pandas as pd
import pytest
from sample_profile import KAGGLE, ROOT, header, planted_truth, rows_in_common

from bank_marketing.sampling.transactions import write_sample
from bank_marketing.sampling.transactions_customers import passes_luhn
from bank_marketing.transactions.spending_groups import SPENDING_GROUPS, read_spending_groups

pytestmark = pytest.mark.slow

SAMPLE = ROOT / "seeds" / "sample" / "transactions"
FILES = {
    "raw_card_transactions": "transactions_data.csv",
    "raw_bank_customers": "users_data.csv",
    "raw_cards": "cards_data.csv",
}
needs_real_files = pytest.mark.usefixtures("kaggle")


@pytest.fixture(scope="module")
def truth() -> dict:
    return planted_truth("transactions")


@pytest.fixture(scope="module")
def spending() -> pd.DataFrame:
    """Purchases by client, month and spending group."""
    return duckdb.sql(
        f"""select client_id, spending_group, substr(cast(date as varchar), 1, 7) as month,
            count(*) as purchases,
            sum(greatest(cast(replace(amount, '$', '') as double), 0)) as spent_usd
        from read_csv('{SAMPLE}/raw_card_transactions.csv')
        join read_csv('{ROOT / SPENDING_GROUPS}') using (mcc)
        group by all"""
    ).df()


@needs_real_files
@pytest.mark.parametrize(("name", "real"), FILES.items())
def test_sample_has_the_real_header_and_no_real_row(name, real):
    columns = header(KAGGLE / real)
    assert header(SAMPLE / f"{name}.csv") == columns
    # Keys are left out: a real row under a new number would be a real row.
    facts = [c for c in columns if c not in ("id", "client_id", "card_id")]
    assert rows_in_common(name, facts, SAMPLE / f"{name}.csv", KAGGLE / real) == 0


@needs_real_files
def test_merchant_categories_are_the_real_codes():
    real = {int(code) for code in json.loads((KAGGLE / "mcc_codes.json").read_text(encoding="utf-8"))}
    sample = pd.read_csv(SAMPLE / "raw_merchant_categories.csv")
    assert list(sample.columns) == ["mcc", "description"]
    assert set(sample["mcc"]) == real == set(read_spending_groups())


def test_values_have_the_formats_of_the_real_files():
    formats = {
        "raw_card_transactions": {
            "date": r"\d{4}-\d\d-\d\d \d\d:\d\d:00",
            "amount": r"[$]-?\d+[.]\d\d",
            "zip": r"(\d{4,5}[.]0)?",
            "use_chip": "(Swipe|Chip|Online) Transaction",
        },
        "raw_cards": {
            "expires": r"\d\d/\d{4}",
            "acct_open_date": r"\d\d/\d{4}",
            "credit_limit": r"[$]\d+",
            "card_number": r"\d{15,16}",
        },
        "raw_bank_customers": {
            "yearly_income": r"[$]\d+",
            "total_debt": r"[$]\d+",
            "address": r"\d+ [A-Z].*",
        },
    }
    for name, columns in formats.items():
        table = pd.read_csv(SAMPLE / f"{name}.csv", dtype=str, keep_default_na=False)
        for column, pattern in columns.items():
            assert table[column].str.fullmatch(pattern).all(), f"{name}.{column}"


def test_no_card_number_can_be_real():
    numbers = pd.read_csv(SAMPLE / "raw_cards.csv", dtype=str)["card_number"]
    assert passes_luhn("4111111111111111")
    assert not any(map(passes_luhn, numbers))


def test_keys_fit_together():
    (bad,) = duckdb.sql(
        f"""select count(*) from read_csv('{SAMPLE}/raw_card_transactions.csv') as t
        left join read_csv('{SAMPLE}/raw_cards.csv', all_varchar = true) as c
            on c.id = t.card_id and c.client_id = t.client_id
        where c.id is null
            or strptime(c.acct_open_date, '%m/%Y') >= t.date
            or strptime(c.expires, '%m/%Y') + interval 1 month < t.date"""
    ).fetchall()[0]
    assert bad == 0
    transactions = pd.read_csv(SAMPLE / "raw_card_transactions.csv", usecols=["id", "date"])
    assert transactions["id"].is_unique and transactions["date"].is_monotonic_increasing


def test_size_of_the_sample(spending):
    assert 59_000 <= spending["purchases"].sum() <= 61_000
    assert spending["month"].nunique() >= 24
    customers = pd.read_csv(SAMPLE / "raw_bank_customers.csv")
    silent = set(customers["id"]) - set(spending["client_id"])
    assert len(customers) == 300 and 20 <= len(silent) <= 45
    december = spending.groupby("month")["purchases"].sum()
    assert december["2018-12"] > 1.05 * december[["2018-11", "2019-01"]].max()


def test_same_seed_same_bytes(tmp_path):
    made = {}
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        (tmp_path / name).mkdir()
        write_sample(tmp_path / name, scale=0.1, seed=seed)
        made[name] = {path.name: path.read_bytes() for path in sorted((tmp_path / name).iterdir())}
    assert made["a"] == made["b"]
    assert made["a"]["raw_card_transactions.csv"] != made["c"]["raw_card_transactions.csv"]
    assert sorted(made["a"]) == [
        f"raw_{n}.csv" for n in ("bank_customers", "card_transactions", "cards", "merchant_categories")
    ]


@pytest.mark.parametrize(("scale", "customers", "months"), [(0.02, 20, 24), (0.2, 60, 24), (8, 2000, 28)])
def test_size_follows_the_scale(tmp_path, scale, customers, months):
    write_sample(tmp_path, scale=scale, seed=1)
    assert len(pd.read_csv(tmp_path / "raw_bank_customers.csv")) == customers
    dates = pd.read_csv(tmp_path / "raw_card_transactions.csv", usecols=["date"])["date"]
    assert dates.str[:7].nunique() == months
    assert len(dates) == pytest.approx(60_000 * scale, rel=0.15)


def test_cards_reach_the_real_number_at_the_real_number_of_customers(tmp_path):
    write_sample(tmp_path, scale=7, seed=1)
    assert len(pd.read_csv(tmp_path / "raw_cards.csv")) == 6146


@pytest.mark.parametrize("measure", ["spent_usd", "purchases"])
def test_clusters_are_five_standard_deviations_apart(spending, truth, measure):
    """On the line between two centres, in standardised spending shares as anybody would compute them."""
    table = spending.pivot_table(
        index="client_id", columns="spending_group", values=measure, aggfunc="sum", fill_value=0
    )
    shares = table.div(table.sum(axis=1), axis=0)
    points = ((shares - shares.mean()) / shares.std()).to_numpy()
    labels = np.array([truth["cluster_of_client"][str(client)] for client in shares.index])
    sizes = pd.Series(labels).value_counts()
    assert len(sizes) == 4 and sizes.min() > 0.8 * sizes.max()
    for one, other in itertools.combinations(sizes.index, 2):
        a, b = points[labels == one], points[labels == other]
        line = b.mean(axis=0) - a.mean(axis=0)
        spread = np.sqrt((np.var(a @ line) * len(a) + np.var(b @ line) * len(b)) / (len(a) + len(b)))
        assert line @ line / spread > 5, (one, other)


def starts(truth) -> list[dict]:
    """Return each beginning of a group, one for each customer and group."""
    return pd.DataFrame(truth["new_groups"]).to_dict("records")


def test_new_groups_begin_in_the_planted_month(spending, truth):
    first = spending.groupby(["client_id", "spending_group"])["month"].min()
    for start in starts(truth):
        assert first[start["client_id"], start["spending_group"]] == start["first_month"]
    assert len(starts(truth)) > 100
    for alarm in truth["false_alarms"]:
        assert (alarm["client_id"], alarm["spending_group"]) not in first.index


def test_spending_in_the_precursor_rises_before_a_new_group(spending, truth):
    """Those who begin by the rule are told from all others by the precursor's share in the months before."""
    months = sorted(spending["month"].unique())
    wide = spending.pivot_table(
        index=["client_id", "month"], columns="spending_group", values="purchases", fill_value=0
    )
    rises = {"precursor": [], "unannounced": []}
    for start in starts(truth):
        precursor = truth["new_group_rules"]["precursor_of"][start["spending_group"]]
        at = months.index(start["first_month"])
        own = wide.loc[start["client_id"]]
        before = own[own.index.isin(months[at - 3 : at])].sum()
        earlier = own[own.index.isin(months[: at - 3])].sum()
        rises[start["rule"]].append(before[precursor] / before.sum() - earlier[precursor] / earlier.sum())
    assert np.mean(np.array(rises["precursor"]) > 0.05) > 0.85
    assert np.mean(np.array(rises["unannounced"]) > 0.05) < 0.35
