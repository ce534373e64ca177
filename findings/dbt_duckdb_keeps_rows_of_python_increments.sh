#!/usr/bin/env bash
# dbt-duckdb 1.11.1: every run of an incremental Python model leaves a permanent table behind.
#
# The rows of a run are put into main.<model>__dbt_tmp<time> before they are appended. For a SQL model that is a temporary
# table; for a Python model it is a permanent one which nothing drops, and it stands in `main` whatever the model's
# schema: a nightly run adds a table a night, each with that night's rows.
#
# A good guess, from its name and from SQL models, is that it is gone when the connection closes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    dbt-core==1.11.16 dbt-duckdb==1.11.1 'pandas<3'
mkdir -p "$folder/project/models"
cd "$folder/project"
cat > dbt_project.yml <<YAML
name: demo
version: "1.0"
profile: demo
models: {demo: {+materialized: incremental, +schema: history}}
YAML
cat > profiles.yml <<YAML
demo: {target: local, outputs: {local: {type: duckdb, path: demo.duckdb}}}
YAML
echo 'select 1 as n' > models/in_sql.sql
cat > models/in_python.py <<'PYTHON'
import pandas as pd


def model(dbt, session):
    dbt.config(materialized="incremental")
    return pd.DataFrame({"n": [1]})
PYTHON
for _ in 1 2 3; do DO_NOT_TRACK=1 "$folder/venv/bin/dbt" --quiet run; done
"$folder/venv/bin/python" - <<'PYTHON'
import collections
import re

import duckdb

connection = duckdb.connect("demo.duckdb", read_only=True)
tables = connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
left = collections.Counter((schema, re.sub(r"\d+$", "<time>", name)) for schema, name in tables)
print(dict(left))
assert left == {
    ("main_history", "in_sql"): 1,
    ("main_history", "in_python"): 1,
    ("main", "in_python__dbt_tmp<time>"): 2,
}, "changed: look again"
PYTHON
