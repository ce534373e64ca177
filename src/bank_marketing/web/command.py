"""The words of ``bank-marketing dashboard``."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

import uvicorn

from bank_marketing.errors import UserError
from bank_marketing.service.access import is_loopback, stated_key
from bank_marketing.service.command import add_log, database_url
from bank_marketing.service.listening import check_address
from bank_marketing.service.running import utc_now
from bank_marketing.serving.opened import Opened
from bank_marketing.serving.published_file import published_file
from bank_marketing.web.app import ENVIRONMENT, PASSWORD

SECONDS_TO_END = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``dashboard`` to its parser."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen at (default: this machine alone)"
    )
    parser.add_argument("--port", type=int, default=8001, help="port (default: 8001)")
    add_log(parser)
    parser.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help=f"file with the password (default: ${PASSWORD}); needed where others reach the host",
    )
    parser.add_argument(
        "--proxy-header",
        default="",
        metavar="NAME",
        help="header in which a proxy says who has logged in, such as X-Forwarded-User; for a password",
    )
    parser.add_argument(
        "--proxy",
        action="append",
        metavar="ADDRESS",
        help="address of such a proxy (default: this machine); may be repeated",
    )


def run(args: argparse.Namespace) -> int:
    """Show pages until somebody ends it.

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
        If the published file won't do, others would reach it without a password, or nothing can listen there.
    """
    path = published_file(args.warehouse)
    Opened(path, utc_now().date())
    is_local = is_loopback(args.host)
    if (
        not stated_key(args.password_file, os.environ.get(PASSWORD, ""))
        and not args.proxy_header
        and not is_local
    ):
        raise UserError(
            f"--host {args.host}: others reach it, so a password is needed. Name its file with"
            f" --password-file, put it into ${PASSWORD}, or name the header of a proxy with --proxy-header."
        )
    check_address(args.host, args.port)
    os.environ[ENVIRONMENT] = json.dumps(
        {
            "warehouse": str(path.absolute()),
            "database": database_url(args.database, args.warehouse),
            "password_file": str(args.password_file.absolute()) if args.password_file else "",
            "proxy_header": args.proxy_header,
            "proxies": args.proxy or ["127.0.0.1", "::1"],
            "is_local": is_local,
        }
    )
    host = f"[{args.host}]" if ":" in args.host else args.host
    print(f"The dashboard is at http://{host}:{args.port} (Ctrl+C ends it).", flush=True)
    uvicorn.run(
        "bank_marketing.web.app:from_environment",
        factory=True,
        host=args.host,
        port=args.port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=SECONDS_TO_END,
    )
    return 0
