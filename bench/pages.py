"""Claim: a page of the dashboard takes half a second at most, the first one 100 kB, whatever is published.

    .venv/bin/python bench/pages.py [published files; by default all of warehouse]

Processor time is that of the serving process, and stands beside that of a route that does nothing, asked in
turn with the pages: what a busy machine slows, it slows for both.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import duckdb
import uvicorn
from fastapi import Response
from measuring import REPOSITORY, held_against, table

from bank_marketing.serving.opened import Shelf
from bank_marketing.web.app import create_app
from bank_marketing.web.pages import PAGES

RESULTS = REPOSITORY / "bench" / "results" / "dashboard.md"
ROUNDS = 20
EMPTY = "/bench/empty"
SECONDS, KILOBYTES = 0.5, 100
FIRST_SECONDS = 1.0
LOADED = re.compile(r'(?:src|href|srcset)="(/(?:static|charts)/[^" ]+)"')


@dataclass(frozen=True)
class Asked:
    """What a request took.

    Parameters
    ----------
    seconds, cpu_seconds : float
        Elapsed, and processor time of the serving process.
    size : int
        Bytes that came, compressed.
    body : bytes
        The answer as it came.
    """

    seconds: float
    cpu_seconds: float
    size: int
    body: bytes


class Dashboard:
    """A dashboard in a process of its own, which is asked one thing after the other.

    Parameters
    ----------
    process : subprocess.Popen
        It.
    port : int
        Where it listens.
    """

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._pid = process.pid
        self._connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(self, path: str, *, packed: bool = True) -> Asked:
        """Ask for an address."""
        used, begun = self._used(), time.perf_counter()
        self._connection.request("GET", path, headers={"Accept-Encoding": "gzip" if packed else "identity"})
        answer = self._connection.getresponse()
        body = answer.read()
        taken = time.perf_counter() - begun
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} came instead of 200.")
        return Asked(taken, self._used() - used, len(body), body)

    def _used(self) -> float:
        threads = Path(f"/proc/{self._pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text(encoding="ascii").split()[0]) for thread in threads) / 1e9


@contextmanager
def dashboard(published: Path) -> Iterator[Dashboard]:
    """Yield a dashboard on a published file that nobody has looked at."""
    command = [sys.executable, __file__, "--serve", str(published)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            yield Dashboard(process, int(process.stdout.readline()))
        finally:
            process.terminate()


def serve(published: Path) -> None:
    """Serve until somebody ends it, with a route that does nothing, and say the port."""
    app = create_app(Shelf(published, lambda: datetime.now(UTC).date()))
    app.add_api_route(EMPTY, lambda: Response(), methods=["GET"])

    class Server(uvicorn.Server):
        async def startup(self, sockets: list | None = None) -> None:
            await super().startup(sockets)
            print(self.servers[0].sockets[0].getsockname()[1], flush=True)

    Server(uvicorn.Config(app, port=0, log_level="error")).run()


def measure(published: Path) -> str:
    """Measure each page of a dashboard, new and asked again.

    Parameters
    ----------
    published : Path
        A published file.

    Returns
    -------
    str
        A sentence on the file, and Markdown tables of the first page and of all.
    """
    with dashboard(published) as opened:
        # What the first request loads is the start's; a quiet second lets threads that start end.
        opened.ask(EMPTY)
        first = first_page(opened)
        rows = [page_row(opened, page.path, page.title) for page in PAGES]
    heading = ["page", "ms", f"s (at most {SECONDS})", "processor ms", "times an empty route", "kB", "charts"]
    heading += ["kB of all", "processor ms, drawn first", "processor ms, kept"]
    return f"{described(published)}\n\n{first}\n\n{table(heading, rows)}"


def described(published: Path) -> str:
    """Say how large a file is."""
    with duckdb.connect(str(published), read_only=True) as connection:
        count = "select count(*) from transactions.card_transactions"
        (transactions,) = connection.execute(count).fetchall()[0]
    return f"`{published.name}`: {transactions:,} transactions, {published.stat().st_size / 1e6:.0f} MB."


def first_page(opened: Dashboard) -> str:
    """Measure what a browser loads of the first page before anybody scrolls, nothing being kept anywhere."""
    page = opened.ask("/")
    html = opened.ask("/", packed=False).body.decode()
    loaded = [opened.ask(address) for address in sorted(addresses(html)) if "/static/" in address]
    size = (page.size + sum(one.size for one in loaded)) / 1000
    seconds = page.seconds + sum(one.seconds for one in loaded)
    heading = [
        "first page, nothing kept",
        "requests",
        f"kB (at most {KILOBYTES})",
        f"seconds (at most {FIRST_SECONDS:g})",
        "processor seconds",
    ]
    cpu_seconds = page.cpu_seconds + sum(one.cpu_seconds for one in loaded)
    cells = [str(1 + len(loaded)), held_against(size, KILOBYTES), held_against(seconds, FIRST_SECONDS, 2)]
    return table(heading, [["", *cells, f"{cpu_seconds:.2f}"]])


def addresses(html: str) -> set[str]:
    """Return what a wide page loads besides itself."""
    found = {address.replace("&amp;", "&") for address in LOADED.findall(html)}
    return {address for address in found if "size=narrow" not in address and "size=whole" not in address}


def page_row(opened: Dashboard, path: str, title: str) -> list[str]:
    """Measure a page again and again, in turn with the empty route, and its charts new and kept."""
    pairs = [(opened.ask(path), opened.ask(EMPTY)) for _ in range(ROUNDS)]
    seconds = median(page.seconds for page, _ in pairs)
    cpu_seconds = median(page.cpu_seconds for page, _ in pairs)
    empty = median(nothing.cpu_seconds for _, nothing in pairs)
    html = opened.ask(path, packed=False).body.decode()
    charts = sorted(address for address in addresses(html) if address.startswith("/charts/"))
    drawn, kept = [opened.ask(one) for one in charts], [opened.ask(one) for one in charts]
    size = pairs[0][0].size
    return [
        title,
        f"{1000 * seconds:.0f}",
        held_against(seconds, SECONDS, 2),
        f"{1000 * cpu_seconds:.0f}",
        f"{cpu_seconds / empty:.0f}",
        f"{size / 1000:.1f}",
        str(len(charts)),
        f"{(size + sum(one.size for one in drawn)) / 1000:.0f}",
        f"{1000 * sum(one.cpu_seconds for one in drawn):.0f}",
        f"{1000 * sum(one.cpu_seconds for one in kept):.0f}",
    ]


def published_files() -> list[Path]:
    """Return what is published in warehouse, the smallest first."""
    found = (REPOSITORY / "warehouse").glob("*.duckdb")
    return sorted((f for f in found if not f.stem.endswith("_build")), key=lambda file: file.stat().st_size)


def results(files: Sequence[Path]) -> str:
    """Return the page of results."""
    about = (
        f"Made by `make bench-dashboard` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores, load"
        f" {os.getloadavg()[0]:.1f} before the start; what others do makes elapsed time longer. Medians of"
        f" {ROUNDS} requests. Charts are drawn once for a publication, when somebody first scrolls to them,"
        " and kept from then on."
    )
    return "\n\n".join(["# Speed of the dashboard", about, *(measure(file) for file in files)]) + "\n"


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, help="published files (default: those of warehouse)")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve(args.serve)
        return
    made = results(args.files or published_files())
    print(made)
    RESULTS.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
