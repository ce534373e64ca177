"""Claim: a whole build at full depth takes no more than in proportion to the transactions.

Builds at some sizes, each from nothing; the exponent is the slope of processor time by size, both as
logarithms, between neighbouring sizes. What doesn't grow with the transactions, such as dbt's start and the
fits of the other populations, makes it smaller. Writes bench/results/growth.md and its picture.

    .venv/bin/python bench/growth.py [times the real size; by default 0.1 1 3]
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import bench_data
import vl_convert
from measuring import REPOSITORY, SEED_SET, Measured, gigabytes, held_against, machine, run_dbt, table

from bank_marketing.sampling.command import REAL_SCALE

EXPONENT = 1.0
TIMES = (0.1, 1.0, 3.0)
RESULTS = REPOSITORY / "bench" / "results" / "growth.md"


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
        Processor time of `bench_data.NODES`, seconds.
    """

    times: float
    size: int
    build: Measured
    of_size: float


def write(times: Sequence[float] = TIMES, scale: float = REAL_SCALE) -> str:
    """Build at each size, and write the page with its picture, if the scale is that of the real size.

    Parameters
    ----------
    times : sequence of float
        Multiples of the real size, increasing; two or more.
    scale : float
        That of the real size.

    Returns
    -------
    str
        A Markdown table.
    """
    begun = machine()
    builds = []
    for each in times:
        bench_data.make(scale * each)
        size = bench_data.TRANSACTIONS.stat().st_size
        build, nodes = run_dbt("build", "--vars", "depth: full")
        of_size = sum(node.cpu_seconds for node in nodes if node.name.split()[-1] in bench_data.NODES)
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
    found = table(heading, rows)
    if scale == REAL_SCALE:
        picture = RESULTS.with_suffix(".svg")
        picture.write_text(draw(builds), encoding="utf-8")
        shown = f"![Time and memory of a build by size]({picture.name})"
        page = ["# Time and memory by size", "Made by `bench/growth.py`.", begun, found, shown]
        RESULTS.write_text("\n\n".join(page) + "\n", encoding="utf-8")
    return found


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
        print(write([float(each) for each in sys.argv[1:]] or TIMES))
    finally:
        bench_data.remove()
        print(f"Removed what was made of seed set {SEED_SET}.")
