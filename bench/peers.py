"""What the load and the months of customers cost by scripts that a user would have written instead.

Each reads the transactions with types, writes them and their months by customer as Parquet, and must come to
the same sums. They check nothing, reject nothing, test nothing and publish nothing.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import bench_data
import duckdb
from measuring import REPOSITORY, SEED_SET, Node, gigabytes, run_dbt, run_measured, table

from bank_marketing.sampling.command import REAL_SCALE

# No packages of the project: they are installed in a folder of their own for as long as they are measured.
PACKAGES = ("polars==2.1.0", "pyarrow==26.0.1")

DUCKDB_SCRIPT = """
import sys
import duckdb
duckdb.sql(f'''
    create table transactions as
    select * replace (cast(replace(amount, '$', '') as decimal(18, 2)) as amount)
    from read_csv('{sys.argv[1]}')
''')
duckdb.sql(f"copy transactions to '{sys.argv[2]}/transactions.parquet'")
duckdb.sql(f'''
    copy (
        select client_id, date_trunc('month', date) as month, count(*) as transactions,
            sum(amount) as spending
        from transactions
        group by all
    ) to '{sys.argv[2]}/months.parquet'
''')
"""

PANDAS_SCRIPT = """
import sys
import pandas as pd
frame = pd.read_csv(sys.argv[1], parse_dates=["date"], low_memory=False)
frame["amount"] = frame["amount"].str.replace("$", "", regex=False).astype(float)
frame.to_parquet(sys.argv[2] + "/transactions.parquet")
month = frame["date"].dt.to_period("M").dt.to_timestamp().rename("month")
months = frame.groupby(["client_id", month])["amount"].agg(["size", "sum"]).reset_index()
months.columns = ["client_id", "month", "transactions", "spending"]
months.to_parquet(sys.argv[2] + "/months.parquet")
"""

POLARS_SCRIPT = """
import sys
import polars as pl
frame = pl.read_csv(sys.argv[1], try_parse_dates=True, schema_overrides={"errors": pl.String})
frame = frame.with_columns(pl.col("amount").str.replace("$", "", literal=True).cast(pl.Float64))
frame.write_parquet(sys.argv[2] + "/transactions.parquet")
months = frame.group_by("client_id", pl.col("date").dt.truncate("1mo").alias("month")).agg(
    pl.len().alias("transactions"), pl.col("amount").sum().alias("spending")
)
months.write_parquet(sys.argv[2] + "/months.parquet")
"""

SCRIPTS = (("DuckDB", DUCKDB_SCRIPT), ("Polars", POLARS_SCRIPT), ("pandas", PANDAS_SCRIPT))


def measure() -> str:
    """Run the scripts and what of a build does as much.

    Returns
    -------
    str
        A Markdown table.
    """
    _, nodes = run_dbt(
        "build",
        "--select",
        "+customer_monthly_spending",
        "--indirect-selection",
        "cautious",
        "--threads",
        "1",
    )
    ours = [node for node in nodes if node.name.split()[-1] in bench_data.NODES]
    tests = [node for node in nodes if node.name.startswith("test ")]
    rows = [
        _row("seed, fact and months of the project", ours),
        _row(f"with what they join and {len(tests)} tests", nodes),
    ]
    file = REPOSITORY / "warehouse" / f"{SEED_SET}_build.duckdb"
    with duckdb.connect(file, read_only=True) as connection:
        expected = connection.execute(
            "select count(*), sum(amount_usd) from transactions.card_transactions"
        ).fetchall()[0]
    with tempfile.TemporaryDirectory() as packages:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", packages, *PACKAGES]
        subprocess.run(install, check=True)
        for name, script in SCRIPTS:
            with tempfile.TemporaryDirectory() as folder:
                command = [sys.executable, "-c", script, str(bench_data.TRANSACTIONS), folder]
                took = run_measured(command, {"PYTHONPATH": packages})
                _hold(name, Path(folder), expected)
            times = [f"{took.seconds:.1f}", f"{took.cpu_seconds:.1f}"]
            rows.append([f"a script of {name}", *times, gigabytes(took.peak_memory)])
    return table(
        ["from the file to the months of customers", "seconds", "processor seconds", "peak memory"], rows
    )


def _row(name: str, nodes: list[Node]) -> list[str]:
    seconds, cpu_seconds = (sum(getattr(node, each) for node in nodes) for each in ("seconds", "cpu_seconds"))
    peak = max(node.peak_memory for node in nodes)
    return [name, f"{seconds:.1f}", f"{cpu_seconds:.1f}", gigabytes(peak)]


def _hold(name: str, folder: Path, expected: tuple[int, float]) -> None:
    """Raise if a script's months don't come to the sums of the project's transactions."""
    found = duckdb.sql(
        f"select sum(transactions), round(sum(spending), 2) from read_parquet('{folder}/months.parquet')"
    ).fetchall()[0]
    if int(found[0]) != expected[0] or abs(float(found[1]) - float(expected[1])) > 1:
        raise AssertionError(f"{name}: {found} transactions and dollars, expected {expected}.")


if __name__ == "__main__":
    bench_data.make(REAL_SCALE)
    print(measure())
