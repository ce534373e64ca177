"""What a decision takes: an open loop of requests on the service, beside the disk and an empty route.

Latency counts from the moment that a request was planned for, so whoever waits in a queue is seen. Writes
bench/results/decision_service.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
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
CUSTOMERS = 100_000
QUIET = 1.0
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
    try:
        for _ in range(600):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
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


async def load(port: int, pid: int, rate: float, seconds: float, request=decision) -> Load:
    """Send requests at planned moments, whatever became of earlier ones."""
    waiting: asyncio.Queue[float | None] = asyncio.Queue()
    taken: list[float] = []
    errors = 0

    async def connection() -> None:
        nonlocal errors
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (planned := await waiting.get()) is not None:
            writer.write(request())
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = head.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]
            await reader.readexactly(int(length))
            errors += b" 200 " not in head[:16]
            taken.append(time.perf_counter() - planned)
        writer.close()

    tasks = [asyncio.create_task(connection()) for _ in range(CONNECTIONS)]
    await asyncio.sleep(0.2)
    used, begun, planned = cpu_seconds(pid), time.perf_counter(), 0
    requests = int(rate * seconds)
    while planned < requests:
        due = min(int((time.perf_counter() - begun) * rate) + 1, requests)
        while planned < due:
            waiting.put_nowait(begun + planned / rate)
            planned += 1
        await asyncio.sleep(max(begun + planned / rate - time.perf_counter(), 0))
    for _ in tasks:
        waiting.put_nowait(None)
    broken = await asyncio.gather(*tasks, return_exceptions=True)
    elapsed = time.perf_counter() - begun
    errors += sum(isinstance(one, BaseException) for one in broken) + requests - len(taken)
    p50, p99 = quantiles(taken)
    cpu = 1000 * (cpu_seconds(pid) - used) / requests
    return Load(rate, len(taken) / elapsed, errors, p50, p99, cpu)


def measured(url: str, name: str, rates: list[float], seconds: float) -> list[str]:
    """Return rows of the table for one database."""
    p50, p99 = bare_commit(url)
    rows = [f"| {name}: bare durable commit | | | {p50:.2f} | {p99:.2f} | |"]
    with service(url) as (port, pid):
        asyncio.run(load(port, pid, 100, 2))
        loads = [("/health, which does nothing", health, 500.0)]
        loads += [("/decisions", decision, rate) for rate in rates]
        for label, request, rate in loads:
            came = asyncio.run(load(port, pid, rate, seconds, request))
            rows.append(
                f"| {name}: {label}, {rate:,.0f} a second | {came.answered:,.0f} | {came.errors} |"
                f" {came.p50:.2f} | {came.p99:.2f} | {came.cpu:.3f} |"
            )
            print(rows[-1], flush=True)
    return rows


def page(rows: list[str], busy: float, seconds: float) -> str:
    """Return the results as a page."""
    state = "quiet" if busy < QUIET else f"not quiet (load {busy:.1f} before the start): run it again"
    columns = ("", "answered a second", "errors", "p50 ms", "p99 ms", "processor ms each")
    about = (
        f"Made by `make bench-service` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores, which the"
        f" load shares; the machine was {state}. Each load takes {seconds:.0f} seconds. Latency counts from"
        " the moment that a request was planned for. One process serves, with its log of requests;"
        " processor time is that of all of its threads."
    )
    head = [f"| {' | '.join(columns)} |", "|---|---|---|---|---|---|"]
    return "\n".join(["# Speed of the decision service", "", about, "", *head, *rows, ""])


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="of each load (default: 60)")
    parser.add_argument("--rates", default="200,500,1000", help="decisions a second (default: 200,500,1000)")
    args = parser.parse_args()
    rates = [float(rate) for rate in args.rates.split(",")]
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=REPOSITORY) as folder:
        p50, p99 = disk(Path(folder))
        rows = [f"| fdatasync of 4 kB | | | {p50:.2f} | {p99:.2f} | |"]
        rows += measured(f"sqlite:///{folder}/log.sqlite", "SQLite", rates, args.seconds)
    with postgres_server.server() as server, postgres_server.new_database(server) as url:
        rows += measured(url, "PostgreSQL", rates, args.seconds)
    made = page(rows, busy, args.seconds)
    print(made)
    RESULTS.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
