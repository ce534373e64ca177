"""Figures and words that each task fits on a small frame, and its constants: fitted_figures.json keeps them.

Whoever changes what a task computes raises the version of its TASK, and keeps the new figures:
    python tests/python/fitted_figures.py
Whoever changes a constant by which a task computes the same as before says so:
    python tests/python/fitted_figures.py --computes-the-same
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from task_constants import Constants, changed_constants, constants_of_modules, modules_of_tasks
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
SAME = "--computes-the-same"
# A list of numbers or texts in JSON that has room in one line.
SHORT_LIST = re.compile(r'(?<=\[)(?=[^\]]{,700}\])\n +((?:"(?:[^"\\]|\\.)*"|[^\[\]{}"])*)\n +(?=\])')


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


@dataclass(frozen=True)
class Fitted:
    """What is kept of a fit and of its scores.

    `figures` says how many numbers each part has, and the mean of their asinh, which keeps large numbers from
    hiding small ones. `words` says the texts of each part as they are, in the order in which they are first
    met, the names of columns in theirs, and the lines of the model card.
    """

    figures: dict[str, list[float]]
    words: dict[str, list[str]]


def fitted(task: Task, customers: pd.DataFrame, takes: tuple[str, ...]) -> Fitted:
    """Fit a task, score with it, and return what is kept of both."""
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
    figures = {}
    words = {f"columns of {name}": list(table.columns) for name, table in tables.items()}
    words["card"] = fit.card.splitlines()
    for name, part in parts.items():
        leaves = list(leaves_of(part))
        found = np.array([leaf for leaf in leaves if not isinstance(leaf, str)], dtype=float)
        found = found[np.isfinite(found)]
        if len(found):
            figures[name] = [len(found), float(f"{np.arcsinh(found).mean():.8g}")]
        if texts := list(dict.fromkeys(leaf for leaf in leaves if isinstance(leaf, str))):
            words[name] = texts
    return Fitted(figures, words)


def leaves_of(value: Any) -> Iterator[float | str]:
    """Yield all numbers and texts in something nested, and none of an estimator."""
    if isinstance(value, Mapping):
        for part in value.values():
            yield from leaves_of(part)
    elif isinstance(value, list | tuple | np.ndarray | pd.Series | pd.api.extensions.ExtensionArray):
        for part in value:
            yield from leaves_of(part)
    elif isinstance(value, bool | int | float | np.number | np.bool_):
        yield float(value)
    elif isinstance(value, str):
        yield str(value)


def what_is_wrong(task: Task, found: Fitted, kept: dict) -> str | None:
    """Say what to do about figures or words that aren't those kept, if so."""
    of_task = kept["tasks"].get(task.name)
    if of_task is None or of_task["version"] != task.version:
        return f"{KEPT.name} has no figures of version {task.version} of {task.name}. Keep them: {RENEW}"
    figures, words = of_task["figures"], of_task["words"]
    others = [
        f"{name} was {figures.get(name)}, is {found.figures.get(name)}"
        for name in sorted(found.figures.keys() | figures.keys())
        if found.figures.get(name, []) != pytest.approx(figures.get(name, []), rel=TOLERANCE)
    ]
    for name in sorted(found.words.keys() | words.keys()):
        now, before = found.words.get(name, []), words.get(name, [])
        gone, come = (
            [text for text in before if text not in now],
            [text for text in now if text not in before],
        )
        if gone or come:
            others.append(f"{name} said {gone}, says {come}")
        elif now != before:
            others.append(f"{name} said {before}, says it in another order: {now}")
    if not others:
        return None
    shown = "; ".join(others[:5])
    if kept["libraries"] != installed_libraries():
        return f"Other libraries than {kept['libraries']} are installed. If these are right, {RENEW}. {shown}"
    return (
        f"{task.name} computes other figures or words than its version {task.version} did, and published"
        f" models of that version wouldn't be refitted. If the change is meant, raise the version of its"
        f" TASK, then {RENEW}. {shown}"
    )


def what_is_changed(constants: Constants, kept: dict) -> str | None:
    """Say which constants aren't those kept, and what to do about it, if so."""
    changed = changed_constants(constants, kept["constants"])
    if not changed:
        return None
    shown = "; ".join(line for lines in changed.values() for line in lines)
    tasks = unraised(changed, kept)
    if not tasks:
        return f"Constants have changed, and versions were raised for them. Keep both: {RENEW}. {shown}"
    return (
        f"Constants have changed that {', '.join(tasks)} may compute with. Raise the version of the TASK of"
        f" each that does, so that published models are refitted, then {RENEW}. If any of them computes the"
        f" same as before: {RENEW} {SAME}. {shown}"
    )


def unraised(modules: Iterable[str], kept: dict) -> list[str]:
    """Return the names of tasks that compute with one of these modules and have the version that is kept."""
    of_tasks = modules_of_tasks()
    return [
        task.name
        for task, _, _ in TASKS
        if of_tasks[task.name].intersection(modules)
        and kept["tasks"].get(task.name, {}).get("version") == task.version
    ]


def present_constants() -> Constants:
    """Return the constants of all modules that compute for a task."""
    return constants_of_modules(set().union(*modules_of_tasks().values()))


def keep(*, computes_the_same: bool = False) -> None:
    """Write the constants, and what tasks fit if their version or the libraries aren't those kept.

    Not if a constant has changed behind a task whose version is as before, unless that computes the same.
    """
    kept = json.loads(KEPT.read_text("utf-8"))
    libraries, constants = installed_libraries(), present_constants()
    if unraised(changed_constants(constants, kept["constants"]), kept) and not computes_the_same:
        raise SystemExit(what_is_changed(constants, kept))
    for task, customers, takes in TASKS:
        before = kept["tasks"].get(task.name, {}).get("version")
        if before != task.version or kept["libraries"] != libraries:
            found = fitted(task, customers(), takes)
            kept["tasks"][task.name] = {"version": task.version, **asdict(found)}
    kept = {"constants": constants, "libraries": libraries, "tasks": kept["tasks"]}
    text = json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False)
    KEPT.write_text(SHORT_LIST.sub(lambda found: re.sub(r"\n +", " ", found[1]), text) + "\n", "utf-8")


if __name__ == "__main__":
    keep(computes_the_same=SAME in sys.argv[1:])
