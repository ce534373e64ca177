"""The evidence behind a verdict on clusters: one row a metric, with its threshold and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.methods import cluster_evidence as evidence
from bank_marketing.methods.cluster_verdict import LEAST_AGREEMENT, Judgement
from bank_marketing.methods.clustering import SAMPLE_ROWS, fit_clustering, silhouettes, take_sample
from bank_marketing.methods.intervals import row_mean_interval

COLUMNS = (
    "metric",
    "subject",
    "value",
    "value_low",
    "value_high",
    "threshold",
    "is_passed",
    "n",
    "message",
)
# More would narrow the interval of a mean that no verdict rests on.
NULL_DRAWS = 10
NULLS = {"permuted_columns": evidence.permute_columns, "gaussian_copula": evidence.draw_from_copula}


class Diagnostics:
    """Figures in the order in which they were found."""

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []

    def add(
        self,
        metric: str,
        value: float,
        *,
        n: int,
        message: str,
        subject: str = "all",
        interval: tuple[float, float] = (np.nan, np.nan),
        threshold: float = np.nan,
        is_passed: bool | None = None,
    ) -> None:
        """Add a metric; a threshold is one that the verdict rests on, and is_passed says if it is kept."""
        self._rows.append((metric, subject, value, *interval, threshold, is_passed, n, message))

    def add_draws(
        self, metric: str, draws: np.ndarray, *, n: int, message: str, least: float | None = None
    ) -> float:
        """Add the mean of a metric over random draws, with its interval, and return it."""
        mean, low, high = evidence.draw_interval(draws)
        is_passed, threshold = (None, np.nan) if least is None else (mean >= least, least)
        self.add(
            metric, mean, n=n, message=message, interval=(low, high), threshold=threshold, is_passed=is_passed
        )
        return mean

    def add_need(self, metric: str, value: float, least: float, *, n: int, message: str) -> bool:
        """Add what a verdict needs at least, and return whether it is there."""
        self.add(metric, value, n=n, message=message, threshold=least, is_passed=value >= least)
        return value >= least

    def records(self) -> list[dict[str, Any]]:
        """Return the rows as plain values with the names `COLUMNS`; what is unknown is None."""
        rows = []
        for row in self._rows:
            plain = [value.item() if isinstance(value, np.generic) else value for value in row]
            known = [None if isinstance(value, float) and np.isnan(value) else value for value in plain]
            rows.append(dict(zip(COLUMNS, known, strict=True)))
        return rows

    def table(self) -> pd.DataFrame:
        """Return the rows with the columns `COLUMNS`."""
        return pd.DataFrame(self._rows, columns=list(COLUMNS))

    def metrics(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the rows as metrics of the fit (split, metric, value, value_low, value_high, n)."""
        rows = [
            ("all", metric if subject == "all" else f"{metric} {subject}", value, low, high, n)
            for metric, subject, value, low, high, _, _, n, _ in self._rows
        ]
        return pd.DataFrame(rows, columns=list(columns))


def add_cluster_evidence(
    diagnostics: Diagnostics,
    traits: pd.DataFrame,
    judgement: Judgement,
    *,
    seed: int,
    restarts: int,
    draws: int,
) -> None:
    """Add what a verdict on clusters rests on, and what else speaks for and against them.

    Parameters
    ----------
    diagnostics : Diagnostics
        Takes the metrics up.
    traits : DataFrame of shape (n, n_traits)
        Transformed features that groups were made of.
    judgement : Judgement
        What `cluster_verdict.judge` returned.
    seed, restarts, draws : int
        As in the fit.
    """
    groups, method = judgement.groups, judgement.method
    k, n = len(groups.centres), len(traits)
    for pair in judgement.gaps.itertuples():
        diagnostics.add(
            "dip_p_value",
            pair.p_value,
            subject=f"groups {pair.first} and {pair.second}",
            n=pair.n,
            threshold=pair.threshold,
            is_passed=pair.p_value < pair.threshold,
            message="Chance of such a gap between groups where there is none; must lie below the threshold.",
        )
    diagnostics.add_draws(
        "adjusted_rand_index",
        judgement.agreements,
        n=n,
        least=LEAST_AGREEMENT,
        message="Agreement of groups in resamples with these, 1 the same, 0 by chance; must reach it.",
    )
    sample = take_sample(traits, seed=seed)
    # Made anew from the rows that the null data are made of, so that both look at as many.
    of_sample = fit_clustering(sample, k, method=method, seed=seed, restarts=restarts)
    found = silhouettes(of_sample.scale.apply(sample), of_sample.assign(sample)[0])
    mean, low, high = row_mean_interval(found)
    diagnostics.add(
        "silhouette",
        mean,
        interval=(low, high),
        n=len(sample),
        message=f"How well the {k} groups are told apart: 1 well, 0 not. Evidence beside the verdict.",
    )
    null_draws = min(draws, NULL_DRAWS)
    for name, make_null in NULLS.items():
        diagnostics.add_draws(
            f"silhouette_{name}",
            evidence.null_silhouettes(
                traits, make_null, k, method=method, seed=seed, restarts=restarts, draws=null_draws
            ),
            n=len(sample),
            message=f"The same on data that have no groups by construction ({null_draws} draws): groups in"
            " any data look so.",
        )
    in_half = min(n // 2, SAMPLE_ROWS)
    for (of_method, number), metrics in judgement.criteria.iterrows():
        subject = f"{of_method} {number}"
        chosen = " Chosen." if (of_method, number) == (method, k) else ""
        for metric in ("silhouette", "calinski_harabasz", "bic"):
            # The others grow with the number of rows: no interval of theirs says anything of other rows.
            has_interval = metric == "silhouette"
            diagnostics.add(
                f"{metric}_by_groups",
                metrics[metric],
                subject=subject,
                n=in_half,
                interval=(metrics["silhouette_low"], metrics["silhouette_high"])
                if has_interval
                else (np.nan, np.nan),
                message=f"Criterion by which the number of groups is chosen, on the half of the fit.{chosen}",
            )
