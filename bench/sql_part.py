"""Claim: staging, marts and features of the transactions take 1.15 times what one script of DuckDB takes.

The script has the same statements, one after another on a bare connection: no contracts, no constraints, no
tests, no hooks, nothing by month. Models that need Python, a log or a snapshot are in neither.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from measuring import REPOSITORY, SEED_SET, held_against, run_dbt, run_measured, table

RATIO = 1.15
GROUP = "transactions"
WORKING_FILE = REPOSITORY / "warehouse" / f"{SEED_SET}_build.duckdb"

# Run by an interpreter of its own; the file has the working file's name, which the statements name.
SCRIPT = """
import json, sys, time
import duckdb
file, statements = sys.argv[1], json.load(open(sys.argv[2]))
connection = duckdb.connect(file)
connection.execute("set enable_progress_bar = false")
started, cpu = time.perf_counter(), time.process_time()
for statement in statements:
    connection.execute(statement)
print(json.dumps([time.perf_counter() - started, time.process_time() - cpu]), file=open(sys.argv[3], "w"))
"""


def measure() -> str:
    """Make the tables by dbt and by the script, from a working file that holds the seeds.

    Returns
    -------
    str
        A Markdown table.
    """
    manifest = json.loads((REPOSITORY / "target" / SEED_SET / "manifest.json").read_text())
    models = plain_models(manifest["nodes"])
    _, made = run_dbt(
        "run",
        "--full-refresh",
        "--threads",
        "1",
        "--select",
        *[each["name"] for each in models],
        afresh=False,
    )
    nodes = [node for node in made if node.name.startswith("model ")]
    if len(nodes) != len(models):
        raise AssertionError(f"dbt made {len(nodes)} models, the script has {len(models)}.")
    manifest = json.loads((REPOSITORY / "target" / SEED_SET / "manifest.json").read_text())
    seconds, cpu_seconds = _script([manifest["nodes"][each["unique_id"]] for each in models])
    by_dbt = sum(node.seconds for node in nodes), sum(node.cpu_seconds for node in nodes)
    rows = [
        ["by dbt, node by node", f"{by_dbt[0]:.1f}", f"{by_dbt[1]:.1f}"],
        ["the same statements as one script", f"{seconds:.1f}", f"{cpu_seconds:.1f}"],
        [
            f"ratio (at most {RATIO})",
            held_against(by_dbt[0] / seconds, RATIO, digits=2),
            held_against(by_dbt[1] / cpu_seconds, RATIO, digits=2),
        ],
    ]
    return table([f"{len(models)} models of the transactions", "seconds", "processor seconds"], rows)


def plain_models(nodes: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the models of the transactions that rest on seeds and SQL alone, each after what it reads."""
    known: dict[str, bool] = {}
    ordered = []

    def is_plain(name: str) -> bool:
        if name not in known:
            node = nodes.get(name, {})
            is_sql = node.get("resource_type") == "model" and node.get("language") == "sql"
            known[name] = node.get("resource_type") == "seed" or (
                is_sql and all(is_plain(read) for read in node["depends_on"]["nodes"])
            )
            if known[name] and is_sql and node["config"]["group"] == GROUP:
                ordered.append(node)
        return known[name]

    for name in nodes:
        is_plain(name)
    return ordered


def _script(models: list[Mapping[str, Any]]) -> tuple[float, float]:
    """Run the statements on a copy of the working file; return elapsed and processor time."""
    folder = WORKING_FILE.with_name(f"{SEED_SET}_script")
    folder.mkdir()
    try:
        copy = Path(shutil.copy(WORKING_FILE, folder))
        statements, result = folder / "statements.json", folder / "result.json"
        statements.write_text(json.dumps([_statement(model) for model in models]))
        run_measured([sys.executable, "-c", SCRIPT, str(copy), str(statements), str(result)])
        seconds, cpu_seconds = json.loads(result.read_text())
        return seconds, cpu_seconds
    finally:
        shutil.rmtree(folder)


def _statement(model: Mapping[str, Any]) -> str:
    kind = model["config"]["materialized"]
    return f"create or replace {kind} {model['relation_name']} as {model['compiled_code']}"


if __name__ == "__main__":
    print(measure())
