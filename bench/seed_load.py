"""Claim: the transactions load as a seed within 1.15 times the bare typed `create table as` of DuckDB.

The seed does more: checks of every value, rejected rows, line numbers, repeated keys, the file's fingerprint.
"""

from __future__ import annotations

import json
import statistics
import sys
from dataclasses import dataclass

import bench_data
import duckdb
import yaml
from measuring import REPOSITORY, SEED_SET, gigabytes, held_against, run_dbt, run_measured, table

from bank_marketing.sampling.command import REAL_SCALE

SEED = "raw_card_transactions"
ROUNDS = 3
RATIO = 1.15

# Run by an interpreter of its own, so that its memory is what DuckDB needs.
BARE_LOAD = """
import json, sys, time
import duckdb
file, csv, columns = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
connection = duckdb.connect(file)
connection.execute("set enable_progress_bar = false")
started, cpu = time.perf_counter(), time.process_time()
connection.execute(
    "create table bare as select * from read_csv($csv, columns = " + str(columns) + ", header = true,"
    " auto_detect = false, delim = ',', quote = '\\"', escape = '\\"', nullstr = '')",
    {"csv": csv},
)
with open(file + ".json", "w") as result:
    json.dump([time.perf_counter() - started, time.process_time() - cpu], result)
"""


@dataclass(frozen=True)
class Load:
    """What a load took.

    Parameters
    ----------
    seconds, cpu_seconds : float
        Elapsed and processor time.
    peak_memory : int
        Largest resident memory of the process, bytes.
    """

    seconds: float
    cpu_seconds: float
    peak_memory: int


def bare_load() -> Load:
    """Load the transactions with the declared names and types, into a fresh file beside the working file.

    Money stays text: DuckDB's reader knows no dollar sign.
    """
    declared = yaml.safe_load((REPOSITORY / f"seeds/formats/transactions/{SEED}.yml").read_text())
    columns = {}
    for column in declared["seeds"][0]["columns"]:
        is_money = column["config"]["meta"].get("format") == "money"
        columns[column["name"]] = "varchar" if is_money else column["data_type"]
    file = REPOSITORY / "warehouse" / "bench_bare.duckdb"
    file.unlink(missing_ok=True)
    took = run_measured(
        [sys.executable, "-c", BARE_LOAD, str(file), str(bench_data.TRANSACTIONS), json.dumps(columns)]
    )
    result = file.with_name(file.name + ".json")
    seconds, cpu_seconds = json.loads(result.read_text())
    result.unlink()
    file.unlink()
    return Load(seconds, cpu_seconds, took.peak_memory)


def seed_load() -> Load:
    """Load the transactions as dbt does; dbt's own start isn't counted."""
    _, nodes = run_dbt("seed", "--select", SEED)
    seed = next(node for node in nodes if node.name == f"seed {SEED}")
    _check_lines()
    return Load(seed.seconds, seed.cpu_seconds, seed.peak_memory)


def _check_lines() -> None:
    # Rows are inserted by several threads; the sample's numbers rise, so the lines must rise with them.
    with duckdb.connect(REPOSITORY / "warehouse" / f"{SEED_SET}_build.duckdb", read_only=True) as connection:
        wrong = connection.execute(
            "select count(*) from (select id, row_number() over (order by id) + 1 as line, source_line"
            f" from raw.{SEED}) where line <> source_line"
        ).fetchall()[0][0]
    if wrong:
        raise AssertionError(f"{wrong} rows of {SEED} have a wrong source_line.")


def median(loads: list[Load]) -> Load:
    """Return the medians of several loads."""
    return Load(
        statistics.median(load.seconds for load in loads),
        statistics.median(load.cpu_seconds for load in loads),
        max(load.peak_memory for load in loads),
    )


def measure(rounds: int = ROUNDS) -> tuple[str, Load, Load]:
    """Measure both loads in turn.

    Parameters
    ----------
    rounds : int
        How often each runs; medians count.

    Returns
    -------
    tuple of (str, Load, Load)
        A Markdown table, and the bare load and the seed's for others to compare with.
    """
    pairs = [(bare_load(), seed_load()) for _ in range(rounds)]
    bare, seed = median([pair[0] for pair in pairs]), median([pair[1] for pair in pairs])
    rows = [
        [
            name,
            _with_range([load.seconds for load in loads]),
            _with_range([load.cpu_seconds for load in loads]),
            gigabytes(max(load.peak_memory for load in loads)),
        ]
        for name, loads in zip(("bare `create table as`", "seed"), zip(*pairs, strict=True), strict=True)
    ]
    ratios = [
        held_against(seed.seconds / bare.seconds, RATIO, digits=2),
        held_against(seed.cpu_seconds / bare.cpu_seconds, RATIO, digits=2),
    ]
    rows.append([f"ratio (at most {RATIO})", *ratios, ""])
    heading = [
        f"load of the transactions, median of {rounds} (least to most)",
        "seconds",
        "processor seconds",
        "peak memory",
    ]
    return table(heading, rows), bare, seed


def _with_range(values: list[float]) -> str:
    return f"{statistics.median(values):.1f} ({min(values):.1f} to {max(values):.1f})"


if __name__ == "__main__":
    bench_data.make(REAL_SCALE)
    print(measure()[0])
