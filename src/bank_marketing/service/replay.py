"""``bank-marketing replay``: sends a file of events to a service, as many a second as wished."""

from __future__ import annotations

import argparse
import http.client
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bank_marketing.errors import UserError

TOGETHER = 32


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``replay`` to its parser."""
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help='a JSON object a line: {"decision": {...}, "outcome": {...}}, the bodies of the two routes; the'
        " outcome, if there is one, without decision_id",
    )
    parser.add_argument("--rate", type=float, default=50.0, metavar="N", help="events a second (default: 50)")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the service")


def run(args: argparse.Namespace) -> int:
    """Send a file of events.

    Parameters
    ----------
    args : argparse.Namespace
        file, rate and url.

    Returns
    -------
    int
        0 if all were answered with 200, else 1.

    Raises
    ------
    UserError
        If the file or the rate won't do.
    """
    if not 0 < args.rate <= 100_000:
        raise UserError(f"--rate is {args.rate}, expected a number above 0 and up to 100000.")
    events = list(_events(args.file))
    place = urlsplit(args.url)
    begun = time.monotonic()
    with ThreadPoolExecutor(TOGETHER) as pool:
        sent = []
        for number, event in enumerate(events):
            time.sleep(max(0.0, begun + number / args.rate - time.monotonic()))
            sent.append(pool.submit(_send, place.hostname or "", place.port or 80, event))
        answers = Counter(answer for one in sent for answer in one.result())
    seconds = time.monotonic() - begun
    print(f"{len(events):,} events in {seconds:,.1f} s; answers:")
    for answer, count in sorted(answers.items()):
        print(f"  {answer}: {count:,}")
    return 0 if all(answer.endswith(" 200") for answer in answers) else 1


def _events(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: it can't be read ({error}).") from error
    for number, line in enumerate(lines, start=1):
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if not isinstance(event, dict) or not isinstance(event.get("decision"), dict):
            raise UserError(f'{path}, line {number}: found {line[:80]!r}, expected {{"decision": {{...}}}}.')
        yield event


def _send(host: str, port: int, event: Mapping[str, Any]) -> list[str]:
    """Ask for a decision and tell its outcome; return what was answered."""
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        status, decision = _post(connection, "/decisions", event["decision"])
        answers = [f"decision {status}"]
        if status == 200 and event.get("outcome") and decision["action"]:
            body = {**event["outcome"], "decision_id": decision["decision_id"]}
            answers.append(f"outcome {_post(connection, '/outcomes', body)[0]}")
        return answers
    except (OSError, http.client.HTTPException, ValueError) as error:
        return [f"none ({type(error).__name__})"]
    finally:
        connection.close()


def _post(connection: http.client.HTTPConnection, path: str, body: Mapping[str, Any]) -> tuple[int, Any]:
    connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())
