#!/usr/bin/env bash
# DuckDB 2.0.1: read_csv(ignore_errors = true) drops good rows up to the end of a buffer after one bad record.
#
# A field is quoted over five lines and something stands behind its closing quote: one record that can't be read. Of the
# 299,995 good rows of a file of 15 MB 135,565 come back: all from the bad record to the end of its 8 MB buffer are gone,
# without a word, whatever `threads` is (1 too).
#
# A good guess is that the option skips the bad record alone, as its documentation says. It does with
# `parallel = false`, and with `store_rejects = true`, which implies ignore_errors and reads in parallel.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check duckdb==2.0.1
cd "$folder"

cat > count.py <<'PYTHON'
import duckdb

ROWS, FIRST, LAST = 300_000, 10, 14  # the bad record covers these lines
with open("rows.csv", "w") as file:
    file.write("id,name,note\n")
    for row in range(ROWS):
        note = {FIRST: '"left open', LAST: 'closed here" and more'}.get(row, "a note that is long enough")
        file.write(f"{row},customer {row},{note}\n")

READ = """select count(*) from (select * from read_csv('rows.csv', header = true, delim = ',', quote = '"', escape = '"',
    auto_detect = false, columns = {'id': 'bigint', 'name': 'varchar', 'note': 'varchar'}, %s))"""
seen = {}
for option in ("ignore_errors = true", "ignore_errors = true, parallel = false", "store_rejects = true"):
    for threads in (1, 4):
        with duckdb.connect() as connection:
            connection.execute(f"set threads = {threads}")
            seen[option, threads] = connection.execute(READ % option).fetchall()[0][0]
print(duckdb.__version__, seen)
good = ROWS - (LAST - FIRST + 1)
for (option, _), rows in seen.items():
    assert rows == (135_565 if option == "ignore_errors = true" else good), "changed: look again"
PYTHON
venv/bin/python count.py
