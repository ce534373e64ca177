"""The words of ``bank-marketing serve``."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from bank_marketing.errors import UserError
from bank_marketing.service.access import KEY, is_loopback, stated_key
from bank_marketing.service.app import ENVIRONMENT
from bank_marketing.service.listening import check_address
from bank_marketing.service.rules import check_channels, read_rules
from bank_marketing.service.running import load_publication
from bank_marketing.service.store import Store
from bank_marketing.service.watching import TOGETHER
from bank_marketing.serving.published_file import add_warehouse, published_file
from bank_marketing.serving.withdrawals import DATABASE, SQLITE, log_beside

SECONDS_TO_END = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``serve`` to its parser."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen at (default: this machine alone)"
    )
    parser.add_argument("--port", type=int, default=8000, help="port (default: 8000)")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes (default: 1)")
    parser.add_argument(
        "--rules", type=Path, metavar="TOML", help="rules of contact (see docs/decision_service.md)"
    )
    parser.add_argument(
        "--api-key-file",
        type=Path,
        metavar="FILE",
        help=f"file with the key that requests bring (default: ${KEY}); needed where others reach the host",
    )
    parser.add_argument(
        "--most-requests",
        type=float,
        default=5000,
        metavar="N",
        help="requests a second, of all processes together (default: 5000; 0 for no limit)",
    )
    add_log(parser)


def add_log(parser: argparse.ArgumentParser) -> None:
    """Add the words that say which log."""
    add_warehouse(parser, "published file")
    parser.add_argument(
        "--database",
        metavar="URL",
        help="the log: postgresql://USER@HOST/DATABASE or sqlite:///FILE"
        " (default: $DECISIONS_DATABASE, else a file beside the published one)",
    )


def database_url(stated: str | None, warehouse: Path | None) -> str:
    """Return the URL of the log.

    Parameters
    ----------
    stated : str or None
        By ``--database``.
    warehouse : Path or None
        By ``--warehouse``.

    Returns
    -------
    str
    """
    if url := stated or os.environ.get(DATABASE):
        return url
    return f"{SQLITE}{log_beside(published_file(warehouse).absolute())}"


@contextmanager
def opened_log(args: argparse.Namespace) -> Iterator[Store]:
    """Open the log that the words of `add_log` name, which is there already, and close it."""
    url = database_url(args.database, args.warehouse)
    file = url.removeprefix(SQLITE)
    if file != url and not Path(file).exists():
        raise UserError(f"{file}: found no log of decisions. Name it by --database; `serve` makes one.")
    store = Store(url)
    try:
        yield store
    finally:
        store.close()


def run(args: argparse.Namespace) -> int:
    """Serve until somebody ends it.

    Parameters
    ----------
    args : argparse.Namespace
        The words.

    Returns
    -------
    int
        0.

    Raises
    ------
    UserError
        If the published file, the log, the rules or the address won't do.
    """
    path = published_file(args.warehouse)
    database = database_url(args.database, args.warehouse)
    # What won't do is said here, once, and not by each worker.
    if args.workers < 1:
        raise UserError(f"--workers is {args.workers}, expected 1 or more.")
    if args.most_requests and not 1 <= args.most_requests <= 1e9:
        raise UserError(f"--most-requests is {args.most_requests}, expected 1 or more, or 0 for no limit.")
    rules = read_rules(args.rules)
    check_channels(rules, load_publication(path).policy.start.design.channels, args.rules)
    Store(database).close()
    if not stated_key(args.api_key_file, os.environ.get(KEY, "")) and not is_loopback(args.host):
        raise UserError(
            f"--host {args.host}: others reach it, so requests have to bring a key. Name its file with"
            f" --api-key-file, or put it into ${KEY}."
        )
    check_address(args.host, args.port)
    host = f"[{args.host}]" if ":" in args.host else args.host
    print(f"Decisions are made at http://{host}:{args.port}, see /docs there (Ctrl+C ends it).", flush=True)
    # uvicorn ends with the signal that it got, once more; what is temporary goes then.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="bank-marketing-") as folder:
        bucket = Path(folder, "bucket")
        bucket.touch()
        if args.workers > 1:
            os.environ[TOGETHER] = folder
        os.environ[ENVIRONMENT] = json.dumps(
            {
                "warehouse": str(path.absolute()),
                "database": database,
                "rules": str(args.rules.absolute()) if args.rules else "",
                "key_file": str(args.api_key_file.absolute()) if args.api_key_file else "",
                "rate": args.most_requests,
                "bucket": str(bucket),
            }
        )
        uvicorn.run(
            "bank_marketing.service.app:from_environment",
            factory=True,
            host=args.host,
            port=args.port,
            workers=args.workers,
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=SECONDS_TO_END,
            # A worker that still loads its libraries on a busy machine isn't a dead one.
            timeout_worker_healthcheck=60,
        )
    return 0
