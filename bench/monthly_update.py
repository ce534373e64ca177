"""Claim: a build to which one more month of transactions comes as a part takes .12 of the whole build.

Both at full depth, as files of one's own get it; the new month refits what learns from transactions.
"""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import bench_data
from measuring import held_against, run_dbt, table

from bank_marketing.sampling.command import REAL_SCALE
from bank_marketing.seeds.parts import parts_folder

RATIO = 0.12
DEPTH = ("--vars", "depth: full")


def measure() -> str:
    """Build from all months but the last, then with it; the transactions are in parts from then on.

    Returns
    -------
    str
        A Markdown table.
    """
    last = split()
    away = last.rename(parts_folder(bench_data.TRANSACTIONS).parent / last.name)
    whole, _ = run_dbt("build", *DEPTH)
    away.rename(last)
    update, nodes = run_dbt("build", *DEPTH, afresh=False)
    rows = [
        [name, f"{build.seconds:.0f}", f"{build.cpu_seconds:.0f}"]
        for name, build in (("whole build, all months but the last", whole), ("one more month", update))
    ]
    ratios = (update.seconds / whole.seconds, update.cpu_seconds / whole.cpu_seconds)
    rows.append([f"ratio (at most {RATIO})", *(held_against(ratio, RATIO, digits=2) for ratio in ratios)])
    slowest = sorted(nodes, key=lambda node: -node.seconds)[:10]
    return "\n\n".join(
        [
            table(["transactions in parts of a month", "seconds", "processor seconds"], rows),
            table(
                ["node of the update", "seconds"], [[node.name, f"{node.seconds:.1f}"] for node in slowest]
            ),
        ]
    )


def split() -> Path:
    """Write the transactions as parts, one a month, in place of the file; return the last part."""
    file = bench_data.TRANSACTIONS
    folder = parts_folder(file)
    folder.mkdir(parents=True)
    parts: dict[str, TextIO] = {}
    with file.open(encoding="utf-8") as lines:
        header = next(lines)
        place = header.strip().split(",").index("date")
        for line in lines:
            # Identifiers alone stand before the day.
            month = line.split(",", place + 1)[place][:7]
            if month not in parts:
                parts[month] = (folder / f"{month}.csv").open("w", encoding="utf-8")
                parts[month].write(header)
            parts[month].write(line)
    for part in parts.values():
        part.close()
    file.write_text(header, encoding="utf-8")
    return max(folder.iterdir())


if __name__ == "__main__":
    bench_data.make(REAL_SCALE)
    print(measure())
