"""How often the verdict on clusters is right: data without clusters, and with as many as were planted.

    python studies/segment_verdicts.py             # 100 sets a case, to docs/studies/segment_verdicts.md

With `make studies`. A small part of it runs in the tests.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from bank_marketing.methods.cluster_verdict import judge

REPOSITORY = Path(__file__).resolve().parents[1]
ROWS = 1_000
Points = tuple[np.ndarray, np.ndarray]


def _around(centres: list[list[float]], counts: list[int], rng: np.random.Generator) -> Points:
    label = np.repeat(np.arange(len(centres)), counts)
    points = np.array(centres, dtype=float)[label]
    return points + rng.normal(size=points.shape), label


def _cloud(points: np.ndarray) -> Points:
    return points, np.zeros(len(points), dtype=int)


def _correlated(rng: np.random.Generator) -> Points:
    covariance = np.full((4, 4), 0.8) + 0.2 * np.eye(4)
    return _cloud(rng.multivariate_normal(np.zeros(4), covariance, ROWS))


def _elongated(rng: np.random.Generator) -> Points:
    label = np.repeat([0, 1, 2], [400, 300, 300])
    centres = np.array([[0, 0], [0, 7], [0, 14]])[label]
    return centres + rng.normal(size=(ROWS, 2)) @ np.array([[3, 0], [0, 1]]), label


# Each draws points of shape (n, n_features) and the planted cluster of each.
CASES: dict[str, Callable[[np.random.Generator], Points]] = {
    "one Gaussian": lambda rng: _cloud(rng.normal(size=(ROWS, 4))),
    "one Gaussian, 200 rows": lambda rng: _cloud(rng.normal(size=(200, 4))),
    "one Gaussian, 18 features, 300 rows": lambda rng: _cloud(rng.normal(size=(300, 18))),
    "correlated Gaussian (0.8)": _correlated,
    "lognormal cloud": lambda rng: _cloud(rng.lognormal(size=(ROWS, 3))),
    "uniform cube": lambda rng: _cloud(rng.random((ROWS, 3))),
    "whole numbers 0 to 9": lambda rng: _cloud(rng.integers(0, 10, (ROWS, 3)).astype(float)),
    "counts with many zeros": lambda rng: _cloud(np.log1p(rng.negative_binomial(0.7, 0.15, (ROWS, 3)))),
    "four blobs on a 2 x 2 grid": lambda rng: _around([[0, 0], [8, 0], [0, 8], [8, 8]], [250] * 4, rng),
    "four blobs on a grid, 8 to 40 %": lambda rng: _around(
        [[0, 0], [8, 0], [0, 8], [8, 8]], [80, 220, 300, 400], rng
    ),
    "four blobs in 5 dimensions": lambda rng: _around((6 * np.eye(5)[:4]).tolist(), [250] * 4, rng),
    "four blobs, 5 standard deviations apart": lambda rng: _around(
        [[0, 0], [5, 0], [0, 5], [5, 5]], [250] * 4, rng
    ),
    "two blobs, 300 rows": lambda rng: _around([[0, 0, 0], [6, 0, 0]], [200, 100], rng),
    "three long clusters side by side": _elongated,
}


def try_case(case: str, *, sets: int, seed: int = 1, restarts: int = 5, draws: int = 8) -> pd.DataFrame:
    """Judge some sets of one case.

    Parameters
    ----------
    case : str
        One of `CASES`.
    sets : int
        How many are drawn.
    seed : int
        Of the first; the next ones follow.
    restarts, draws : int
        As at depth quick.

    Returns
    -------
    DataFrame
        One row a set: is_clustered, groups (found), planted, and agreement, the two's adjusted Rand index.
    """
    rows = []
    for number in range(seed, seed + sets):
        points, label = CASES[case](np.random.default_rng(number))
        frame = pd.DataFrame(points, columns=[f"x{column}" for column in range(points.shape[1])])
        judgement = judge(frame, seed=number, restarts=restarts, draws=draws)
        found, _ = judgement.groups.assign(frame)
        rows.append(
            {
                "is_clustered": judgement.is_clustered,
                "groups": len(judgement.groups.centres),
                "planted": len(np.unique(label)),
                "agreement": adjusted_rand_score(label, found),
            }
        )
    return pd.DataFrame(rows)


def main() -> None:
    """Judge all cases and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=100)
    sets = parser.parse_args().sets
    lines = []
    for case in CASES:
        tried = try_case(case, sets=sets)
        planted, clustered = tried["planted"].iloc[0], tried["is_clustered"]
        right = clustered & (tried["groups"] == planted) if planted > 1 else ~clustered
        agreement = f"{tried['agreement'].median():.3f}" if planted > 1 else ""
        lines.append(f"| {case} | {planted} | {clustered.sum()} | {right.sum()} | {agreement} |")
        print(lines[-1], flush=True)
    page = REPOSITORY / "docs" / "studies" / "segment_verdicts.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(
        f"""# How often the verdict on clusters is right

Of {sets} sets of each case (1,000 rows where nothing else is said), made and judged by
`studies/segment_verdicts.py` (`make studies`): how many were called natural clusters, how many rightly (with
as many clusters as planted), and the median adjusted Rand index between found and planted clusters.

No alarm where nothing was planted is what the test is made for. It pays with clusters that it doesn't call
so: small ones beside large ones, whose gap the dip test sees badly in few customers, and long ones that a
mixture started from k-means doesn't find.

| case | planted | called natural clusters | rightly judged | agreement |
|---|---:|---:|---:|---:|
"""
        + "\n".join(lines)
        + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
