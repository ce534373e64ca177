"""Project copies for tests: dbt builds in them, so that nothing in the checkout is written to."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

REPOSITORY = Path(__file__).parents[2]
KAGGLE = REPOSITORY.parent / "shared" / "kaggle"


@dataclass(frozen=True)
class Project:
    """A copy of the project to build in."""

    folder: Path
    seed_set: str = "sample"

    @property
    def published(self) -> Path:
        return self.folder / "warehouse" / f"{self.seed_set}.duckdb"

    @property
    def working(self) -> Path:
        return self.folder / "warehouse" / f"{self.seed_set}_build.duckdb"

    def environment(self) -> dict[str, str]:
        return {**os.environ, "SEED_SET": self.seed_set, "PYTHONPATH": str(self.folder / "src")}

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
        )

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("dbt.cli.main", *arguments)

    def build(self, *arguments: str) -> None:
        done = self.dbt("build", *arguments)
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]

    def query(self, sql: str, file: Path | None = None) -> list[tuple]:
        # A connection in memory, since one to the path itself would keep showing a file that was replaced.
        with duckdb.connect() as connection:
            connection.execute(f"attach '{file or self.published}' as warehouse (read_only)")
            connection.execute("use warehouse")
            return connection.execute(sql).fetchall()


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
    return Project(folder, seed_set)


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that the first of pytest's workers makes; the others wait for it."""
    base = factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = root / name
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            (folder / "done").touch()
    return folder


@pytest.fixture(scope="session")
def built_sample(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a copy in which the whole sample was built; tests only read it."""

    def make(folder: Path) -> None:
        copy_project(folder / "project").build()

    return Project(made_once(tmp_path_factory, "sample", make) / "project")


@pytest.fixture(scope="session")
def built_kaggle(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a copy in which the real files were imported and built; tests only read it."""
    if not KAGGLE.is_dir():
        pytest.skip("the real Kaggle files aren't beside the project")

    def make(folder: Path) -> None:
        shutil.copytree(KAGGLE, folder / "shared" / "kaggle")
        project = copy_project(folder / "project", "kaggle")
        done = project.run("bank_marketing.cli", "import-kaggle", "../shared/kaggle")
        assert done.returncode == 0, done.stdout + done.stderr
        done = project.run("bank_marketing.cli", "build")
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]

    return Project(made_once(tmp_path_factory, "kaggle", make) / "project", "kaggle")


@pytest.fixture(scope="session")
def small_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a sample of few rows, for builds whose figures don't matter."""

    def make(folder: Path) -> None:
        command = [sys.executable, "-m", "bank_marketing.cli", "sample", "--scale", "0.05"]
        command += ["--out", str(folder / "sample")]
        subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)

    return made_once(tmp_path_factory, "small_sample", make) / "sample"


@pytest.fixture(scope="session")
def small_build(tmp_path_factory: pytest.TempPathFactory, small_sample: Path) -> Project:
    """Return a copy in which the small sample was built; `small_project` hands out copies of it."""

    def make(folder: Path) -> None:
        project = copy_project(folder / "project")
        shutil.rmtree(project.folder / "seeds" / "sample")
        shutil.copytree(small_sample, project.folder / "seeds" / "sample")
        project.build()

    return Project(made_once(tmp_path_factory, "small_build", make) / "project")


@pytest.fixture
def small_project(tmp_path: Path, small_build: Project) -> Project:
    """Return a copy of the project, published once from the small sample, for a test to change."""
    shutil.copytree(small_build.folder, tmp_path / "project")
    return Project(tmp_path / "project")


@pytest.fixture
def edit_file() -> Callable[[Path, str, str], None]:
    """Return a function that replaces a text in a file and fails if it isn't there."""

    def edit(path: Path, old: str, new: str) -> None:
        text = path.read_text()
        assert old in text, f"{old!r} isn't in {path}"
        path.write_text(text.replace(old, new))

    return edit
