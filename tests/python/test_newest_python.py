"""The whole project builds with the newest Python that it promises, in an environment of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from project_copies import REPOSITORY, copy_project
from services import missing

pytestmark = [pytest.mark.builds, pytest.mark.long]

NEWEST = "python3.13"


def interpreter() -> str | None:
    """Find one that runs: on the path, or among the versions of pyenv, whose shim runs only a chosen one."""
    known = shutil.which(NEWEST), *map(str, Path.home().glob(f".pyenv/versions/*/bin/{NEWEST}"))
    runs = (p for p in known if p and not subprocess.run([p, "--version"], capture_output=True).returncode)
    return next(runs, None)


def uv(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("uv")
    return subprocess.run([program, *arguments], capture_output=True, text=True)


@pytest.fixture
def newest_python(tmp_path: Path) -> Path:
    """Return the interpreter of an environment with the packages of requirements.lock."""
    found = interpreter()
    if not found:
        missing(NEWEST, may_lack=True)
    assert uv("venv", "--python", found, tmp_path / "venv").returncode == 0
    python = tmp_path / "venv" / "bin" / "python"
    done = uv("pip", "install", "--python", python, "-r", REPOSITORY / "requirements.lock")
    if done.returncode:
        missing(f"packages for {NEWEST} from a package registry", may_lack=True)
    return python


def test_the_sample_builds_with_the_newest_python(tmp_path, newest_python, small_sample):
    project = copy_project(tmp_path / "project")
    shutil.rmtree(project.folder / "seeds" / "sample")
    shutil.copytree(small_sample, project.folder / "seeds" / "sample")

    done = subprocess.run(
        [newest_python, "-m", "bank_marketing.cli", "build"],
        cwd=project.folder,
        env=project.environment(),
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    models = project.query("select count(*) from evaluation.model_registry where status = 'fitted'")
    assert models[0][0] > 5
