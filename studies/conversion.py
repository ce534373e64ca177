"""Whether the conversion models reach the reference figures: three seeds of the splits, at full depth.

    SEED_SET=kaggle python studies/conversion.py   # to docs/studies/conversion_kaggle.md

With `make studies`, for each seed set that was built. Reads the features from the working file.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import duckdb
import pandas as pd
from threadpoolctl import threadpool_limits

from bank_marketing.campaigns import conversion_before_contact, conversion_in_campaign

REPOSITORY = Path(__file__).resolve().parents[1]
SEED_SET = os.environ.get("SEED_SET", "sample")
SEEDS = (1, 2, 3)
FIGURES = (
    "roc_auc",
    "average_precision_rarer_class",
    "log_loss",
    "brier_score",
    "expected_calibration_error",
)


def main() -> None:
    """Write the tables of the seed set, if it was built."""
    working = REPOSITORY / "warehouse" / f"{SEED_SET}_build.duckdb"
    if not working.exists():
        print(f"{working.name} isn't there: build SEED_SET={SEED_SET} first. Nothing was written.")
        return
    parts = [_heading()]
    with duckdb.connect(str(working), read_only=True) as connection:
        for task in (conversion_before_contact, conversion_in_campaign):
            query = f"select * from campaigns_private.features_{task.TASK.name}"
            parts.append(_study(task, connection.execute(query).df()))
    output = REPOSITORY / "docs" / "studies" / f"conversion_{SEED_SET}.md"
    output.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(output.read_text(encoding="utf-8"))


def _heading() -> str:
    return (
        f"# Conversion on the {SEED_SET} file, three seeds\n\n"
        "Written by `studies/conversion.py`. 2 x stratified 5-fold; rankings are of predictions"
        " averaged over the repeats, losses are means over rows and repeats; the"
        " calibration error has ten equal-count bins over one repeat's out-of-fold predictions and is"
        " averaged over the repeats. Candidate and calibration are chosen anew within each training set, so"
        " the figures pay for the choice. Forward: fitted on the first 80 % of the customers in"
        " the order of customer_id, judged on the rest."
    )


def _study(task: object, frame: pd.DataFrame) -> str:
    fits, seconds = [], []
    for seed in SEEDS:
        started = time.process_time()
        with threadpool_limits(1):
            fit = task.fit(frame, depth="full", seed=seed)  # type: ignore[attr-defined]
            task.score(frame, fit.artefact)  # type: ignore[attr-defined]
        fits.append(fit)
        seconds.append(time.process_time() - started)
    tables = [fit.metrics.set_index(["split", "metric"])["value"] for fit in fits]
    lines = [
        f"## {task.TASK.name}: {len(frame):,} customers",  # type: ignore[attr-defined]
        "",
        f"Kept: {', '.join(sorted({_kept(fit.params) for fit in fits}))}. In the folds:"
        f" {', '.join(sorted({choice for fit in fits for choice in fit.params['chosen_in_folds']}))}."
        f" Fit and score took {max(seconds):.0f} processor seconds at most.",
        "",
        f"| cross-validation | {' | '.join(f'seed {seed}' for seed in SEEDS)} | mean |",
        f"|---|{'---|' * (len(SEEDS) + 1)}",
        *_rows(tables, "cross_validation", {name: name for name in FIGURES}),
        *_rows(tables, "forward", {name: f"forward {name}" for name in FIGURES[:1]}),
        "",
        f"| candidate, mean of the seeds | {' | '.join(FIGURES)} |",
        f"|---|{'---|' * len(FIGURES)}",
    ]
    for candidate in fits[0].params["log_loss_by_candidate"]:
        means = [
            sum(table["cross_validation", f"{name}_of_{candidate}"] for table in tables) / len(tables)
            for name in FIGURES
        ]
        lines.append(f"| {candidate} | {' | '.join(f'{mean:.4f}' for mean in means)} |")
    change = fits[0].params["change_in_file_order"]
    lines += ["", _change(change)]
    return "\n".join(lines)


def _kept(params: dict[str, str]) -> str:
    return f"{params['candidate']} ({params['calibration']})"


def _rows(tables: list[pd.Series], split: str, figures: dict[str, str]) -> list[str]:
    rows = []
    for name, said in figures.items():
        values = [float(table[split, name]) for table in tables]
        cells = " | ".join(f"{value:.4f}" for value in [*values, sum(values) / len(values)])
        rows.append(f"| {said} | {cells} |")
    return rows


def _change(change: dict[str, object] | None) -> str:
    if change is None:
        return "The share of converters doesn't change along the order of customer_id by more than chance."
    before, after = change["rate_before"], change["rate_after"]
    _, auc_before, _ = change["roc_auc_before"]  # type: ignore[misc]
    low, auc_after, high = change["roc_auc_after"]  # type: ignore[misc]
    return (
        f"The share of converters changes at customer {change['first_customer']}"
        f" (p = {change['p_value']:.3f}): {before[0]:.3f} before, {after[0]:.3f} after,"  # type: ignore[index]
        f" over {change['rows_after']} rows."
        f" Out-of-fold ROC-AUC {auc_before:.3f} before it, {auc_after:.3f} ({low:.3f} to {high:.3f}) after."
    )


if __name__ == "__main__":
    main()
