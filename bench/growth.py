"""Claim: a whole build at full depth takes no more than in proportion to the transactions.

Builds at some sizes, each from nothing; the exponent is the slope of processor time by size, both as
logarithms, between neighbouring sizes. What doesn't grow with the transactions, such as dbt's start and the
fits of the other populations, makes it smaller.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import bench_data
from measuring import SEED_SET, gigabytes, held_against, run_dbt, table

from bank_marketing.sampling.command import REAL_SCALE

EXPONENT = 1.0
TIMES = (0.1, 1.0, 3.0)


def measure(scale: float = REAL_SCALE, times: Sequence[float] = TIMES) -> str:
    """Build at each size.

    Parameters
    ----------
    scale : float
        That of the real size.
    times : sequence of float
        Of it, increasing; two or more.

    Returns
    -------
    str
        A Markdown table.
    """
    rows: list[list[str]] = []
    earlier: tuple[int, float] | None = None
    for each in times:
        bench_data.make(scale * each)
        size = bench_data.TRANSACTIONS.stat().st_size
        build, nodes = run_dbt("build", "--vars", "depth: full")
        exponent = (
            "" if earlier is None else held_against(slope(earlier, (size, build.cpu_seconds)), EXPONENT)
        )
        names = ("raw_card_transactions", "card_transactions", "customer_monthly_spending")
        of_size = sum(node.cpu_seconds for node in nodes if node.name.split()[-1] in names)
        rows.append(
            [
                f"{each:g}",
                gigabytes(size),
                f"{build.seconds:.0f}",
                f"{build.cpu_seconds:.0f}",
                exponent,
                f"{of_size:.0f}",
                gigabytes(build.peak_memory),
            ]
        )
        earlier = size, build.cpu_seconds
    return table(
        [
            "times the real size",
            "transactions",
            "seconds",
            "processor seconds",
            f"exponent since the size before (at most {EXPONENT:g})",
            "of which load, fact and months",
            "peak memory",
        ],
        rows,
    )


def slope(one: tuple[int, float], other: tuple[int, float]) -> float:
    """Return by which power of the size time grows, from two pairs of size and time."""
    return math.log(other[1] / one[1]) / math.log(other[0] / one[0])


if __name__ == "__main__":
    try:
        print(measure())
    finally:
        bench_data.remove()
        print(f"Removed what was made of seed set {SEED_SET}.")
