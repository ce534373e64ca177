"""`make bench`: measure every claim at real size and write the table that the repository shows."""

from __future__ import annotations

import argparse
import os
import platform

import bench_data
import duckdb
import growth
import import_copy
import kept_results
import monthly_update
import pages
import peers
import planning
import policy_log
import scoring
import seed_load
import sql_part
import whole_build
from measuring import REPOSITORY, SEED_SET

from bank_marketing.sampling.command import REAL_SCALE

TITLE = "# Speed and memory at the size of the real files"
RESULTS = REPOSITORY / "bench" / "results" / "real_size.md"


def machine() -> str:
    """Return cores and memory of this machine, and how busy it is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    load = os.getloadavg()[0]
    return (
        f"Machine: {os.cpu_count()} cores, {memory / 1e9:.0f} GB of memory."
        f" Python {platform.python_version()}, DuckDB {duckdb.__version__}."
        f" Load average {load:.1f} before the start; what others do makes elapsed seconds longer."
    )


def main() -> None:
    """Make the data, measure, write the results, and remove what was made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=REAL_SCALE, help=f"{REAL_SCALE} is the real size")
    parser.add_argument("--rounds", type=int, default=seed_load.ROUNDS, help="how often each load runs")
    parser.add_argument("--keep", action="store_true", help="leave data and working files")
    args = parser.parse_args()
    try:
        parts = [TITLE, "Made by `make bench`.", machine()]
        parts.append(bench_data.make(args.scale))
        parts.append(import_copy.measure())
        print(parts[-1], flush=True)
        loads, bare, seed = seed_load.measure(args.rounds)
        parts.append(loads)
        print(loads, flush=True)
        builds = whole_build.measure(bare, seed)
        parts.append(builds)
        print(builds, flush=True)
        published = REPOSITORY / "warehouse" / f"{SEED_SET}.duckdb"
        for measure_alone in (
            sql_part.measure,
            peers.measure,
            kept_results.measure,
            planning.measure,
            policy_log.measure,
        ):
            parts.append(measure_alone())
            print(parts[-1], flush=True)
        for measure in (scoring.measure, scoring.measure_command, pages.measure):
            parts.append(measure(published))
            print(parts[-1], flush=True)
        # It takes the file of transactions apart, and growth makes others.
        parts.append(monthly_update.measure())
        print(parts[-1], flush=True)
        is_real = args.scale == REAL_SCALE
        parts.append(growth.measure(args.scale, picture=growth.PICTURE if is_real else None))
        print(parts[-1], flush=True)
        if is_real:
            RESULTS.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
            print(f"Written: {RESULTS.relative_to(REPOSITORY)}")
        else:
            print(f"Not written: that was scale {args.scale:g}, {RESULTS.name} is about the real size.")
    finally:
        if not args.keep:
            bench_data.remove()


if __name__ == "__main__":
    main()
