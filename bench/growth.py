"""Claim: a whole build at full depth takes no more than in proportion to the transactions.

Builds at some sizes, each from nothing; the exponent is the slope of processor time by size, both as
logarithms, between neighbouring sizes. What doesn't grow with the transactions, such as dbt's start and the
fits of the other populations, makes it smaller.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import altair as alt
import bench_data
import vl_convert
from measuring import REPOSITORY, SEED_SET, Measured, gigabytes, held_against, run_dbt, table

from bank_marketing.sampling.command import REAL_SCALE

EXPONENT = 1.0
TIMES = (0.1, 1.0, 3.0)
PICTURE = REPOSITORY / "bench" / "results" / "growth.svg"
# Nodes whose work grows with the transactions.
NODES = ("raw_card_transactions", "card_transactions", "customer_monthly_spending")


@dataclass(frozen=True)
class Built:
    """A build from nothing.

    Parameters
    ----------
    times : float
        Size, as a multiple of the real one.
    size : int
        Bytes of the transactions' file.
    build : Measured
        The whole build.
    of_size : float
        Processor time of `NODES`, seconds.
    """

    times: float
    size: int
    build: Measured
    of_size: float


def measure(scale: float = REAL_SCALE, times: Sequence[float] = TIMES, picture: Path | None = None) -> str:
    """Build at each size.

    Parameters
    ----------
    scale : float
        That of the real size.
    times : sequence of float
        Of it, increasing; two or more.
    picture : Path, optional
        Where to draw time and memory by size, as SVG.

    Returns
    -------
    str
        A Markdown table, and the picture if it is asked for.
    """
    builds = []
    for each in times:
        bench_data.make(scale * each)
        size = bench_data.TRANSACTIONS.stat().st_size
        build, nodes = run_dbt("build", "--vars", "depth: full")
        of_size = sum(node.cpu_seconds for node in nodes if node.name.split()[-1] in NODES)
        builds.append(Built(each, size, build, of_size))
    rows = [
        [
            f"{each.times:g}",
            gigabytes(each.size),
            f"{each.build.seconds:.0f}",
            f"{each.build.cpu_seconds:.0f}",
            "" if before is None else held_against(slope(before, each), EXPONENT),
            f"{each.of_size:.0f}",
            gigabytes(each.build.peak_memory),
        ]
        for before, each in zip([None, *builds], builds, strict=False)
    ]
    heading = [
        "times the real size",
        "transactions",
        "seconds",
        "processor seconds",
        f"exponent since the size before (at most {EXPONENT:g})",
        "of which load, fact and months",
        "peak memory",
    ]
    if picture is None:
        return table(heading, rows)
    picture.write_text(draw(builds), encoding="utf-8")
    return f"{table(heading, rows)}\n\n![Time and memory of a build by size]({picture.name})"


def draw(builds: Sequence[Built]) -> str:
    """Draw processor time and memory by size, as SVG."""
    points = [
        {"gigabytes": each.size / 1e9, "of": name, "value": value, "panel": panel}
        for each in builds
        for panel, name, value in (
            ("processor seconds", "whole build", each.build.cpu_seconds),
            ("processor seconds", "load, fact and months", each.of_size),
            ("peak memory, GB", "whole build", each.build.peak_memory / 1e9),
        )
    ]
    lines = (
        alt.Chart(alt.Data(values=points))
        .mark_line(point=True)
        .encode(
            x=alt.X("gigabytes:Q", title="transactions, GB of CSV"),
            y=alt.Y("value:Q", title=None),
            color=alt.Color("of:N", title=None, legend=alt.Legend(orient="bottom")),
            column=alt.Column("panel:N", title=None, sort="descending"),
        )
        .properties(width=300, height=220)
        .resolve_scale(y="independent")
        .configure(background="white")
    )
    return str(vl_convert.vegalite_to_svg(lines.to_dict()))


def slope(one: Built, other: Built) -> float:
    """Return by which power of the size processor time grows from one build to another."""
    return math.log(other.build.cpu_seconds / one.build.cpu_seconds) / math.log(other.size / one.size)


if __name__ == "__main__":
    try:
        print(measure())
    finally:
        bench_data.remove()
        print(f"Removed what was made of seed set {SEED_SET}.")
