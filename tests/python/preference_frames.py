"""Transactions by month, and what the SQL of the project makes of them, in memory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from bank_marketing.transactions.spending_groups import read_spending_groups

MODELS = ("int_preference_cutoffs", "int_purchases_ever", "features_preferences", "int_preference_history")
GROUPS = sorted(set(read_spending_groups().values()))
FIRST = pd.Timestamp("2018-01-01")
RELATION = re.compile(r'"sample_build"[.]"\w+"[.]"(\w+)"')


def monthly_spending(
    clients: int = 160, months: int = 24, *, seed: int = 1, planted: bool = True
) -> pd.DataFrame:
    """Draw clients who spend in some groups; `planted`: more clothing comes three months before travel."""
    random = np.random.default_rng(seed)
    rates = random.gamma(0.6, 1.5, (clients, len(GROUPS)))
    rates[random.random(rates.shape) < 0.35] = 0.02
    clothing, travel = GROUPS.index("clothing"), GROUPS.index("travel")
    rates[:, travel] = 0.0
    begins = np.where(random.random(clients) < 0.7, random.integers(13, max(months + 3, 14), clients), 99)
    rows = []
    for month in range(months):
        rate = rates.copy()
        rate[begins <= month, travel] = 2.0
        if planted:
            rate[(begins - 3 <= month) & (month < begins), clothing] += 6.0
        counts = random.poisson(rate)
        client, group = np.nonzero(counts)
        first = FIRST + pd.DateOffset(months=month)
        rows.append(
            pd.DataFrame(
                {
                    "client_id": client,
                    "month": first,
                    "spending_group": np.array(GROUPS)[group],
                    "transactions": counts[client, group],
                    "purchases": counts[client, group],
                    "online_transactions": random.binomial(counts[client, group], 0.2),
                    "purchases_usd": (counts[client, group] * random.integers(500, 9000, len(client))) / 100,
                    "last_transacted_at": first + pd.DateOffset(months=1) - pd.Timedelta(hours=3),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def people(clients: int, seed: int = 5) -> pd.DataFrame:
    """Draw the traits of clients."""
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "client_id": np.arange(clients),
            "age_years": random.integers(18, 90, clients),
            "gender": random.choice(["Female", "Male"], clients),
            "yearly_income_usd": random.integers(10_000, 120_000, clients).astype(float),
            "debt_to_income": random.uniform(0, 4, clients),
            "credit_score": random.integers(500, 850, clients),
        }
    )


@cache
def compiled_sql(folder: Path) -> dict[str, str]:
    """Return the models as dbt compiled them, with bare names of what they read."""
    files = (folder / "target" / "compiled" / "bank_marketing" / "models").rglob("*.sql")
    # Under the YAML of a unit test dbt writes its rows, by the names of the models that they stand for.
    models = (path for path in files if path.parent.suffix != ".yml")
    return {path.stem: RELATION.sub(r'"\1"', path.read_text()) for path in models}


def run_models(
    folder: Path, inputs: Mapping[str, pd.DataFrame | str], models: tuple[str, ...]
) -> dict[str, pd.DataFrame]:
    """Run compiled models, each as a view, over frames or queries by the names that the models read."""
    with duckdb.connect() as connection:
        for name, made in inputs.items():
            if isinstance(made, str):
                connection.execute(f'create view "{name}" as {made}')
            else:
                connection.register(name, made)
        for name in models:
            connection.execute(f'create view "{name}" as {compiled_sql(folder)[name]}')
        return {name: connection.execute(f'select * from "{name}" order by all').df() for name in models}


def preference_tables(
    folder: Path, monthly: pd.DataFrame, customers: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return what the project in a folder makes of transactions by month."""
    cards = pd.DataFrame(
        {
            "client_id": customers["client_id"],
            "card_type": np.where(customers["client_id"] % 2, "debit", "credit"),
            "opened_month": FIRST + pd.to_timedelta(40 * (customers["client_id"] % 20), unit="D"),
        }
    )
    inputs = {
        "arriving": monthly,
        "bank_customers": customers,
        "cards": cards,
        "merchant_categories": pd.DataFrame({"spending_group": [*GROUPS, "other"]}),
        "customer_monthly_spending": "select * replace (cast(month as date) as month,"
        " cast(purchases_usd as decimal(38, 2)) as purchases_usd) from arriving",
    }
    return run_models(folder, inputs, MODELS)
