"""How often intervals of BG/NBD and Gamma-Gamma hold planted parameters, and how values of real files do.

    python studies/customer_value.py     # 100 files of 5,000 customers, to docs/studies/customer_value.md

With `make studies`. The second part needs a build of the real files (make build SEED_SET=kaggle).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from bank_marketing.methods import purchase_model, spend_model
from bank_marketing.methods.value_ranking import METRICS
from bank_marketing.sales.value_candidates import BASELINES, CANDIDATES
from bank_marketing.sales.value_evaluation import cross_fitted

REPOSITORY = Path(__file__).resolve().parents[1]
CUSTOMERS = 5_000
BG_NBD = {"r": 0.55, "alpha": 10.0, "a": 0.8, "b": 2.5}
GAMMA_GAMMA = {"p": 6.0, "q": 4.0, "v": 15.0}
SEEDS = 5


def draw(seed: int) -> tuple[np.ndarray, ...]:
    """Draw customers: repeats, time of the last one, age, mean of the purchases."""
    rng = np.random.default_rng(seed)
    r, alpha, a, b = BG_NBD.values()
    p, q, v = GAMMA_GAMMA.values()
    age = rng.uniform(20, 52, CUSTOMERS)
    rate, chance = rng.gamma(r, 1 / alpha, CUSTOMERS), rng.beta(a, b, CUSTOMERS)
    repeats, last, time = np.zeros(CUSTOMERS), np.zeros(CUSTOMERS), rng.exponential(1 / rate)
    is_there = time < age
    while is_there.any():
        repeats[is_there] += 1
        last[is_there] = time[is_there]
        is_there &= rng.random(CUSTOMERS) > chance
        time = time + rng.exponential(1 / rate)
        is_there &= time < age
    counted = np.maximum(repeats, 1)
    mean = rng.gamma(p * counted) / counted / rng.gamma(q, 1 / v, CUSTOMERS)
    return repeats, last, age, mean


def try_file(seed: int) -> dict[str, float]:
    """Fit one file: whether each parameter lies inside, and how far the likelihood is above the planted."""
    repeats, last, age, mean = draw(seed)
    bought = repeats > 0
    fits = [
        (BG_NBD, purchase_model.fit_purchases(repeats, last, age), purchase_model, (repeats, last, age)),
        (
            GAMMA_GAMMA,
            spend_model.fit_spend(repeats[bought], mean[bought]),
            spend_model,
            (repeats[bought], mean[bought]),
        ),
    ]
    row = {}
    for planted, fitted, model, data in fits:
        truth = np.array([*planted.values()])
        inside = np.abs(np.log(fitted.parameters / truth)) <= 1.96 * fitted.log_errors
        row |= dict(zip(planted, inside.astype(float), strict=True))
        row[f"gain_{model.__name__}"] = fitted.log_likelihood - model.log_likelihoods(truth, *data).sum()
    return row


def real_metrics(seed_set: str) -> pd.DataFrame:
    """Return each candidate's metrics on quantity x price after the split, means over five seeds of folds.

    The working file is asked, since features aren't published.
    """
    working = REPOSITORY / "warehouse" / f"{seed_set}_build.duckdb"
    with duckdb.connect(str(working), read_only=True) as connection:
        known = connection.sql(
            """
            with later as (
                select lines.customer_id, cast(sum(lines.gross_revenue_usd) as double) as gross_usd
                from sales.order_lines as lines
                where lines.order_date >= (
                    select max(as_of_date) from sales_private.features_customer_value where moment = 'split'
                )
                group by lines.customer_id
            )
            select features.* replace (coalesce(later.gross_usd, 0) as future_revenue_usd)
            from sales_private.features_customer_value as features
            left join later using (customer_id)
            where features.moment = 'split'
            order by customer_id
            """
        ).df()
    names = [*BASELINES, *CANDIDATES]
    predicted = cross_fitted(known, names, folds=5, repeats=SEEDS, seed=1)
    brought = known["future_revenue_usd"].to_numpy(dtype=float)
    metrics = {
        name: {metric: np.mean([f(brought, one) for one in predicted[row]]) for metric, f in METRICS.items()}
        for row, name in enumerate(names)
    }
    return pd.DataFrame(metrics).T


def table(frame: pd.DataFrame, digits: int) -> str:
    """Lay a frame out in Markdown."""
    lines = ["| | " + " | ".join(frame.columns) + " |", "|---" * (len(frame.columns) + 1) + "|"]
    lines += [
        f"| {name} | " + " | ".join("" if np.isnan(cell) else f"{cell:.{digits}f}" for cell in row) + " |"
        for name, row in zip(frame.index, frame.to_numpy(dtype=float), strict=True)
    ]
    return "\n".join(lines)


def main() -> None:
    """Try all files, measure the real ones if they are built, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--seed-set", default="kaggle")
    arguments = parser.parse_args()
    tried = pd.DataFrame([try_file(seed) for seed in range(1, arguments.files + 1)])
    inside = tried[[*BG_NBD, *GAMMA_GAMMA]].mean().to_frame("share inside").T
    gains = tried.filter(like="gain_")
    real = real_metrics(arguments.seed_set)
    page = REPOSITORY / "docs" / "studies" / "customer_value.md"
    page.write_text(
        f"""# How well customer values are told

By `studies/customer_value.py` (`make studies`).

## Planted parameters

Of {arguments.files} files of {CUSTOMERS:,} customers each, drawn by BG/NBD and Gamma-Gamma: the share in
which a planted parameter lies inside the estimate plus and minus 1.96 standard errors of its logarithm.

{table(inside, 2)}

Fits whose likelihood is lower than that of the planted parameters: {int((gains < 0).any(axis=1).sum())}.

## Candidates on the files of `{arguments.seed_set}`

Customers who had bought before the split (for a year, 1 July), what they bought afterwards as quantity x
price, five folds, means over {SEEDS} seeds of the folds. How the candidates do on net revenue, and
trained in time, with intervals, stands in `sales.value_model_evaluation`.

{table(real, 3)}
""",
        encoding="utf-8",
    )
    print(page.read_text())


if __name__ == "__main__":
    main()
