"""Claim: `dbt build` at real size and full depth takes 6 bare loads of the transactions, and 1.5 GB.

In processor time. Beside it stand the load as a seed as the measure, and the depth of sample data.
"""

from __future__ import annotations

import bench_data
from measuring import Node, gigabytes, held_against, run_dbt, table
from seed_load import Load, bare_load, seed_load

from bank_marketing.sampling.command import REAL_SCALE

TIMES = 6
GIGABYTES = 1.5
SLOWEST = 15
LARGEST = 5
# Features, fit, score and tables of B1, by what is in their names.
PREFERENCES = ("preference", "offer")
PREFERENCE_SECONDS, PREFERENCE_GIGABYTES = 40, 3
# What a build in which nothing changed may take of the first one.
UNCHANGED = 0.15
RUNS = (
    ("`dbt build -s transactions+`", ["--select", "transactions+"]),
    ("`dbt build`, fits at the depth of sample data", ["--vars", "depth: quick"]),
    # Last: what comes after reads what it leaves, and its nodes are listed.
    ("`dbt build`, fits at full depth", ["--vars", "depth: full"]),
)


def measure(bare: Load, seed: Load) -> str:
    """Build everything from nothing.

    Parameters
    ----------
    bare, seed : Load
        The bare load and the seed's to compare with.

    Returns
    -------
    str
        Markdown tables: the builds, what is claimed of them, and the slowest and largest nodes.
    """
    # One node at a time: of two beside each other neither has processor time of its own.
    _, alone = run_dbt("build", "--select", "transactions+", "--threads", "1", "--vars", "depth: quick")
    rows = []
    for name, arguments in RUNS:
        build, nodes = run_dbt("build", *arguments)
        rows.append(
            [
                name,
                f"{build.seconds:.0f}",
                f"{build.cpu_seconds:.0f}",
                f"{build.seconds / bare.seconds:.1f}",
                held_against(build.cpu_seconds / bare.cpu_seconds, TIMES),
                f"{build.cpu_seconds / seed.cpu_seconds:.1f}",
                held_against(build.peak_memory / 1e9, GIGABYTES, digits=2),
            ]
        )
    unchanged, _ = run_dbt("build", *arguments, afresh=False)
    part = held_against(unchanged.cpu_seconds / build.cpu_seconds, UNCHANGED, digits=2)
    heading = [
        "from nothing",
        "seconds",
        "processor seconds",
        "times the bare load",
        f"in processor time (at most {TIMES})",
        "times the load as a seed, in processor time",
        f"peak memory, GB (at most {GIGABYTES})",
    ]
    preferences = [node for node in alone if any(word in node.name for word in PREFERENCES)]
    spent = sum(node.cpu_seconds for node in preferences)
    peak = max(node.peak_memory for node in preferences)
    largest = [[node.name, f"{node.seconds:.1f}", gigabytes(node.peak_memory)] for node in _notable(nodes)]
    return "\n\n".join(
        [
            table(heading, rows),
            f"The claim is the last row's: at most {TIMES} bare loads. Full depth is what files of one's own"
            " get whenever their data change, for figures to be quoted; sample data get the other (`depth`,"
            " see dbt_project.yml).",
            f"At full depth a build in which nothing changed takes {part} of the processor time (at most"
            f" {UNCHANGED}).",
            f"B1, from the months to the lists, fit included: {spent:.0f} processor seconds (at most"
            f" {PREFERENCE_SECONDS}), {spent / bare.cpu_seconds:.2f} times the bare load, {gigabytes(peak)}"
            f" (at most {PREFERENCE_GIGABYTES} GB), of the process while these {len(preferences)} nodes ran,"
            " one by one.",
            f"The {SLOWEST} slowest nodes of that build, and the {LARGEST} with the most memory"
            " (two run at a time; memory is that of the whole process while the node ran):",
            table(["node", "seconds", "peak memory"], largest),
        ]
    )


def _notable(nodes: list[Node]) -> list[Node]:
    slowest = sorted(nodes, key=lambda node: -node.seconds)
    largest = sorted(nodes, key=lambda node: -node.peak_memory)[:LARGEST]
    return [node for place, node in enumerate(slowest) if place < SLOWEST or node in largest]


if __name__ == "__main__":
    bench_data.make(REAL_SCALE)
    print(measure(bare_load(), seed_load()))
