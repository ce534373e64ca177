"""What the import costs of a file that differs in its delimiter alone, beside DuckDB's own copy of it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb
from bench_data import TRANSACTIONS
from measuring import REPOSITORY, gigabytes, run_measured

from bank_marketing.sql_text import sql_text

READ = "read_csv({path}, header = true, all_varchar = true, delim = {delimiter})"
IMPORT = """
import sys; from pathlib import Path
from bank_marketing.importing.command import import_files
from bank_marketing.seeds.formats import read_formats
import_files([Path(sys.argv[1])], Path(sys.argv[2]), read_formats(Path(sys.argv[3])))
"""
COPY = "import duckdb, sys; duckdb.execute(sys.argv[1])"


def measure() -> str:
    """Import and copy the transactions with semicolons between their values.

    Returns
    -------
    str
        A sentence with the ratio of processor seconds, which what others do doesn't change.
    """
    with tempfile.TemporaryDirectory(dir=REPOSITORY / "seeds") as folder:
        other, made = Path(folder, "transactions.csv"), Path(folder, "made.csv")
        duckdb.execute(_copy(TRANSACTIONS, ",", other, ";"))
        copied = run_measured([sys.executable, "-c", COPY, _copy(other, ";", made, ",")], {})
        made.unlink()
        formats = REPOSITORY / "seeds" / "formats"
        words = [sys.executable, "-c", IMPORT, str(other), str(Path(folder, "seeds", "set")), str(formats)]
        imported = run_measured(words, {"PYTHONPATH": str(REPOSITORY / "src")})
        size = gigabytes(other.stat().st_size)
    return (
        f"A file of {size} with `;` between its values is imported in {imported.cpu_seconds:.0f} processor"
        f" seconds and at most {gigabytes(imported.peak_memory)} of memory,"
        f" {imported.cpu_seconds / copied.cpu_seconds:.1f} times what DuckDB's `copy` of it takes"
        f" ({copied.cpu_seconds:.0f}, {gigabytes(copied.peak_memory)})."
    )


def _copy(source: Path, delimiter: str, target: Path, other: str) -> str:
    read = READ.format(path=sql_text(str(source)), delimiter=sql_text(delimiter))
    return f"copy (select * from {read}) to {sql_text(str(target))} (header, delimiter {sql_text(other)})"
