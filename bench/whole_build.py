"""Claim: `dbt build` at real size takes at most 6 loads of the transactions as a seed, and 6 GB.

Fits run at the depth of sample data, since the data are. Beside it stand the bare load as the measure, which
is stricter, and full depth, which files of one's own get.
"""

from __future__ import annotations

import bench_data
from measuring import Node, gigabytes, held_against, run_dbt, table
from seed_load import Load, bare_load, seed_load

from bank_marketing.sampling.command import REAL_SCALE

TIMES = 6
GIGABYTES = 6
SLOWEST = 15
LARGEST = 5
# Features, fit, score and tables of B1, by what is in their names.
PREFERENCES = ("preference", "offer")
PREFERENCE_SECONDS, PREFERENCE_GIGABYTES = 40, 3
JUDGED = "`dbt build`, fits at the depth of sample data"
RUNS = (
    ("`dbt build -s transactions+`", ["--select", "transactions+"]),
    ("`dbt build`, fits at full depth", ["--vars", "depth: full"]),
    # Last: scoring reads what it publishes, and its nodes are listed.
    (JUDGED, ["--vars", "depth: quick"]),
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
    rows = []
    for name, arguments in RUNS:
        build, nodes = run_dbt("build", *arguments)
        rows.append(
            [
                name,
                f"{build.seconds:.0f}",
                f"{build.cpu_seconds:.0f}",
                held_against(build.seconds / seed.seconds, TIMES),
                held_against(build.cpu_seconds / seed.cpu_seconds, TIMES),
                held_against(build.seconds / bare.seconds, TIMES),
                held_against(build.cpu_seconds / bare.cpu_seconds, TIMES),
                gigabytes(build.peak_memory),
            ]
        )
    heading = [
        "from nothing",
        "seconds",
        "processor seconds",
        f"times the load as a seed (at most {TIMES})",
        "in processor time",
        "times the bare load",
        "in processor time",
        f"peak (at most {GIGABYTES} GB)",
    ]
    # One node at a time: of two beside each other neither has processor time of its own.
    _, alone = run_dbt("build", "--select", "transactions+", "--threads", "1", "--vars", "depth: quick")
    preferences = [node for node in alone if any(word in node.name for word in PREFERENCES)]
    spent = sum(node.cpu_seconds for node in preferences)
    peak = max(node.peak_memory for node in preferences)
    largest = [[node.name, f"{node.seconds:.1f}", gigabytes(node.peak_memory)] for node in _notable(nodes)]
    return "\n\n".join(
        [
            table(heading, rows),
            f"The claim is the last row's, and its measure is the load as a seed: at most {TIMES} of them."
            " The bare load is the stricter measure, and isn't claimed. Full depth, for figures to be quoted,"
            " is what files of one's own get whenever their data change; sample data get the depth of the"
            " last row (`depth`, see dbt_project.yml).",
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
