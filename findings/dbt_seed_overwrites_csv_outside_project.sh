#!/usr/bin/env bash
# dbt-core 1.11.16 with dbt-duckdb 1.11.1: `dbt seed` overwrites a CSV that an absolute seed path names.
#
# After each node dbt writes the SQL that it ran to target/run/<project>/<path of the node's file>. The parts are joined
# as paths, and an absolute last part wins: the file written is the CSV itself. The first `dbt seed` loads the rows,
# reports success and leaves SQL where the data were; the second fails or loads that SQL.
#
# A good guess is that a seed is only read, and that an absolute entry of seed-paths is either refused or works.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check dbt-core==1.11.16 dbt-duckdb==1.11.1
mkdir -p "$folder/data" "$folder/project"
cd "$folder/project"
printf 'code,name\n1,one\n2,two\n' > "$folder/data/codes.csv"
cp "$folder/data/codes.csv" "$folder/before.csv"
cat > dbt_project.yml <<YAML
name: demo
version: "1.0"
profile: demo
seed-paths: ["$folder/data"]
YAML
cat > profiles.yml <<YAML
demo: {target: local, outputs: {local: {type: duckdb, path: demo.duckdb}}}
YAML
DO_NOT_TRACK=1 "$folder/venv/bin/dbt" --no-use-colors seed | grep 'Done. PASS=1 WARN=0 ERROR=0'
echo "codes.csv is now:"
cat "$folder/data/codes.csv"
if cmp -s "$folder/data/codes.csv" "$folder/before.csv"; then
    echo "changed: the CSV is as it was" >&2
    exit 1
fi
grep -q 'create table "demo"."main"."codes"' "$folder/data/codes.csv"
