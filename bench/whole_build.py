"""Claim: `dbt build` of all houses at real size takes at most 6 bare loads of the transactions, and 6 GB."""

from __future__ import annotations

import bench_data
from measuring import gigabytes, run_dbt, table
from seed_load import Load, bare_load

SLOWEST = 15


def measure(bare: Load) -> str:
    """Build everything from nothing.

    Parameters
    ----------
    bare : Load
        The bare load to compare with.

    Returns
    -------
    str
        Markdown tables: the build, and its slowest nodes.
    """
    parts = []
    # The whole build comes last, since scoring reads what it publishes.
    for name, arguments in (
        ("`dbt build -s transactions+`", ["--select", "transactions+"]),
        ("`dbt build`, fits at the sample's depth", ["--vars", "depth: quick"]),
        ("`dbt build`", []),
    ):
        build, nodes = run_dbt("build", *arguments)
        parts.append((name, build, nodes))
    rows = [
        [
            name,
            f"{build.seconds:.0f}",
            f"{build.cpu_seconds:.0f}",
            f"**{build.seconds / bare.seconds:.1f}**",
            f"**{build.cpu_seconds / bare.cpu_seconds:.1f}**",
            gigabytes(build.peak_memory),
        ]
        for name, build, _ in parts
    ]
    heading = [
        "from nothing",
        "seconds",
        "processor seconds",
        "times the bare load (at most 6)",
        "in processor time",
        "peak (at most 6 GB)",
    ]
    slowest = sorted(parts[-1][2], key=lambda node: -node.seconds)[:SLOWEST]
    largest = [[node.name, f"{node.seconds:.1f}", gigabytes(node.peak_memory)] for node in slowest]
    return "\n\n".join(
        [
            table(heading, rows),
            f"The {SLOWEST} slowest nodes of the whole build (two run at a time; memory is that of the whole"
            " process while the node ran):",
            table(["node", "seconds", "peak memory"], largest),
        ]
    )


if __name__ == "__main__":
    bench_data.make(bench_data.REAL_SCALE)
    print(measure(bare_load()))
