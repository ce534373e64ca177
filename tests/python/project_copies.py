"""Copies of the project in which tests build, so that nothing in the checkout is written to."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import yaml

from bank_marketing.seeds.formats import read_yaml

REPOSITORY = Path(__file__).parents[2]
KAGGLE = REPOSITORY.parent / "shared" / "kaggle"
# What the lean project makes: of each domain the marts of its raw files, of campaigns also segments with fit,
# score, snapshot and drift, and the shared tables over them.
LEAN = (
    "campaign_performance",
    "campaign_responses",
    "campaign_segment_history",
    "cards",
    "card_transactions",
    "orders",
    "retail_customers",
    "churn_customers",
    "campaigns_drift_score",
    "drift_monitor",
    "model_metrics",
    "model_registry",
    "profiling_objections",
    "rejected_row_counts",
    "segment_migration_matrix",
)
# For files of one's own, which are fitted at full depth, where a test is about no figure of a fit.
QUICK = ("--vars", "depth: quick")
# What dbt read of a project; of files that changed since it reads again.
PARSED = "partial_parse.msgpack"
REF = re.compile(r"""\bref\(\s*['"](\w+)['"]""")
# Macros that list models by name.
LISTS = (
    "macros/evaluation/fitted_models.sql",
    "macros/evaluation/fairness_scores.sql",
    "macros/evaluation/list_fairness_scores.sql",
    "macros/operations/drift_scores.sql",
    "macros/segments/segment_histories.sql",
)


@cache
def dbt_server() -> subprocess.Popen[str]:
    """Return the process of dbt_server.py that runs the commands of these tests, one after the other."""
    script = Path(__file__).with_name("dbt_server.py")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen([sys.executable, str(script)], text=True, **pipes)


@cache
def connection_in_memory() -> duckdb.DuckDBPyConnection:
    """Return one for all queries, since making it takes longer than most of them."""
    return duckdb.connect()


@dataclass(frozen=True)
class Project:
    """A copy of the project to build in."""

    folder: Path
    seed_set: str = "sample"

    @property
    def published(self) -> Path:
        return self.folder / "warehouse" / f"{self.seed_set}.duckdb"

    @property
    def published_state(self) -> tuple[int, int]:
        """Return what changes when the file is replaced or written to, and not when it is read."""
        stat = self.published.stat()
        return stat.st_ino, stat.st_mtime_ns

    @property
    def working(self) -> Path:
        return self.folder / "warehouse" / f"{self.seed_set}_build.duckdb"

    def environment(self) -> dict[str, str]:
        """Return the environment of a command; what dbt writes of a build, and nobody reads, takes time."""
        project = {"SEED_SET": self.seed_set, "PYTHONPATH": str(self.folder / "src")}
        return {**os.environ, **project, "DBT_WRITE_JSON": "false", "DBT_LOG_LEVEL_FILE": "none"}

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a module with its arguments, as `python -m` does."""
        output = Path(tempfile.mkdtemp()) / "output"
        request = {
            "folder": str(self.folder),
            "environment": self.environment(),
            "command": command,
            "output": str(output),
        }
        server = dbt_server()
        assert server.stdin and server.stdout
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        texts = [output.with_suffix(suffix).read_text() for suffix in (".out", ".err")]
        shutil.rmtree(output.parent)
        return subprocess.CompletedProcess(command, code, *texts)

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("dbt.cli.main", *arguments)

    def build(self, *arguments: str) -> None:
        done = self.dbt("build", *arguments)
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]

    def query(self, sql: str, file: Path | None = None) -> list[tuple]:
        # In memory, since a connection to the path itself would keep showing a file that was replaced.
        connection = connection_in_memory()
        connection.execute(f"attach '{file or self.published}' as warehouse (read_only)")
        try:
            connection.execute("use warehouse")
            return connection.execute(sql).fetchall()
        finally:
            connection.execute("use memory")
            connection.execute("detach warehouse")


def copy_project(folder: Path, seed_set: str = "sample") -> Project:
    """Copy what git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        source = REPOSITORY / name
        if source.is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    # `make test` has read the checkout by then, for its linters; another seed set is read anew.
    parsed = REPOSITORY / "target" / PARSED
    if parsed.is_file() and seed_set == "sample":
        (folder / "target").mkdir(exist_ok=True)
        shutil.copy2(parsed, folder / "target")
    return Project(folder, seed_set)


def keep_only(folder: Path, tables: Iterable[str]) -> None:
    """Leave in a copy of the project these tables alone, with all they and their data tests read.

    The tables that the publisher itself reads and writes stay, too.
    """
    files = [
        *(folder / "models").rglob("*.sql"),
        *(folder / "python_models").rglob("*.py"),
        *(folder / "snapshots").rglob("*.sql"),
    ]
    paths = {path.stem: path for path in files}
    kept: set[str] = set()
    waiting = {*tables, "publications", "publication_files", "seed_loads", "model_features"}
    # The macros of macros/lists read them wherever customers are read.
    waiting |= {name for name in paths if name.endswith("__do_not_contact")}
    while waiting:
        name = waiting.pop()
        kept.add(name)
        texts = [file.read_text() for file in beside(paths[name])]
        waiting |= {read for text in texts for read in REF.findall(text) if read in paths} - kept
    for name in paths.keys() - kept:
        for file in beside(paths[name]):
            file.unlink()
    for test in (folder / "tests" / "data").rglob("*.sql"):
        if any(read in paths.keys() - kept for read in REF.findall(test.read_text())):
            test.unlink()
    for name in LISTS:
        text = (folder / name).read_text()
        listed = re.compile(r'"(\w+)",?\s*')
        (folder / name).write_text(listed.sub(lambda m: m[0] if m[1] in kept else "", text))
    fits = folder / "python_models" / "fits.yml"
    content = read_yaml(fits.read_text())
    content["models"] = [fit for fit in content["models"] if fit["name"] in kept]
    fits.write_text(yaml.safe_dump(content, sort_keys=False))
    for file in (folder / "models").rglob("*.yml"):
        content = read_yaml(file.read_text())
        # Exposures may name tables that are gone.
        left_out = [content.pop(key, None) for key in ("unit_tests", "exposures")]
        if any(left_out):
            file.write_text(yaml.safe_dump(content, sort_keys=False))
    shutil.rmtree(folder / "analyses", ignore_errors=True)
    # With so many files gone dbt is quicker without what it read before.
    (folder / "target" / PARSED).unlink(missing_ok=True)


def fit_shallowly(folder: Path) -> None:
    """Let fits of a copy of the project repeat little, whatever depth they are asked for."""
    with (folder / "src" / "bank_marketing" / "methods" / "depths.py").open("a") as depths:
        depths.write(
            "from dataclasses import replace\n"
            "LITTLE = dict(importance_repeats=1, importance_permutations=1, resamples=20, restarts=2,"
            " policy_decisions=16)\n"
            'DEPTHS["quick"] = DEPTHS["full"] = replace(DEPTHS["quick"], **LITTLE)\n'
        )


def beside(path: Path) -> list[Path]:
    """Return a model's file and that of its description."""
    return [file for file in (path, path.with_suffix(".yml")) if file.exists()]
