"""`make bench`: measure every claim at real size and write the table that the repository shows."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import bench_data
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
from measuring import REPOSITORY, SEED_SET, machine

from bank_marketing.sampling.command import REAL_SCALE

TITLE = "# Speed and memory at the size of the real files"
RESULTS = REPOSITORY / "bench" / "results" / "real_size.md"


def measures(scale: float, rounds: int) -> dict[str, Callable[[], str]]:
    """Return what measures each claim, in the order in which they can be measured.

    `whole_build` compares with what `seed_load` measured, and others read what it published.
    """
    loads: list[seed_load.Load] = []
    published = REPOSITORY / "warehouse" / f"{SEED_SET}.duckdb"

    def measure_loads() -> str:
        text, *loads[:] = seed_load.measure(rounds)
        return text

    return {
        "import_copy": import_copy.measure,
        "seed_load": measure_loads,
        "whole_build": lambda: whole_build.measure(*loads),
        "sql_part": sql_part.measure,
        "scoring": lambda: scoring.measure(published),
        "score_command": lambda: scoring.measure_command(published),
        "pages": lambda: pages.measure(published),
        "peers": peers.measure,
        # It takes the file of transactions apart; those after it need none, or make others of their own.
        "monthly_update": monthly_update.measure,
        "kept_results": kept_results.measure,
        "planning": planning.measure,
        "policy_log": policy_log.measure,
        "growth": lambda: growth.write(growth.TIMES, scale),
    }


def main() -> None:
    """Make the data, measure, write the results after each claim, and remove what was made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=REAL_SCALE, help=f"{REAL_SCALE} is the real size")
    parser.add_argument("--rounds", type=int, default=seed_load.ROUNDS, help="how often each load runs")
    parser.add_argument("--only", nargs="+", choices=list(measures(REAL_SCALE, 1)), help="measure these")
    parser.add_argument("--keep", action="store_true", help="leave data and working files")
    args = parser.parse_args()
    of_name = measures(args.scale, args.rounds)
    begun = [machine(), bench_data.make(args.scale)]
    measured: dict[str, str] = {}
    try:
        for name in of_name:
            if args.only and name not in args.only:
                continue
            measured[name] = of_name[name]()
            print(measured[name], flush=True)
            if args.scale == REAL_SCALE:
                left = [other for other in of_name if other not in measured]
                missing = f" Not measured in this run: {', '.join(left)}." if left else ""
                parts = [TITLE, f"Made by `make bench`.{missing}", *begun, *measured.values()]
                RESULTS.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    finally:
        if not args.keep:
            bench_data.remove()


if __name__ == "__main__":
    main()
