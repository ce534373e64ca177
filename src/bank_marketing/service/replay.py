"""``bank-marketing replay``: sends a file of events to a service, as many a second as wished."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bank_marketing.errors import UserError
from bank_marketing.service.access import KEY, KEY_HEADER, stated_key

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
    parser.add_argument(
        "--api-key-file", type=Path, metavar="FILE", help=f"file with the service's key (default: ${KEY})"
    )


def run(args: argparse.Namespace) -> int:
    """Send a file of events.

    Parameters
    ----------
    args : argparse.Namespace
        file, rate, url and api_key_file.

    Returns
    -------
    int
        0 if all were answered with 200, else 1.

    Raises
    ------
    UserError
        If the file, the rate, the address or the key won't do.
    """
    if not 0 < args.rate <= 100_000:
        raise UserError(f"--rate is {args.rate}, expected a number above 0 and up to 100000.")
    events = list(_events(args.file))
    place = _place(args.url)
    headers = {"content-type": "application/json"}
    if key := stated_key(args.api_key_file, os.environ.get(KEY, "")):
        headers[KEY_HEADER] = key
    begun = time.monotonic()
    with ThreadPoolExecutor(TOGETHER) as pool:
        sent = []
        for number, event in enumerate(events):
            time.sleep(max(0.0, begun + number / args.rate - time.monotonic()))
            sent.append(pool.submit(_send, place, headers, event))
        answers = Counter(answer for one in sent for answer in one.result())
    seconds = time.monotonic() - begun
    print(f"{len(events):,} events in {seconds:,.1f} s; answers:")
    for answer, count in sorted(answers.items()):
        print(f"  {answer}: {count:,}")
    return 0 if all(answer.endswith(" 200") for answer in answers) else 1


def _place(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        if parts.scheme == "http" and parts.hostname:
            return parts.hostname, parts.port or 80
    except ValueError:
        pass
    raise UserError(f"--url is {url!r}, expected one such as http://127.0.0.1:8000.")


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
        if not isinstance(event, dict) or not (
            isinstance(event.get("decision"), dict) and isinstance(event.get("outcome") or {}, dict)
        ):
            expected = '{"decision": {...}}, or with an "outcome": {...}'
            raise UserError(f"{path}, line {number}: found {line[:80]!r}, expected {expected}.")
        yield event


def _send(place: tuple[str, int], headers: Mapping[str, str], event: Mapping[str, Any]) -> list[str]:
    """Ask for a decision and tell its outcome; return what was answered."""
    connection = http.client.HTTPConnection(*place, timeout=30)
    try:
        status, decision = _post(connection, headers, "/decisions", event["decision"])
        answers = [f"decision {status}"]
        if status == 200 and event.get("outcome") and decision["action"]:
            body = {**event["outcome"], "decision_id": decision["decision_id"]}
            answers.append(f"outcome {_post(connection, headers, '/outcomes', body)[0]}")
        return answers
    except (OSError, http.client.HTTPException, ValueError) as error:
        return [f"none ({type(error).__name__})"]
    finally:
        connection.close()


def _post(
    connection: http.client.HTTPConnection, headers: Mapping[str, str], path: str, body: Mapping[str, Any]
) -> tuple[int, Any]:
    connection.request("POST", path, json.dumps(body), dict(headers))
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())
