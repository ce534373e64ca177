"""How often intervals of contrasts hold the truth, where it was planted.

    python studies/arm_contrasts.py             # 200 sets a case, to docs/studies/arm_contrasts.md

With `make studies`. A small part of it runs in the tests.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from bank_marketing.methods import arm_contrasts
from bank_marketing.methods.design import design_matrix

REPOSITORY = Path(__file__).resolve().parents[1]
ROWS = 1_000
POPULATION = 1_000_000
ARMS = 3
PAIRS = ((0, 1), (0, 2), (1, 2))


@dataclass(frozen=True)
class Case:
    """A world in which the effect of each arm is known.

    Parameters
    ----------
    assignment : float
        How strongly the first two of four traits decide the arm, in log-odds by standard deviation.
    chance : callable
        Chance of conversion given traits of shape (rows, 4) and arm.
    """

    assignment: float
    chance: Callable[[np.ndarray, np.ndarray], np.ndarray]


def _logistic(log_odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-log_odds))


EFFECT = np.array([0.0, 0.3, 0.8])

CASES = {
    "arms at random": Case(0.0, lambda x, arm: _logistic(1 + EFFECT[arm] + 0.8 * x[:, 0])),
    "planted confounder": Case(0.8, lambda x, arm: _logistic(1 + EFFECT[arm] + 1.2 * x[:, 0])),
    "planted confounder, no effect": Case(0.8, lambda x, arm: _logistic(1 + 1.2 * x[:, 0])),
    "planted confounder, effect differs by trait": Case(
        0.8, lambda x, arm: _logistic(1 + EFFECT[arm] * (1 + 2 * x[:, 2]) + 1.2 * x[:, 0])
    ),
    "outcome by thresholds, which no logistic model fits": Case(
        0.8, lambda x, arm: np.where((x[:, 0] > -0.3) | (arm == 2), 0.9, 0.5)
    ),
}


def true_rates(case: str) -> np.ndarray:
    """Return the rate of conversion if everybody got each arm.

    Parameters
    ----------
    case : str
        One of `CASES`.

    Returns
    -------
    ndarray of shape (ARMS,)
        From a population of a million.
    """
    x = np.random.default_rng(0).normal(size=(POPULATION, 4))
    return np.array([CASES[case].chance(x, np.full(POPULATION, arm)).mean() for arm in range(ARMS)])


def try_case(case: str, *, sets: int, seed: int = 1) -> pd.DataFrame:
    """Estimate all pairs in some sets of one case.

    Parameters
    ----------
    case : str
        One of `CASES`.
    sets : int
        How many are drawn.
    seed : int
        Of the first; the next ones follow.

    Returns
    -------
    DataFrame
        One row a set and pair: truth, estimate, naive, is_covered, is_naive_covered, is_jointly_covered, and
        heterogeneity_p_value (one side, of that pair).
    """
    world, rates = CASES[case], true_rates(case)
    rows = []
    for number in range(seed, seed + sets):
        rng = np.random.default_rng(number)
        x = rng.normal(size=(ROWS, 4))
        utility = world.assignment * np.column_stack([np.zeros(ROWS), x[:, 1], x[:, 0]])
        arm = np.argmax(utility + rng.gumbel(size=(ROWS, ARMS)), axis=1)
        outcome = (rng.random(ROWS) < world.chance(x, arm)).astype(np.int64)
        frame = pd.DataFrame(x, columns=["a", "b", "c", "d"])
        design = design_matrix(frame, list(frame), [])
        scores = arm_contrasts.cross_fit_arms(design, arm, outcome, seed=number)
        for one, other in PAIRS:
            contrast = arm_contrasts.pair_contrast(ARMS, one, other)
            effect = arm_contrasts.mean_estimate(scores.score @ contrast, comparisons=len(PAIRS))
            slope = arm_contrasts.heterogeneity_slope(scores, contrast)
            sides = outcome[arm == one], outcome[arm == other]
            naive = sides[0].mean() - sides[1].mean()
            error = np.sqrt(sum(side.var() / len(side) for side in sides))
            truth = rates[one] - rates[other]
            rows.append(
                {
                    "set": number,
                    "truth": truth,
                    "estimate": effect.value,
                    "naive": naive,
                    "is_covered": effect.low <= truth <= effect.high,
                    "is_naive_covered": abs(naive - truth) <= 1.96 * error,
                    "is_jointly_covered": effect.joint_low <= truth <= effect.joint_high,
                    "heterogeneity_p_value": np.nan if slope is None else slope.p_value,
                }
            )
    return pd.DataFrame(rows)


def main() -> None:
    """Try all cases and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=200)
    sets = parser.parse_args().sets
    lines = []
    for case in CASES:
        tried = try_case(case, sets=sets)
        bias = 100 * (tried["estimate"] - tried["truth"]).groupby(tried.index % len(PAIRS)).mean().abs().max()
        naive = 100 * (tried["naive"] - tried["truth"]).groupby(tried.index % len(PAIRS)).mean().abs().max()
        joint = tried.groupby("set")["is_jointly_covered"].all().mean()
        found = (tried["heterogeneity_p_value"] < 0.05).mean()
        lines.append(
            f"| {case} | {tried['is_covered'].mean():.1%} | {joint:.1%} | {bias:.2f} |"
            f" {tried['is_naive_covered'].mean():.1%} | {naive:.2f} | {found:.1%} |"
        )
        print(lines[-1], flush=True)
    page = REPOSITORY / "docs" / "studies" / "arm_contrasts.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(
        f"""# How often intervals of contrasts hold the truth

Of {sets} sets of each case ({ROWS:,} rows, three arms, four traits of which two may decide the arm), made
and estimated by `studies/arm_contrasts.py` (`make studies`): how often the 95 % interval of a pair holds the
planted difference, and all three joint intervals theirs; the mean error of the worst pair, in points of the
conversion rate; the same for the plain difference of rates; and how often the test of heterogeneity has
p < .05.

In log-odds all but the last two cases have the same effect on everybody; as a difference of rates, which is
what is estimated, an effect is smaller where the rate is high, so only "no effect" has none of heterogeneity.

| case | interval holds | all joint ones hold | error | plain one holds | plain error | heterogeneity |
|---|---:|---:|---:|---:|---:|---:|
"""
        + "\n".join(lines)
        + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
