"""Figures that each task fits on a small frame, kept in fitted_figures.json for test_fitted_figures.py.

Whoever changes what a task computes raises the version of its TASK, and keeps the new figures:
    python tests/python/fitted_figures.py
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from value_frames import mix_features, order_days, value_features

from bank_marketing.campaigns import (
    conversion_before_contact,
    conversion_in_campaign,
    engagement,
    impact,
    kpis,
    personalisation,
    policy_fit,
    policy_log,
    policy_simulation,
    profit,
)
from bank_marketing.campaigns import segments as campaign_segments
from bank_marketing.campaigns.columns import CHANNEL, DECISION, KEY, TARGET, TYPE
from bank_marketing.churn import retention
from bank_marketing.fitting.fits import Task, installed_libraries, scores_nobody
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.sales import marketing_mix, value
from bank_marketing.sales import segments as retail_segments
from bank_marketing.transactions import preferences
from bank_marketing.transactions import segments as bank_segments
from bank_marketing.transactions.preference_pairs import FIGURES, TRAITS

KEPT = Path(__file__).with_suffix(".json")
RENEW = "python tests/python/fitted_figures.py"


def campaign_customers(n: int = 240) -> pd.DataFrame:
    """Make customers of a campaign whose chance to convert follows their visits and the type."""
    rng = np.random.default_rng(1)
    visits, email = rng.integers(0, 40, n), rng.random(n) < 0.5
    return pd.DataFrame(
        {
            "customer_id": np.arange(n) + 8_000,
            "source_line": np.arange(n) + 2,
            "age_years": rng.integers(18, 70, n),
            "gender": rng.choice(["Female", "Male"], n),
            "income_usd": rng.integers(20_000, 150_000, n).astype(float),
            "campaign_channel": rng.choice(["Email", "PPC"], n),
            "campaign_type": np.where(email, "Awareness", "Retention"),
            "ad_spend_usd": rng.uniform(100, 10_000, n),
            "click_through_rate": rng.uniform(0, 0.3, n),
            "click_conversion_rate": rng.uniform(0, 0.2, n),
            "website_visits": visits,
            "pages_per_visit": rng.uniform(1, 10, n),
            "time_on_site_minutes": rng.uniform(0, 15, n),
            "social_shares": rng.integers(0, 100, n),
            "email_opens": rng.integers(0, 20, n),
            "email_clicks": rng.integers(0, 10, n),
            "previous_purchases": rng.integers(0, 10, n),
            "loyalty_points": rng.integers(0, 5_000, n),
            "has_converted": rng.random(n) < 1 / (1 + np.exp(2 - visits / 10 + email)),
            "segment_name": rng.choice(["older", "younger"], n),
        }
    )


def customers_with_money() -> pd.DataFrame:
    """Make customers of four campaigns with what a conversion brings and costs."""
    customers = campaign_customers(800)
    return customers.assign(
        conversion_value_usd=np.where(customers["campaign_type"] == "Awareness", 4_000.0, 7_000.0),
        cost_per_contact_usd=np.where(customers["campaign_channel"] == "PPC", 2.5, 0.05),
        cost_if_accepted_usd=50.0,
    )


def customers_without_decisions() -> pd.DataFrame:
    """Make customers of four campaigns, and no log of decisions."""
    columns = [DECISION, KEY, TYPE, CHANNEL, policy_log.CANDIDATES, TARGET, policy_log.OUTCOME_AT]
    return policy_log.log_rows(customers_with_money(), pd.DataFrame(columns=columns))


def clients(each: int = 100) -> pd.DataFrame:
    """Make clients of three kinds, who spend most in two groups of their own."""
    rng = np.random.default_rng(2)
    groups = bank_segments.SPENDING_GROUPS
    weights = [np.where(np.isin(range(len(groups)), (kind, kind + 3)), 80.0, 4.0) for kind in range(3)]
    shares = np.vstack([rng.dirichlet(weight, each) for weight in weights])
    transactions = rng.poisson(200, len(shares))
    return pd.DataFrame(shares, columns=[f"{group}_share" for group in groups]).assign(
        client_id=np.arange(len(shares)),
        transactions=transactions,
        recency_days=3,
        purchases_usd=40.0 * transactions,
    )


def shoppers(n: int = 200) -> pd.DataFrame:
    """Make shoppers who are no clusters."""
    rng = np.random.default_rng(3)
    orders = rng.geometric(0.1, n)
    return pd.DataFrame(
        {
            "customer_id": np.arange(n),
            "recency_days": rng.integers(1, 365, n),
            "orders": orders,
            "net_revenue_usd": orders * rng.lognormal(5, 0.6, n),
        }
    )


def churn_customers(n: int = 240) -> pd.DataFrame:
    """Make customers who leave the sooner, the older they are."""
    rng = np.random.default_rng(4)
    age = rng.integers(18, 80, n)
    leaves_after = rng.exponential(20 * np.exp(-(age - 40) / 20))
    seen_after = rng.uniform(0, 10, n)
    return pd.DataFrame(
        {
            "customer_id": np.arange(n) + 1_000,
            "source_line": np.arange(n) + 2,
            "country": rng.choice(["France", "Germany", "Spain"], n),
            "gender": rng.choice(["Female", "Male"], n),
            "age_years": age,
            "balance": np.where(rng.random(n) < 0.4, 0.0, 90_000.0),
            "products": rng.choice([1, 2, 3], n, p=[0.5, 0.4, 0.1]),
            "is_active": rng.random(n) < 0.5,
            "tenure_years": np.minimum(leaves_after, seen_after),
            "has_exited": leaves_after <= seen_after,
        }
    )


def spending_history(n: int = 60) -> pd.DataFrame:
    """Make clients at seven cut-offs, some of whom begin to travel."""
    rng = np.random.default_rng(5)
    months = pd.date_range("2019-01-01", periods=7, freq="MS")
    groups = ["clothing", "fuel", "other", "travel"]
    frame = pd.MultiIndex.from_product(
        [months, np.arange(n), groups], names=["cut_off", "client_id", "spending_group"]
    ).to_frame(index=False)
    for name in (*FIGURES, *TRAITS):
        frame[name] = rng.integers(0, 9, len(frame)).astype(float)
    unused = rng.random(len(frame)) < 0.4
    for name in FIGURES:
        if not name.startswith("all_") and not name.endswith("_ever"):
            frame.loc[unused, name] = 0.0
    return frame.assign(
        months_since_purchase=np.where(unused, np.nan, frame["months_since_purchase"]),
        next_purchases=rng.binomial(3, 0.2 + 0.05 * frame["purchases_ever"].clip(upper=8)),
        next_spending_usd=rng.integers(0, 60, len(frame)).astype(float),
    )


# Far above what another processor's last digits move, 1e-7 without AVX and with other kernels of OpenBLAS,
# since optima are reached tightly; far below what a changed constant moves.
TOLERANCE = 1e-5
PROPENSITY = ("repeats", "folds", "inner_folds", "permutations", "resamples")
SEGMENTS = ("restarts", "draws")
# For each task its customers, and what it takes of a depth: full takes too long to be fitted here.
TASKS: list[tuple[Task, Callable[[], pd.DataFrame], tuple[str, ...]]] = [
    (conversion_before_contact.TASK, campaign_customers, PROPENSITY),
    (conversion_in_campaign.TASK, campaign_customers, PROPENSITY),
    (engagement.TASK, campaign_customers, ("importance_repeats", "importance_permutations")),
    (impact.TASK, campaign_customers, ("contrast_repeats",)),
    (kpis.TASK, campaign_customers, ()),
    (profit.TASK, campaign_customers, ("resamples", "has_slow_candidates", "list_resamples")),
    (personalisation.TASK, customers_with_money, ("contrast_repeats",)),
    (policy_fit.TASK, customers_without_decisions, ("policy_draws",)),
    (policy_simulation.TASK, customers_with_money, ("policy_runs", "policy_decisions")),
    (campaign_segments.TASK, campaign_customers, SEGMENTS),
    (bank_segments.TASK, clients, SEGMENTS),
    (preferences.TASK, spending_history, ("resamples", "list_resamples")),
    (retail_segments.TASK, shoppers, SEGMENTS),
    (
        value.TASK,
        lambda: value_features(order_days(600)),
        ("value_folds", "value_repeats", "value_resamples", "value_draws"),
    ),
    (marketing_mix.TASK, mix_features, ("mix_resamples", "mix_moves", "mix_simulations")),
    (retention.TASK, churn_customers, (*PROPENSITY, "has_slow_candidates", "list_resamples")),
]


def fitted_figures(task: Task, customers: pd.DataFrame, takes: tuple[str, ...]) -> dict[str, list[float]]:
    """Return how many numbers each part of a fit and of its scores has, and the mean of their asinh.

    The inverse hyperbolic sine keeps large numbers from hiding small ones.
    """
    fit = task.fit(customers, depth="quick", seed=1)
    assert fit.status == "fitted", fit.params
    tables = fit.all_tables()
    if task.score is not scores_nobody:
        key = next(name for name in customers if name in ("customer_id", "client_id"))
        newcomers = customers.head(40).assign(**{key: customers[key].head(40) + 1_000_000})
        tables["score"] = task.score(pd.concat([customers, newcomers], ignore_index=True), fit.artefact)
    parts: dict[str, Any] = {"full": [getattr(DEPTHS["full"], name) for name in takes]}
    for what, holder in {"params": fit.params, "artefact": fit.artefact, **tables}.items():
        parts |= {f"{what} {name}": holder[name] for name in holder}
    summaries = {}
    for name, part in parts.items():
        found = np.array(list(numbers(part)), dtype=float)
        found = found[np.isfinite(found)]
        if len(found):
            summaries[name] = [len(found), float(f"{np.arcsinh(found).mean():.8g}")]
    return summaries


def numbers(value: Any) -> Iterator[float]:
    """Yield all numbers in something nested, and none of an estimator."""
    if isinstance(value, Mapping):
        for part in value.values():
            yield from numbers(part)
    elif isinstance(value, list | tuple | np.ndarray | pd.Series | pd.api.extensions.ExtensionArray):
        for part in value:
            yield from numbers(part)
    elif isinstance(value, bool | int | float | np.number | np.bool_):
        yield float(value)


def what_is_wrong(task: Task, found: dict[str, list[float]], kept: dict) -> str | None:
    """Say what to do about figures that aren't those kept, if so."""
    of_task = kept["tasks"].get(task.name)
    if of_task is None or of_task["version"] != task.version:
        return f"{KEPT.name} has no figures of version {task.version} of {task.name}. Keep them: {RENEW}"
    before = of_task["figures"]
    names = sorted(found.keys() | before.keys())
    others = [
        name for name in names if found.get(name, []) != pytest.approx(before.get(name, []), rel=TOLERANCE)
    ]
    if not others:
        return None
    shown = "; ".join(f"{name} was {before.get(name)}, is {found.get(name)}" for name in others[:5])
    if kept["libraries"] != installed_libraries():
        return f"Other libraries than {kept['libraries']} are installed. If these are right, {RENEW}. {shown}"
    return (
        f"{task.name} computes other figures than its version {task.version} did, and published models of"
        f" that version wouldn't be refitted. If the change is meant, raise the version of its TASK, then"
        f" {RENEW}."
        f" {shown}"
    )


def keep() -> None:
    """Write the figures, but for a task whose figures have changed under the version that is kept."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {"libraries": {}, "tasks": {}}
    libraries = installed_libraries()
    for task, customers, takes in TASKS:
        found = {"version": task.version, "figures": fitted_figures(task, customers(), takes)}
        before = kept["tasks"].get(task.name)
        if before and before["version"] == task.version and kept["libraries"] == libraries:
            wrong = what_is_wrong(task, found["figures"], kept)
            if wrong:
                raise SystemExit(wrong)
            continue
        kept["tasks"][task.name] = found
    text = json.dumps({"libraries": libraries, "tasks": kept["tasks"]}, indent=1, sort_keys=True)
    KEPT.write_text(re.sub(r"\[\s+(\S+)\s+(\S+)\s+\]", r"[\1 \2]", text) + "\n")


if __name__ == "__main__":
    keep()
