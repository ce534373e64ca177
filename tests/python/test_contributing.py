"""The walk-throughs of CONTRIBUTING.md work as written, and pass the linters."""

import functools
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml
from project_copies import REPOSITORY, copy_project

PATH = r"`([\w/]+\.(?:sql|yml|csv|py|md))`"
# As `make lint` runs them on SQL and Python.
LINTERS = {
    ".sql": (["sqlfmt", "--check", "--no-progressbar"], ["sqlfluff", "lint", "--disable-progress-bar"]),
    ".py": (["ruff", "check"], ["ruff", "format", "--check"]),
}
# Shared tables that follow a new classifier; the lean project has the first alone.
OF_EVERY_MODEL = ("model_metrics", "feature_effects", "calibration_curves", "lift_by_decile")
# A file's name in backquotes and, before the next file's, the kind and the content of each fenced block.
BLOCKS = [
    (section[1], kind, textwrap.dedent(content).rstrip(" "))
    for section in re.finditer(
        PATH + r"(.*?)(?=" + PATH.replace("(", "(?:", 1) + r"|\Z)",
        (REPOSITORY / "CONTRIBUTING.md").read_text(),
        re.DOTALL,
    )
    for kind, content in re.findall(r"```(\w+)\n(.*?)```", section[2], re.DOTALL)
]
FILES = [(name, content) for name, kind, content in BLOCKS if kind != "diff"]
EDITS = [(name, content.splitlines()) for name, kind, content in BLOCKS if kind == "diff"]
# What a command of the walk-through writes.
WRITTEN = "tests/python/fitted_figures.json"
# Tests of the checkout that a new model fails where something is forgotten.
TESTS = (
    "test_questions.py",
    "test_repository.py",
    "fitting/test_task_constants.py",
    "fitting/test_fitted_figures.py",
)
OF_A_MODEL = "question or reader or described or in_writing or constants or card_ownership or kept_figures"


def edited(text: str, lines: list[str]) -> str:
    """Return a text after an edit: lines that stand there begin with a space or, if they go, with -."""
    before = "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
    after = "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
    assert text.count(before) == 1, before
    return text.replace(before, after)


def lint(folder: Path, names: list[str]) -> None:
    """Run the linters in a copy of the project, on these files alone."""
    for suffix, commands in LINTERS.items():
        of_suffix = [name for name in names if name.endswith(suffix)]
        # Without a file they would look at all.
        for program, *arguments in commands if of_suffix else ():
            done = subprocess.run(
                [Path(sys.executable).with_name(program), *arguments, *of_suffix],
                cwd=folder,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stdout + done.stderr


def add_files(folder: Path) -> None:
    """Write the files of the walk-throughs into a copy of the project."""
    for name, content in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)


def test_what_the_walk_throughs_add_is_built_and_published(lean_project):
    folder = lean_project.folder
    add_files(folder)
    for table in OF_EVERY_MODEL:
        for suffix in (".sql", ".yml"):
            shutil.copy(REPOSITORY / f"models/evaluation/{table}{suffix}", folder / "models/evaluation")
    edits = dict(EDITS)
    # The lean project has this file in another form.
    fits = yaml.safe_load((folder / "python_models/fits.yml").read_text())
    (card_ownership,) = yaml.safe_load(
        "".join(f"{line[1:]}\n" for line in edits["python_models/fits.yml"] if "*" not in line)
    )["models"]
    fits["models"].append(card_ownership | {"columns": fits["anchors"]["columns"]})
    (folder / "python_models/fits.yml").write_text(yaml.safe_dump(fits, sort_keys=False))
    fitted = folder / "macros/evaluation/fitted_models.sql"
    fitted.write_text(edited(fitted.read_text(), edits["macros/evaluation/fitted_models.sql"]))

    lint(folder, [name for name, _ in FILES])
    lean_project.build("-s", "churn+")

    rates = lean_project.query(
        "select sum(customers), bool_and(exit_rate between exit_rate_low and exit_rate_high)"
        " from churn.churn_rates"
    )
    assert rates == [(400, True)]
    assert lean_project.query("select count(*) from raw.branches", lean_project.working) == [(3,)]
    scores = "select count(*), min(probability) > 0, max(probability) < 1"
    assert lean_project.query(f"{scores} from churn.card_ownership_scores") == [(400, True, True)]
    for table in OF_EVERY_MODEL:
        of_model = f"from evaluation.{table} where model_name = 'card_ownership'"
        assert lean_project.query(f"select count(*) > 0 {of_model}") == [(True,)], table
    card = "select status, card like '# Card ownership%' from evaluation.model_registry"
    assert lean_project.query(f"{card} where model_name = 'card_ownership'") == [("fitted", True)]


@pytest.mark.slow
def test_the_tests_of_the_checkout_pass_with_what_the_walk_throughs_add(tmp_path):
    copy = copy_project(tmp_path)
    add_files(tmp_path)
    for name, lines in EDITS:
        (tmp_path / name).write_text(edited((tmp_path / name).read_text(), lines))
    python = functools.partial(
        subprocess.run, cwd=tmp_path, env=copy.environment(), capture_output=True, text=True
    )
    assert f"`python {WRITTEN.replace('json', 'py')}`" in (REPOSITORY / "CONTRIBUTING.md").read_text()
    kept = python([sys.executable, WRITTEN.replace("json", "py")])
    assert kept.returncode == 0, kept.stdout + kept.stderr

    lint(tmp_path, sorted({name for name, _ in EDITS if name.endswith(".py")}))
    tests = [f"tests/python/{name}" for name in TESTS]
    done = python([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k", OF_A_MODEL, *tests])

    assert done.returncode == 0, done.stdout[-5000:]


def test_a_classifier_adds_six_files_with_a_public_model_and_its_yaml_as_one_and_edits_five():
    added = [name for name, _ in FILES if "card_ownership" in name]
    with_public_model_as_one = {name.removesuffix(".yml").removesuffix(".sql") for name in added[-2:]}

    assert len(added) == 7
    assert with_public_model_as_one == {"models/churn/card_ownership_scores"}
    assert len({name for name, _ in EDITS} | {WRITTEN}) == 5


def test_the_walk_throughs_add_a_mart_and_a_lookup():
    assert {name for name, _ in FILES} >= {
        "models/churn/churn_rates.sql",
        "models/churn/churn_rates.yml",
        "seeds/reference/churn/branches.csv",
        "seeds/reference/churn/branches.yml",
        "src/bank_marketing/churn/card_ownership.py",
        "models/churn/card_ownership_scores.yml",
    }


def test_the_mart_that_ships_is_shown_as_it_stands():
    shown = {name: content for name, content in FILES if "churn_rates" in name}

    assert len(shown) == 2
    assert shown == {name: (REPOSITORY / name).read_text() for name in shown}
