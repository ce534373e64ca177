"""What a person sees of a running dbt: its stages by domain, warnings, errors and how it ended."""

import json
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

LAST_LINES = 10
# All of dbt's output, too, under the project's folder; dbt_project.yml says from which level on.
LOG = "logs/dbt.log"

# A model is called by its folder; what stands directly in the domain is public.
STAGES = {"seed": "seeds", "snapshot": "snapshots", "model": "public tables"}


def run_dbt(
    arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], is_verbose: bool
) -> int:
    """Run dbt and show how far it is.

    Parameters
    ----------
    arguments : sequence of str
        dbt's path, its command and the command's arguments.
    folder : Path
        The project's folder.
    environment : mapping of str to str
        Environment variables of dbt.
    is_verbose : bool
        Whether to show all that dbt says, as it says it.

    Returns
    -------
    int
        dbt's exit status.
    """
    program, *words = arguments
    colours = [] if sys.stdout.isatty() and "NO_COLOR" not in environment else ["--no-use-colors"]
    if is_verbose:
        return subprocess.run([program, *colours, *words], cwd=folder, env=environment).returncode
    command = [program, "--log-format", "json", "--log-format-file", "text", *colours, *words]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, encoding="utf-8", errors="replace"
    ) as dbt:
        try:
            for line in progress_lines(dbt.stdout or ()):
                print(line, flush=True)
        except KeyboardInterrupt:
            # dbt has got the signal, too, and rolls back what it was at.
            dbt.wait()
            raise
    return dbt.returncode


def progress_lines(output: Iterable[str]) -> Iterator[str]:
    """Reduce dbt's output to what a person needs.

    Parameters
    ----------
    output : iterable of str
        Lines of dbt's log as JSON; another line, such as a traceback, is passed on as it is.

    Yields
    ------
    str
        Where dbt is, when the first model of a stage of a domain starts; each warning, error and printed
        line when it comes; at the end the last lines of dbt's own output, without those shown before.
    """
    seen: set[str] = set()
    last: deque[str] = deque(maxlen=LAST_LINES)
    start: datetime | None = None
    for line in output:
        event = _event(line)
        if event is None:
            yield line.rstrip("\n")
            continue
        info, data = event["info"], event["data"]
        now = datetime.fromisoformat(info["ts"])
        if start is None:
            start = now
            yield "   0 s  reading the project"
        message = str(info["msg"]).strip("\n")
        if message and (info["level"] in ("warn", "error") or info["name"] == "PrintEvent"):
            yield message
        elif info["name"] == "LogStartLine":
            stage = _stage(data["node_info"])
            if stage and stage not in seen:
                seen.add(stage)
                yield f"{(now - start).seconds:4} s  {data['index']:>3} of {data['total']}  {stage}"
        elif message:
            last.append(message)
    if last:
        yield f"The last lines of {LOG}, which has all of them:"
        yield from (f"  {message}" for message in last)


def _event(line: str) -> dict[str, Any] | None:
    """Read one line of dbt's log, None if it is none."""
    try:
        event = json.loads(line)
        return event if {"msg", "level", "name", "ts"} <= event["info"].keys() else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _stage(node: Mapping[str, Any]) -> str:
    """Name domain and stage of a node; a test belongs to what it is about and has none of its own."""
    kind = node["resource_type"]
    if kind not in STAGES:
        return ""
    domain, *folders = Path(node["node_path"]).parent.parts
    return f"{domain}: {folders[0] if folders and kind == 'model' else STAGES[kind]}"
