"""An older DuckDB reads the published file; its wheel goes into an environment of its own."""

import json
import subprocess
import sys
import venv
from pathlib import Path

import duckdb
import pytest
from services import missing

pytestmark = pytest.mark.readers

OLDER_CLIENT = "duckdb==1.5.5"

# Counting the values of every column reads every block of the file.
READ_ALL = """
import json, sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
found = {"version": duckdb.__version__, "tables": {}}
for schema, table, comment in connection.execute(
    "select schema_name, table_name, comment from duckdb_tables() order by all"
).fetchall():
    columns = connection.execute(
        "select column_name, comment from duckdb_columns()"
        " where schema_name = $schema and table_name = $table order by column_index",
        {"schema": schema, "table": table},
    ).fetchall()
    values = connection.execute(f'select count(*), count(columns(*)) from {schema}."{table}"').fetchall()[0]
    found["tables"][f"{schema}.{table}"] = [comment, columns, values]
print(json.dumps(found))
"""


def read_all(python: str | Path, file: Path) -> dict:
    done = subprocess.run([python, "-c", READ_ALL, file], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def older_client(pytestconfig: pytest.Config) -> Path:
    """Return the interpreter of an environment with the older client, kept in pytest's cache."""
    assert pytestconfig.cache
    name = f"{OLDER_CLIENT.replace('==', '-')}-python-{sys.version_info.major}.{sys.version_info.minor}"
    folder = pytestconfig.cache.mkdir(name)
    python = folder / "bin" / "python"
    installed = folder / "installed"
    if not installed.exists():
        venv.create(folder, clear=True)
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps"]
        try:
            done = subprocess.run(
                [*pip, "--only-binary=:all:", "--retries=1", "--timeout=5", OLDER_CLIENT],
                capture_output=True,
                text=True,
                timeout=60,
            )
        except subprocess.TimeoutExpired:
            missing(f"{OLDER_CLIENT} from a package registry, within a minute", may_lack=True)
        if done.returncode:
            reason = [line for line in done.stderr.splitlines() if line.startswith("ERROR")][-1:]
            missing(f"{OLDER_CLIENT} from a package registry: {''.join(reason)}", may_lack=True)
        installed.touch()
    return python


def test_an_older_client_sees_the_same_tables_comments_and_values(older_client, built_sample):
    older, ours = (
        read_all(older_client, built_sample.published),
        read_all(sys.executable, built_sample.published),
    )
    assert older["version"] == OLDER_CLIENT.split("==")[1] != duckdb.__version__
    assert ours["tables"]
    assert older["tables"] == ours["tables"]
