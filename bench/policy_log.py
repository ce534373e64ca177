"""Claim: a policy is judged on ten million logged rows in the memory of one part of them.

Twenty arms; a part is drawn, added to the sums and forgotten. Time is told beside that of drawing alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
from measuring import held_against, run_measured, table

from bank_marketing.methods.policy_sums import DOUBLY_ROBUST, PolicySums
from bank_marketing.methods.policy_value import Log

ROWS = (1_000_000, 10_000_000)
PART, ARMS = 100_000, 20
MOST_MEMORY = 3.0  # GB


def measure() -> str:
    """Return the table by number of rows; each in a process of its own."""
    rows = []
    for number in ROWS:
        drawn, judged = (
            run_measured([sys.executable, __file__, str(number), what]) for what in ("draw", "judge")
        )
        rows.append(
            [
                f"{number:,}",
                held_against(judged.peak_memory / 1e9, MOST_MEMORY, 2),
                f"{judged.cpu_seconds / drawn.cpu_seconds:.1f}",
            ]
        )
    heading = ["logged rows with 20 arms", "peak memory, GB", "processor time by that of drawing alone"]
    return "## A policy judged on a log\n\n" + table(heading, rows)


def draw(rows: int) -> Iterator[tuple[Log, np.ndarray, float]]:
    """Draw a log in parts, each with the best arm of every row and what it earns."""
    random = np.random.default_rng(1)
    for _ in range(rows // PART):
        expected = random.random((PART, ARMS))
        action = random.integers(0, ARMS, PART)
        reward = (random.random(PART) < expected[np.arange(PART), action]).astype(float)
        log = Log(action, np.full(PART, 1 / ARMS), reward, 0.8 * expected)
        yield log, expected.argmax(axis=1), float(expected.max(axis=1).sum())


def main(rows: int, what: str) -> None:
    """Draw a log, and judge on it the policy that takes the best arm."""
    sums, truth = PolicySums(rows), 0.0
    for log, best, earned in draw(rows):
        truth += earned
        if what == "judge":
            sums.add(log, best)
    if what == "judge":
        value = sums.value(DOUBLY_ROBUST)
        if abs(value.value - truth / rows) > 5 * value.error:
            raise SystemExit(f"Judged {value.value}, true is {truth / rows}.")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
