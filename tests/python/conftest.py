"""What tests share: builds of the project, made once for all of pytest's workers."""

import os

# Before anything loads numpy: workers that each start as many threads as there are cores wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from project_copies import KAGGLE, LEAN, REPOSITORY, Project, copy_project, keep_only

# Files that build: the longest first and, of those that need the same build, not one right after the other,
# so that neither worker waits for the other. Files that only compute come last, since they part evenly.
FIRST = (
    "test_real_files.py",
    "test_publishing.py",
    "test_fits.py",
    "test_seeds.py",
    "test_own_export_page.py",
    "test_segment_updates.py",
    "test_contributing.py",
    "test_status.py",
    "test_import_variants.py",
    "test_retention_tables.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return FIRST.index(item.path.name) if item.path.name in FIRST else len(FIRST)

    items.sort(key=place)


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
        copy_project(folder / "project").build("--write-json")

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
def lean_build(tmp_path_factory: pytest.TempPathFactory, small_sample: Path) -> Project:
    """Return a copy with few models, built from the small sample; `lean_project` hands out copies of it.

    For tests of what dbt, the loader and the publisher do whatever the models are: a build of a domain takes
    a few seconds.
    """

    def make(folder: Path) -> None:
        project = copy_project(folder / "project")
        keep_only(project.folder, LEAN)
        shutil.rmtree(project.folder / "seeds" / "sample")
        shutil.copytree(small_sample, project.folder / "seeds" / "sample")
        project.build()

    return Project(made_once(tmp_path_factory, "lean_build", make) / "project")


@pytest.fixture
def lean_project(tmp_path: Path, lean_build: Project) -> Project:
    """Return a copy of the lean project, published once, for a test to change."""
    shutil.copytree(lean_build.folder, tmp_path / "project")
    return Project(tmp_path / "project")


@pytest.fixture
def edit_file() -> Callable[[Path, str, str], None]:
    """Return a function that replaces a text in a file and fails if it isn't there."""

    def edit(path: Path, old: str, new: str) -> None:
        text = path.read_text()
        assert old in text, f"{old!r} isn't in {path}"
        path.write_text(text.replace(old, new))

    return edit
