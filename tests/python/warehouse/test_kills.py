"""Builds that are killed at any moment, fill their disk or meet another build: in `make test-long` alone.

It prints a table of what happened and what was said.
"""

import atexit
import importlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import dbt_server
import duckdb
import pytest
from project_copies import Project

from bank_marketing.warehouse.files import state_of

pytestmark = pytest.mark.long

# How often a build is killed anywhere, and half as often while publishing; KILLS=40 looks closer.
KILLS = int(os.environ.get("KILLS", "8"))
BUILD = [sys.executable, "-m", "bank_marketing.cli", "build", "--", "--select", "churn+"]


def start(project: Project, limit: int | None = None) -> subprocess.Popen[str]:
    """Start a build of one domain in a process group of its own; no file gets larger than `limit` bytes."""

    def hold() -> None:
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    # The reason of a failure is read in dbt's log.
    environment = project.environment() | {"DBT_LOG_LEVEL_FILE": "warn"}
    return subprocess.Popen(
        BUILD,
        cwd=project.folder,
        env=environment,
        text=True,
        start_new_session=True,
        preexec_fn=hold,
        **pipes,
    )


def version_of(project: Project) -> int:
    """Read the whole published file, as a client would."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{project.published}' as published (read_only)")
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'published'"
        ).fetchall()
        for (table,) in tables:
            connection.execute(f"select bit_xor(hash(columns(*))) from published.{table}").fetchall()
        newest = "select max(version) from published.operations.publications"
        return connection.execute(newest).fetchall()[0][0]


def fork_dbt(project: Project) -> int:
    """Run plain `dbt build` in a fork of this process, which has imported dbt: worth it for fifty builds."""
    for name in dbt_server.IMPORTED:
        importlib.import_module(name)
    process = os.fork()
    if not process:
        try:
            command = ["dbt.cli.main", "build", "--select", "churn+"]
            output = str(project.folder / "output")
            request = {"folder": str(project.folder), "environment": project.environment()}
            # What pytest does at its end isn't the fork's business.
            atexit._clear()
            dbt_server.run({**request, "command": command, "output": output})
        finally:
            os._exit(1)
    return process


def kill(project: Project, seconds: float, *, publishing: bool) -> tuple[str, int]:
    """Kill a build after a while; return what it had done and the version that is published then."""
    unfinished = project.published.with_name("sample.duckdb.unfinished")
    before = version_of(project)
    # That of the kill before is swept first.
    swept = {state_of(unfinished), state_of(project.folder / "none")}
    build = fork_dbt(project)
    ended = (0, 0)
    while publishing and state_of(unfinished) in swept and not ended[0]:
        ended = os.waitpid(build, os.WNOHANG)
        time.sleep(0.01)
    moment = time.monotonic() + seconds
    while time.monotonic() < moment and not ended[0]:
        ended = os.waitpid(build, os.WNOHANG)
        time.sleep(0.001)
    if not ended[0]:
        os.kill(build, signal.SIGKILL)
        os.waitpid(build, 0)
    assert ended[1] == 0, (project.folder / "output.out").read_text()[-3000:]
    after = version_of(project)
    assert after in (before, before + 1)
    left = ", with an unfinished one beside it" if unfinished.exists() else ""
    happened = "had ended" if ended[0] else "killed"
    return f"{happened}; {'new' if after > before else 'old'} publication, whole{left}", after


@pytest.mark.parametrize(("where", "kills"), [("anywhere", KILLS), ("while publishing", KILLS // 2)])
def test_after_a_kill_the_published_file_is_whole_and_the_next_build_goes_through(lean_project, where, kills):
    kill(lean_project, 600, publishing=False)
    chance = random.Random(13)
    began = time.monotonic()
    kill(lean_project, 600, publishing=False)
    whole = time.monotonic() - began
    outcomes: dict[str, int] = {}
    publishing = where == "while publishing"
    for number in range(kills):
        # One in each part of a build, so that few kills reach all of it.
        moment = (number + chance.random()) / kills * (2 if publishing else whole)
        happened, version = kill(lean_project, moment, publishing=publishing)
        outcomes[happened] = outcomes.get(happened, 0) + 1
    build = start(lean_project)
    output, errors = build.communicate()
    assert build.returncode == 0, output[-3000:] + errors
    assert version_of(lean_project) == version + 1
    log = "select max(version) from operations_private.publication_log"
    assert lean_project.query(log, lean_project.working) == [(version + 1,)]
    assert not list(lean_project.published.parent.glob("*.unfinished*"))
    print(f"\n{kills} kills {where} (a build takes {whole:.0f} s), then a build that went through:")
    for happened, count in sorted(outcomes.items()):
        print(f"  {count:>3}  {happened}")


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_full_disk_leaves_the_published_file_and_is_said(lean_project, share):
    # A working file grows from build to build: what a new one needs tells only a new one.
    lean_project.working.unlink()
    assert start(lean_project).wait() == 0
    before = lean_project.published_state
    largest = max(lean_project.working.stat().st_size, lean_project.published.stat().st_size)
    lean_project.working.unlink()
    build = start(lean_project, int(share * largest))
    _, errors = build.communicate()
    assert build.returncode != 0
    assert lean_project.published_state == before
    print(f"\nNo file over {share:.0%} of what a build needs: {errors.strip()}")
    assert "the disk became full" in errors and "Traceback" not in errors
    assert start(lean_project).wait() == 0


def test_of_two_builds_at_once_one_is_refused(lean_project):
    first = start(lean_project)
    time.sleep(0.5)
    second = start(lean_project)
    _, refused = second.communicate()
    _, errors = first.communicate()
    assert (first.returncode, second.returncode) == (0, 1), errors
    assert "another build is under way" in refused and len(refused.splitlines()) == 1
    print(f"\nTwo builds at once: {refused.strip()}")


def test_on_a_small_disk_the_room_is_looked_at_first(lean_project: Project, tmp_path: Path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=14m", "tmpfs", disk], capture_output=True
    ).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        for file in (lean_project.published,):
            shutil.copy(file, disk / file.name)
            file.unlink()
        lean_project.working.unlink()
        (lean_project.folder / "warehouse").rename(lean_project.folder / "earlier")
        (lean_project.folder / "warehouse").symlink_to(disk)
        build = start(lean_project)
        _, errors = build.communicate()
        print(f"\nA disk of 14 MB: {errors.strip()}")
        assert build.returncode == 1 and "Make room" in errors and len(errors.splitlines()) == 1
    finally:
        subprocess.run(["umount", disk], check=True)
