#!/usr/bin/env bash
# dbt-core 1.11.16, dbt-duckdb 1.11.1: a materialization that calls the adapter's own works for SQL models and fails for
# Python models.
#
# A project that wants to add a step to every table (a log line, a check, a grant) writes a materialization that does the
# step and returns `materialization_table_duckdb()`. SQL models are made. A Python model declared for it compiles, starts
# and ends in "submit_python_job is not intended to be called here": dbt lets Python run only where a materialization
# calls `statement` itself, two macros deep, so the adapter's materialization would have to be copied.
#
# A good guess, from `supported_languages=["sql", "python"]` on both and from the SQL model, is that both kinds are made.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    dbt-core==1.11.16 dbt-duckdb==1.11.1 'pandas<3'
mkdir -p "$folder/project/models" "$folder/project/macros"
cd "$folder/project"
cat > dbt_project.yml <<YAML
name: demo
version: "1.0"
profile: demo
YAML
cat > profiles.yml <<YAML
demo: {target: local, outputs: {local: {type: duckdb, path: demo.duckdb}}}
YAML
cat > macros/announced_table.sql <<'SQL'
{% materialization announced_table, adapter="duckdb", supported_languages=["sql", "python"] %}
  {% do log("making " ~ model.name, info=true) %}
  {{ return(materialization_table_duckdb()) }}
{% endmaterialization %}
SQL
echo "{{ config(materialized='announced_table') }} select 1 as n" > models/in_sql.sql
cat > models/in_python.py <<'PYTHON'
def model(dbt, session):
    dbt.config(materialized="announced_table")
    return session.sql("select 1 as n")
PYTHON
DO_NOT_TRACK=1 "$folder/venv/bin/dbt" --quiet run || true
"$folder/venv/bin/python" - <<'PYTHON'
import json

results = json.load(open("target/run_results.json"))["results"]
seen = {each["unique_id"].rpartition(".")[2]: (each["status"], each["message"].strip()) for each in results}
print(seen)
assert seen["in_sql"][0] == "success", "changed: look again"
status, message = seen["in_python"]
assert status == "error" and "submit_python_job is not intended to be called here" in message, "changed: look again"
PYTHON
