"""How often the intervals of ROC-AUC, average precision and concordance hold what they are about.

    python studies/ranking_intervals.py             # 1,000 files a case, to docs/studies/ranking_intervals.md

With `make studies`; half an hour of a processor. A small part of it runs in the tests.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from joblib import Parallel, delayed
from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from bank_marketing.methods.cross_fitting import cross_fit
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.intervals import Z
from bank_marketing.methods.metrics import ranking_intervals
from bank_marketing.methods.survival import concordance_interval

REPOSITORY = Path(__file__).resolve().parents[1]
SIZES = (2_000, 8_000)
MODELS: dict[str, ClassifierMixin] = {
    "logistic": LogisticRegression(solver="newton-cholesky"),
    "boosting": HistGradientBoostingClassifier(
        max_iter=15,
        learning_rate=0.3,
        max_depth=2,
        min_samples_leaf=30,
        early_stopping=False,
        random_state=1,
    ),
}
FEATURES = [f"x{number}" for number in range(1, 7)]
# Two repeats, so that averaging them is tried too; few folds, so that a thousand files take minutes.
DEPTH = replace(DEPTHS["quick"], repeats=2, folds=3, inner_folds=2, permutations=1, resamples=200)
METRICS = {
    "roc_auc": "ROC-AUC",
    "average_precision_rarer_class": "average precision",
    "concordance_index": "concordance",
}


def draw_file(rows: int, random: np.random.Generator) -> pd.DataFrame:
    """Draw customers: six traits, of which four matter, years until they leave or are looked at.

    Parameters
    ----------
    rows : int
        Number of customers.
    random : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    DataFrame
        `FEATURES`, years (whole ones, from 1) and has_left (about a fifth).
    """
    traits = random.normal(size=(rows, len(FEATURES)))
    risk = (
        0.8 * traits[:, 0] - 0.5 * traits[:, 1] + 0.9 * (traits[:, 2] > 1) + 0.4 * traits[:, 0] * traits[:, 3]
    )
    until_leaving = random.exponential(np.exp(3.5 - risk))
    until_look = random.uniform(0, 10, rows)
    return pd.DataFrame(traits, columns=FEATURES).assign(
        years=np.ceil(np.minimum(until_leaving, until_look)),
        has_left=(until_leaving <= until_look).astype(int),
    )


def try_file(model: str, rows: int, seed: int) -> pd.DataFrame:
    """Cross-fit a model on a file and return each metric with its interval.

    Parameters
    ----------
    model : str
        One of `MODELS`.
    rows : int
        Customers of the file.
    seed : int
        Draws file, folds and resamples.

    Returns
    -------
    DataFrame
        One row a metric: model, n, seed, metric, value, low, high.
    """
    file = draw_file(rows, np.random.default_rng([rows, seed]))
    outcome = file["has_left"].to_numpy()
    crossed = cross_fit(file[FEATURES], outcome, {model: MODELS[model]}, depth=DEPTH, seed=seed)
    probability = crossed.probability.mean(axis=1)
    random = np.random.default_rng(seed)
    figures = ranking_intervals(outcome, probability, resamples=DEPTH.resamples, random=random) | {
        "concordance_index": concordance_interval(file["years"].to_numpy(), probability, outcome)
    }
    return pd.DataFrame(
        [(model, rows, seed, name, *figures[name]) for name in METRICS],
        columns=["model", "n", "seed", "metric", "value", "low", "high"],
    )


def summarise(found: pd.DataFrame) -> pd.DataFrame:
    """Hold the intervals of all files of a case against what they are about.

    Parameters
    ----------
    found : DataFrame
        Rows of `try_file`.

    Returns
    -------
    DataFrame
        One row per metric, model and n: files, truth (mean of the value over the files), held (share of
        intervals that hold it), right_half (1.96 standard deviations of the value over the files), mean_half,
        least_half and greatest_half (of the middle 95 % of intervals), width_ratio (mean by right).
    """
    rows = []
    for (metric, model, n), of_case in found.groupby(["metric", "model", "n"], sort=False):
        half = (of_case["high"] - of_case["low"]) / 2
        truth = of_case["value"].mean()
        right = Z * of_case["value"].std(ddof=1)
        rows.append(
            {
                "metric": metric,
                "model": model,
                "n": n,
                "files": len(of_case),
                "truth": truth,
                "held": of_case["low"].le(truth).mul(of_case["high"].ge(truth)).mean(),
                "right_half": right,
                "mean_half": half.mean(),
                "least_half": half.quantile(0.025),
                "greatest_half": half.quantile(0.975),
                "width_ratio": half.mean() / right,
            }
        )
    return pd.DataFrame(rows)


def _page(found: pd.DataFrame) -> str:
    summary = summarise(found)
    files = int(summary["files"].max())
    lines = [
        f"| {METRICS[row.metric]} | {row.model} | {row.n:,} | {row.truth:.3f} | {100 * row.held:.1f} % |"
        f" {row.right_half:.4f} | {row.mean_half:.4f}"
        f" ({row.least_half:.4f} to {row.greatest_half:.4f}) | {row.width_ratio:.2f} |"
        for row in summary.sort_values("metric", kind="stable").itertuples()
    ]
    return (
        f"""# Intervals of ROC-AUC, average precision and concordance

Written by `studies/ranking_intervals.py` (`make studies`): {files:,} files of each size, each cross-fitted
with both models. A fifth of the customers leave; of six traits four matter, one by a threshold and two by
their product. The recipe is that of the builds: {DEPTH.repeats} repeats of {DEPTH.folds} stratified folds,
the calibration chosen in {DEPTH.inner_folds} inner ones, the predictions averaged over the repeats. ROC-AUC
has DeLong's interval, average precision one by {DEPTH.resamples} resamples of the rows, concordance one by
the jackknife.

- *Recipe*: the metric of the recipe at that size, which is its mean over the files, and how many intervals
  of 95 % hold it; at least 91 % are wanted.
- *Right half width*: 1.96 standard deviations of the metric over the files. *Shown*: the mean half width of
  the intervals, and within what the middle 95 % of them lie. Their ratio must lie between 0.8 and 1.2.

| metric | model | customers | recipe | held | right half width | shown | ratio |
|---|---|---:|---:|---:|---:|---:|---:|
"""
        + "\n".join(lines)
        + "\n"
    )


def _try_seed(seed: int) -> pd.DataFrame:
    """Try all cases with the files of one seed."""
    # Thousands of small fits: sklearn's checks of their settings would take long.
    with threadpool_limits(1), sklearn.config_context(skip_parameter_validation=True, assume_finite=True):
        return pd.concat([try_file(model, rows, seed) for model in MODELS for rows in SIZES])


def main() -> None:
    """Try all cases and write the page, every fifty files, so that a study can be stopped."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1_000)
    files = parser.parse_args().files
    page = REPOSITORY / "docs" / "studies" / "ranking_intervals.md"
    tried: list[pd.DataFrame] = []
    for first in range(1, files + 1, 50):
        seeds = range(first, min(first + 50, files + 1))
        tried += Parallel(n_jobs=2)(delayed(_try_seed)(seed) for seed in seeds)
        page.write_text(_page(pd.concat(tried)), encoding="utf-8")
        print(f"{seeds[-1]} of {files} files", flush=True)


if __name__ == "__main__":
    main()
