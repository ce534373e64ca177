#!/usr/bin/env bash
# psycopg 3.3.9 (binary) on PostgreSQL: of psycopg's low-level connection, "exec_" lets other threads of Python run while
# it waits for the server, "get_result" doesn't: no thread runs until the answer is there.
#
# A good guess is that both wait alike, as both are calls of libpq that wait. Whoever sends by "send_query" and waits by
# "get_result" (or in pipeline mode, where nothing else returns results) stops the whole process for as long as the
# server takes; if the server waits for a lock that another thread of the process holds, for ever. Wait for the socket
# until "is_busy" is false, with "consume_input", and call "get_result" only then.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > turns.py <<'PYTHON'
import threading
import time

import pgserver
import psycopg


def turns_while(wait):
    turns, end = [], threading.Event()

    def take_turns():
        while not end.wait(0.01):
            turns.append(1)

    thread = threading.Thread(target=take_turns)
    thread.start()
    time.sleep(0.1)
    before = len(turns)
    wait()
    after = len(turns)
    end.set()
    thread.join()
    return after - before


server = pgserver.get_server("data")
connection = psycopg.connect(server.get_uri(), autocommit=True).pgconn


def by_get_result():
    connection.send_query(b"select pg_sleep(1)")
    while connection.get_result():
        pass


print("other threads run beside exec_:", turns_while(lambda: connection.exec_(b"select pg_sleep(1)")) > 20)
print("other threads run beside get_result:", turns_while(by_get_result) > 20)
server.cleanup()
PYTHON

"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9" "pgserver==0.1.4"
venv/bin/python turns.py | tee seen.txt

cmp -s seen.txt - <<'EXPECTED' || { echo "changed: look again"; exit 1; }
other threads run beside exec_: True
other threads run beside get_result: False
EXPECTED
