"""What tests share: builds of the project, made once for all of pytest's workers."""

import os

# Before anything loads numpy: workers that each start as many threads as there are cores wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import fcntl
import gc
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from project_copies import KAGGLE, LEAN, REPOSITORY, Project, copy_project, keep_only
from services import MISSING, missing

# Large builds that many tests read.
READ = ("built_kaggle", "built_sample", "deep_kaggle")
# Fixtures that build, or hand on what was built; `make test-fast` leaves out whatever uses one.
BUILDS = (*READ, "classified", "lean_build", "lean_project")
# What shows how good the classifiers are.
CLASSIFIERS = (
    "calibration_curves",
    "churn_scores",
    "conversion_scores",
    "lift_by_decile",
    "model_metrics",
    "model_registry",
)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage among what tests import, neither while they do nor later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what builds, and put long files first and short ones last, which part evenly."""
    begun: set[str] = set()
    turns = {}
    for item in items:
        if uses(item, *BUILDS):
            item.add_marker("builds")
        turns[item.nodeid] = turn(item, begun)
    items.sort(key=lambda item: turns[item.nodeid])


def turn(item: pytest.Item, begun: set[str]) -> int:
    """Tell when a test has its turn: one of each large build, builds, other readers, slow ones, the rest.

    So neither worker waits for what the other builds.
    """
    for build in READ:
        if uses(item, build) and build not in begun:
            begun.add(build)
            return 0
    if uses(item, *READ, "classified"):
        return 2
    if item.get_closest_marker("builds"):
        return 1
    return 3 if item.get_closest_marker("slow") else 4


def uses(item: pytest.Item, *fixtures: str) -> bool:
    return not set(fixtures).isdisjoint(getattr(item, "fixturenames", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was missing, and how many tests were skipped for want of it."""
    reasons = (report.longrepr[2] for report in terminalreporter.stats.get("skipped", ()))
    missing = Counter(reason.partition(MISSING)[2] for reason in reasons if MISSING in reason)
    for what, tests in missing.items():
        terminalreporter.write_line(f"Not tested, {tests} skipped: {MISSING}{what}")


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
def kaggle() -> Path:
    """Return the folder of the real files."""
    if not KAGGLE.is_dir():
        missing("the real Kaggle files in ../shared/kaggle", may_lack=True)
    return KAGGLE


@pytest.fixture(scope="session")
def built_kaggle(tmp_path_factory: pytest.TempPathFactory, kaggle: Path) -> Project:
    """Return a copy in which the real files were imported and built at depth quick; tests only read it."""

    def make(folder: Path) -> None:
        build_kaggle(import_kaggle(folder, kaggle), "quick")

    return Project(made_once(tmp_path_factory, "kaggle", make) / "project", "kaggle")


@pytest.fixture(scope="session")
def deep_kaggle(tmp_path_factory: pytest.TempPathFactory, kaggle: Path) -> Project:
    """Return a copy with the classifiers of the real files alone, at full depth; tests only read it."""

    def make(folder: Path) -> None:
        project = import_kaggle(folder, kaggle)
        keep_only(project.folder, CLASSIFIERS)
        build_kaggle(project, "full")

    return Project(made_once(tmp_path_factory, "deep_kaggle", make) / "project", "kaggle")


def import_kaggle(folder: Path, kaggle: Path) -> Project:
    shutil.copytree(kaggle, folder / "shared" / "kaggle")
    project = copy_project(folder / "project", "kaggle")
    done = project.run("bank_marketing.cli", "import-kaggle", "../shared/kaggle")
    assert done.returncode == 0, done.stdout + done.stderr
    return project


def build_kaggle(project: Project, depth: str) -> None:
    done = project.run("bank_marketing.cli", "build", "--", "--vars", f"depth: {depth}")
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


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


@pytest.fixture(autouse=True)
def builds_are_marked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test run dbt that `make test-fast` takes for one that doesn't."""

    def refuse(project: Project, *command: str) -> None:
        pytest.fail(f"mark this test as `builds`: it runs {' '.join(command)}")

    if not request.node.get_closest_marker("builds"):
        monkeypatch.setattr(Project, "run", refuse)


@pytest.fixture
def edit_file() -> Callable[[Path, str, str], None]:
    """Return a function that replaces a text in a file and fails if it isn't there."""

    def edit(path: Path, old: str, new: str) -> None:
        text = path.read_text()
        assert old in text, f"{old!r} isn't in {path}"
        path.write_text(text.replace(old, new))

    return edit
