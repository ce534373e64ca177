"""What the benches share: time, processor time and memory of a command, and the form of a table."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

REPOSITORY = Path(__file__).parents[1]
SEED_SET = "bench"
SECONDS_BETWEEN_SAMPLES = 0.05


@dataclass(frozen=True)
class Sample:
    """A look at a process and its children.

    Parameters
    ----------
    at : float
        Moment, seconds since 1970.
    memory : int
        Resident memory of process and children together, bytes.
    cpu_seconds : float
        Processor time used so far by the process itself, seconds.
    """

    at: float
    memory: int
    cpu_seconds: float


@dataclass(frozen=True)
class Measured:
    """What a command took.

    Parameters
    ----------
    seconds : float
        Elapsed time.
    cpu_seconds : float
        Processor time of the command and its children: what a shared machine changes least.
    samples : list of Sample
        In order of time.
    """

    seconds: float
    cpu_seconds: float
    samples: list[Sample]

    @property
    def peak_memory(self) -> int:
        """Largest resident memory seen, in bytes."""
        return max((sample.memory for sample in self.samples), default=0)

    def between(self, start: float, end: float) -> list[Sample]:
        """Return the samples between two moments, with the one just before and the one just after."""
        before = [sample for sample in self.samples if sample.at < start][-1:]
        inside = [sample for sample in self.samples if start <= sample.at <= end]
        return [*before, *inside, *[sample for sample in self.samples if sample.at > end][:1]]


@dataclass(frozen=True)
class Node:
    """A node of a dbt run.

    Parameters
    ----------
    name : str
        Kind and name, as in ``model card_transactions``.
    seconds : float
        Elapsed time of the node.
    cpu_seconds, peak_memory : float, int
        Of the whole process while the node ran: with two threads another node's share is in them.
    """

    name: str
    seconds: float
    cpu_seconds: float
    peak_memory: int


def run_measured(command: Sequence[str], environment: dict[str, str] | None = None) -> Measured:
    """Run a command in the project folder and measure it.

    Parameters
    ----------
    command : sequence of str
        The words of the command.
    environment : dict of str to str, optional
        Variables to set besides those of this process.

    Returns
    -------
    Measured
        Time, processor time and samples of memory.

    Raises
    ------
    subprocess.CalledProcessError
        If the command fails; its output is in the error and was printed.
    """
    # Without code and paths.
    print(Path(command[0]).name, *(word for word in command[1:] if len(word) < 40), "...", flush=True)
    started = time.time()
    samples: list[Sample] = []
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        done = threading.Event()
        sampler = threading.Thread(target=_watch, args=(process.pid, done, samples))
        sampler.start()
        assert process.stdout
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        done.set()
        sampler.join()
    if process.returncode:
        print(output)
        raise subprocess.CalledProcessError(process.returncode, command, output)
    return Measured(time.time() - started, usage.ru_utime + usage.ru_stime, samples)


def run_dbt(*arguments: str, afresh: bool = True) -> tuple[Measured, list[Node]]:
    """Run dbt on the bench's data.

    Parameters
    ----------
    *arguments : str
        Command and options of dbt.
    afresh : bool
        Whether from a working file that isn't there yet.

    Returns
    -------
    tuple of (Measured, list of Node)
        The whole run, and its nodes in the order in which they ended.
    """
    if afresh:
        remove_warehouse()
    target = Path("target") / SEED_SET
    command = ["dbt", *arguments, "--target-path", str(target), "--log-path", str(target)]
    source = os.pathsep.join(filter(None, [str(REPOSITORY / "src"), os.environ.get("PYTHONPATH")]))
    measured = run_measured(_with_python(command), {"SEED_SET": SEED_SET, "PYTHONPATH": source})
    results = json.loads((REPOSITORY / target / "run_results.json").read_text())["results"]
    return measured, [node for result in results if (node := _node(result, measured))]


def remove_warehouse() -> None:
    """Remove what the benches built, and nothing that merely has a similar name."""
    for name in (SEED_SET, f"{SEED_SET}_build", f"{SEED_SET}_bare"):
        for file in (REPOSITORY / "warehouse").glob(f"{name}.duckdb*"):
            file.unlink()


def machine() -> str:
    """Return cores and memory of this machine, and how busy it is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    load = os.getloadavg()[0]
    return (
        f"Machine: {os.cpu_count()} cores, {memory / 1e9:.0f} GB of memory."
        f" Python {platform.python_version()}, DuckDB {duckdb.__version__}."
        f" Load average {load:.1f} before the start; what others do makes elapsed seconds longer."
    )


def held_against(value: float, limit: float, digits: int = 1) -> str:
    """Say a figure, and whether it keeps its limit.

    Parameters
    ----------
    value, limit : float
        In the same unit.
    digits : int
        Behind the point; the figure is judged as it is shown.

    Returns
    -------
    str
        Such as "**5.2** (met)".
    """
    shown = f"{value:.{digits}f}"
    return f"**{shown}** ({'met' if float(shown) <= limit else 'not met'})"


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; columns but the first are set to the right.

    Parameters
    ----------
    heading : sequence of str
        Names of the columns.
    rows : sequence of sequence of str
        Cells.

    Returns
    -------
    str
        Lines of text.
    """
    rule = ["---", *["---:"] * (len(heading) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [heading, rule, *rows])


def gigabytes(size: float) -> str:
    """Return a size in bytes as text in gigabytes."""
    return f"{size / 1e9:.2f} GB"


def _with_python(command: Sequence[str]) -> list[str]:
    return [str(Path(sys.executable).with_name(command[0])), *command[1:]]


def _node(result: dict, measured: Measured) -> Node | None:
    moments = [
        datetime.fromisoformat(step[name].replace("Z", "+00:00")).timestamp()
        for step in result["timing"]
        for name in ("started_at", "completed_at")
    ]
    if not moments:
        return None
    samples = measured.between(min(moments), max(moments))
    return Node(
        name=" ".join(result["unique_id"].split(".")[0:3:2]),
        seconds=max(moments) - min(moments),
        cpu_seconds=samples[-1].cpu_seconds - samples[0].cpu_seconds,
        peak_memory=max(sample.memory for sample in samples),
    )


def _watch(pid: int, done: threading.Event, samples: list[Sample]) -> None:
    ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    while not done.is_set():
        try:
            memory = sum(_statistics(process)[21] for process in _family(pid)) * page
            mine = _statistics(pid)
            samples.append(Sample(time.time(), memory, (mine[11] + mine[12]) / ticks))
        except (OSError, IndexError, ValueError):
            pass  # A process that ended while it was looked at.
        done.wait(SECONDS_BETWEEN_SAMPLES)


def _statistics(pid: int) -> list[int]:
    # The second field, the name, may hold blanks and brackets; the third is a letter.
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return [0, *map(int, fields[1:])]


def _family(pid: int) -> list[int]:
    children = [
        int(child)
        for listed in Path(f"/proc/{pid}/task").glob("*/children")
        for child in listed.read_text().split()
    ]
    return [pid, *(member for child in children for member in _family(child))]
