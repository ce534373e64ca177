"""What a decision takes: an open loop of requests on the service, beside the disk and an empty route.

Latency counts from the moment that a request was planned for, so whoever waits in a queue is seen. Writes
bench/results/decision_service.md.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from measuring import REPOSITORY

from bank_marketing.service.store import Store

sys.path.append(str(REPOSITORY / "tests" / "python"))
import postgres_server

CONNECTIONS = 64
# The first is the load's, the others are the service's, so that neither waits for the other.
CORES = sorted(os.sched_getaffinity(0))
CUSTOMERS = 100_000
SECONDS_TO_START, SECONDS_TO_ANSWER = 180, 30
# A machine is quiet below this load; else neither latency nor processor time is judged.
QUIET = 1.0
# What is promised holds at this rate: milliseconds of processor time for each decision, by database.
BAR_RATE, MOST_CPU = 500.0, {"SQLite": 0.8, "PostgreSQL": 0.9}
RESULTS = REPOSITORY / "bench" / "results" / "decision_service.md"


@dataclass(frozen=True)
class Load:
    """What came of a load.

    Parameters
    ----------
    rate : float
        Requests a second that were planned.
    answered : float
        Requests a second that were answered.
    errors : int
        Answers other than 200, and connections that broke.
    p50, p99 : float
        Milliseconds from the planned moment.
    cpu : float
        Milliseconds of processor time of the service for each.
    """

    rate: float
    answered: float
    errors: int
    p50: float
    p99: float
    cpu: float


@dataclass(frozen=True)
class Measured:
    """What was measured on one database.

    Parameters
    ----------
    commit : tuple of float
        Of the bare durable commit: p50 and p99 in milliseconds.
    empty : Load
        Of a route that decides nothing.
    loads : list of Load
        Of decisions, by rate.
    """

    commit: tuple[float, float]
    empty: Load
    loads: list[Load]


def quantiles(seconds: list[float]) -> tuple[float, float]:
    """Return the median and the 99th percentile in milliseconds."""
    ordered = sorted(seconds)
    return tuple(1000 * ordered[int(len(ordered) * share)] for share in (0.5, 0.99))  # type: ignore[return-value]


def disk(folder: Path, times: int = 500) -> tuple[float, float]:
    """Return what it takes until four kilobytes are on the disk."""
    taken = []
    with (folder / "synced").open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(os.urandom(4096))
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - begun)
    return quantiles(taken)


def bare_commit(url: str, times: int = 300) -> tuple[float, float]:
    """Return what a durable transaction of one row takes in the log's database, without the service."""
    store, taken = Store(url), []
    with store.write() as connection:
        connection.exec_driver_sql("create table bare (value integer)")
    for n in range(times):
        begun = time.perf_counter()
        with store.write() as connection:
            connection.exec_driver_sql(f"insert into bare values ({n})")
        taken.append(time.perf_counter() - begun)
    store.close()
    return quantiles(taken)


@contextmanager
def service(url: str) -> Iterator[tuple[int, int]]:
    """Yield port and process of a service with a publication as large as the sample's policy."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = REPOSITORY / "tests" / "python" / "service_process.py"
    process = subprocess.Popen([sys.executable, str(script), url, str(port)], stderr=subprocess.DEVNULL)
    os.sched_setaffinity(process.pid, CORES[1:] or CORES)
    try:
        for _ in range(SECONDS_TO_START * 10):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            raise RuntimeError(f"the service didn't answer within {SECONDS_TO_START} seconds")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def decision() -> bytes:
    """Return a request for a decision, about somebody."""
    customer = random.randrange(CUSTOMERS)  # noqa: S311
    body = json.dumps({"population": "campaign_customers", "customer_id": customer}).encode()
    return (
        b"POST /decisions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        b"content-length: %d\r\n\r\n%s" % (len(body), body)
    )


def health() -> bytes:
    """Return a request that decides nothing."""
    return b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"


@dataclass
class Connection:
    """A connection to the service, with one request on its way at most."""

    socket: socket.socket
    planned: float = 0.0
    came: bytes = b""

    def send(self, request: bytes, planned: float) -> None:
        """Send a request that was planned for a moment."""
        self.planned, self.came = planned, b""
        self.socket.sendall(request)

    def read(self) -> bool | None:
        """Take what has come; None until the answer is whole, then whether it is the one to expect."""
        if not (part := self.socket.recv(65_536)):
            raise ConnectionResetError
        self.came += part
        head, end, body = self.came.partition(b"\r\n\r\n")
        if not end or len(body) < int(head.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]):
            return None
        return b" 200 " in head[:16]


def load(port: int, pid: int, rate: float, seconds: float, request=decision) -> Load:
    """Send requests at planned moments, whatever became of earlier ones.

    `select` waits for microseconds; the event loop's whole milliseconds would count as the service's.
    """
    connections = [Connection(socket.create_connection(("127.0.0.1", port))) for _ in range(CONNECTIONS)]
    # Each has its turn: the service closes those that are idle.
    free, busy = deque(connections), {}
    taken: list[float] = []
    errors = broken = 0
    used, begun, planned = cpu_seconds(pid), time.perf_counter(), 0
    requests = int(rate * seconds)
    while len(taken) + broken < requests and len(free) + len(busy):
        passed = time.perf_counter() - begun
        if passed > seconds + SECONDS_TO_ANSWER:
            break
        while free and planned < min(passed * rate, requests):
            one = free.popleft()
            one.send(request(), begun + planned / rate)
            busy[one.socket] = one
            planned += 1
        is_next = bool(free) and planned < requests
        until = begun + planned / rate - time.perf_counter() if is_next else 1.0
        for ready in select.select(list(busy), (), (), max(until, 0))[0]:
            one = busy[ready]
            try:
                is_right = one.read()
            except OSError:
                del busy[ready]
                broken += 1
                continue
            if is_right is not None:
                taken.append(time.perf_counter() - one.planned)
                errors += not is_right
                free.append(busy.pop(ready))
    elapsed = time.perf_counter() - begun
    cpu = 1000 * (cpu_seconds(pid) - used) / requests
    for one in connections:
        one.socket.close()
    p50, p99 = quantiles(taken)
    return Load(rate, len(taken) / elapsed, errors + requests - len(taken), p50, p99, cpu)


def measured(url: str, rates: list[float], seconds: float) -> Measured:
    """Return what came of all loads on one database."""
    commit = bare_commit(url)
    with service(url) as (port, pid):
        load(port, pid, 100, 2)
        empty = load(port, pid, BAR_RATE, seconds, health)
        loads = []
        for rate in rates:
            loads.append(load(port, pid, rate, seconds))
            print(loads[-1], flush=True)
    return Measured(commit, empty, loads)


def rows(name: str, found: Measured) -> list[str]:
    """Return rows of the table of loads for one database."""
    p50, p99 = found.commit
    labels = [f"/health, which does nothing, {BAR_RATE:,.0f} a second"]
    labels += [f"/decisions, {came.rate:,.0f} a second" for came in found.loads]
    return [
        f"| {name}: bare durable commit | | | {p50:.2f} | {p99:.2f} | |",
        *(
            f"| {name}: {label} | {came.answered:,.0f} | {came.errors} | {came.p50:.2f} | {came.p99:.2f} |"
            f" {came.cpu:.3f} |"
            for label, came in zip(labels, [found.empty, *found.loads], strict=True)
        ),
    ]


def bars(name: str, found: Measured, fsync: tuple[float, float], is_quiet: bool) -> list[str]:
    """Return rows of the table of bars for one database: what was to be seen at one rate, and was."""
    at_bar = [came for came in found.loads if came.rate == BAR_RATE]
    carried = [came.rate for came in found.loads if came.errors == 0 and came.answered > 0.98 * came.rate]
    made = []
    for came in at_bar:
        judged = [
            ("errors, and requests without an answer", 0.0, came.errors, True),
            ("p50 ms: 1 and a median fdatasync", 1 + fsync[0], came.p50, is_quiet),
            ("p99 ms: 5 and three median fdatasyncs", 5 + 3 * fsync[0], came.p99, is_quiet),
            # On a busy machine decisions wait and are written together, which takes less for each.
            ("processor ms a decision", MOST_CPU[name], came.cpu, is_quiet),
        ]
        for what, most, seen, is_judged in judged:
            verdict = ("kept" if seen <= most else "missed") if is_judged else "not judged: not quiet"
            made.append(f"| {name}: {what} | {most:.2f} | {seen:.3f} | {verdict} |")
    highest = f"{max(carried, default=0):,.0f}"
    made.append(f"| {name}: highest rate kept up with, without an error | | {highest} | |")
    return made


def page(
    found: dict[str, Measured], fsync: tuple[float, float], busy: float, seconds: float, when: datetime
) -> str:
    """Return the results as a page."""
    is_quiet = busy < QUIET
    state = "quiet" if is_quiet else f"not quiet (load {busy:.1f} before the start): run it again"
    about = (
        f"Made by `make bench-service` on {when:%Y-%m-%d}: {len(CORES)} cores, the first of them the load's,"
        f" the others the service's; the machine was {state}. Each load takes {seconds:.0f} seconds. Latency"
        " counts from the moment that a request was planned for. One process serves, with its log of"
        " requests; processor time is that of all of its threads."
    )
    loads = [row for name, one in found.items() for row in rows(name, one)]
    judged = [row for name, one in found.items() for row in bars(name, one, fsync, is_quiet)]
    return "\n".join(
        [
            *("# Speed of the decision service", "", about, ""),
            "| | answered a second | errors | p50 ms | p99 ms | processor ms each |",
            "|---|---|---|---|---|---|",
            f"| fdatasync of 4 kB | | | {fsync[0]:.2f} | {fsync[1]:.2f} | |",
            *(*loads, "", f"What is promised at {BAR_RATE:,.0f} decisions a second:", ""),
            *("| | at most | seen | |", "|---|---|---|---|", *judged, ""),
        ]
    )


def quiet_load(minutes: float) -> float:
    """Wait until the machine is quiet, so long at most; return the load then."""
    end = time.monotonic() + 60 * minutes
    while (busy := os.getloadavg()[0]) >= QUIET and time.monotonic() < end:
        print(f"The load is {busy:.1f}: waiting until it is below {QUIET:.0f}.", flush=True)
        time.sleep(15)
    return busy


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="of each load (default: 60)")
    parser.add_argument("--rates", default="200,500,1000", help="decisions a second (default: 200,500,1000)")
    parser.add_argument("--patience", type=float, default=15, help="minutes to wait for quiet (default: 15)")
    args = parser.parse_args()
    rates = [float(rate) for rate in args.rates.split(",")]
    os.sched_setaffinity(0, CORES[:1])
    busy, found = quiet_load(args.patience), {}
    with tempfile.TemporaryDirectory(dir=REPOSITORY) as folder:
        fsync = disk(Path(folder))
        found["SQLite"] = measured(f"sqlite:///{folder}/log.sqlite", rates, args.seconds)
    with postgres_server.server() as server, postgres_server.new_database(server) as url:
        found["PostgreSQL"] = measured(url, rates, args.seconds)
    made = page(found, fsync, busy, args.seconds, datetime.now(UTC))
    print(made)
    RESULTS.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
