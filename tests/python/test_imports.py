"""Imports point downwards, from the command line to the methods, as pyproject.toml says."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from project_copies import REPOSITORY

pytestmark = pytest.mark.slow

SRC = REPOSITORY / "src"


def lint_imports(src: Path) -> subprocess.CompletedProcess[str]:
    """Hold the package in a folder to the contract."""
    command = [
        Path(sys.executable).with_name("lint-imports"),
        "--no-cache",
        REPOSITORY / "pyproject.toml",
    ]
    environment = {**os.environ, "PYTHONPATH": str(src)}
    return subprocess.run(command, cwd=src, env=environment, capture_output=True, text=True)


def test_imports_point_downwards():
    done = lint_imports(SRC)

    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.parametrize(
    ("module", "line", "said"),
    [
        (
            "methods/bands.py",
            "import bank_marketing.cli\n",
            "methods is not allowed to import bank_marketing.cli",
        ),
        (
            "campaigns/kpis.py",
            "import bank_marketing.churn.retention\n",
            "campaigns is not allowed to import bank_marketing.churn",
        ),
        ("another_room/__init__.py", "", "another_room"),
    ],
    ids=["upwards", "between domains", "room without a place"],
)
def test_an_import_that_points_elsewhere_is_found(tmp_path, module, line, said):
    copy = tmp_path / "bank_marketing"
    shutil.copytree(SRC / "bank_marketing", copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / module).parent.mkdir(exist_ok=True)
    with (copy / module).open("a") as file:
        file.write(line)

    done = lint_imports(tmp_path)

    assert done.returncode == 1
    assert said in " ".join(done.stdout.split())
