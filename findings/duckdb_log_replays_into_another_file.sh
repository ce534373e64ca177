#!/usr/bin/env bash
# DuckDB 2.0.1: a write-ahead log is replayed into another database that took its file's name.
#
# A writer dies and leaves a.duckdb.wal. Another database, finished and closed, is renamed to a.duckdb (the usual way to
# publish a file at once). Whoever attaches a.duckdb now, even read-only, sees the dead writer's changes applied to rows
# that it never saw: 16 of 20 rows.
#
# A good guess is that the log names the database that it belongs to. It does with storage version v2.0.0 ("WAL does not
# match database file"); with v1.2.0, which one chooses so that older clients can read the file, it doesn't.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check duckdb==2.0.1
cd "$folder"

cat > writer.py <<'PYTHON'
import os
import sys

import duckdb

connection = duckdb.connect()
connection.execute(f"attach 'a.duckdb' as a (storage_version '{sys.argv[1]}')")
connection.execute("create table a.t as select range as id from range(10)")
connection.execute("checkpoint a")
connection.execute("delete from a.t where id < 4")
os._exit(9)  # dies before a checkpoint
PYTHON

cat > reader.py <<'PYTHON'
import os
import subprocess
import sys

import duckdb


def rows_seen(storage_version):
    subprocess.run([sys.executable, "writer.py", storage_version])
    assert os.path.exists("a.duckdb.wal")
    with duckdb.connect() as connection:
        connection.execute(f"attach 'b.duckdb' as b (storage_version '{storage_version}')")
        connection.execute("create table b.t as select range + 100 as id from range(20)")
    os.replace("b.duckdb", "a.duckdb")
    try:
        with duckdb.connect() as connection:
            connection.execute("attach 'a.duckdb' as a (read_only)")
            return connection.execute("select count(*), min(id) from a.t").fetchall()[0]
    except duckdb.IOException as error:
        return "WAL does not match database file" in str(error) and "refused"
    finally:
        os.unlink("a.duckdb")
        os.unlink("a.duckdb.wal")


seen = {version: rows_seen(version) for version in ("v1.2.0", "v2.0.0")}
print(duckdb.__version__, seen)
assert seen == {"v1.2.0": (16, 104), "v2.0.0": "refused"}, "changed: look again"
PYTHON
"$folder/venv/bin/python" reader.py
