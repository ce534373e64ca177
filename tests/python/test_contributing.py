"""The walk-throughs of CONTRIBUTING.md work as written, and pass the linters."""

import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import yaml
from project_copies import REPOSITORY

PATH = r"`([\w/]+\.(?:sql|yml|csv|py))`"
# As `make lint` runs them on SQL and Python.
LINTERS = {
    ".sql": (["sqlfmt", "--check", "--no-progressbar"], ["sqlfluff", "lint", "--disable-progress-bar"]),
    ".py": (["ruff", "check"], ["ruff", "format", "--check"]),
}
# Shared tables that follow a new classifier; the lean project has the first alone.
OF_EVERY_MODEL = ("model_metrics", "feature_effects", "calibration_curves", "lift_by_decile")
# A file's name in backquotes and, before the next file's, its content in a fenced block.
FILES = re.findall(
    PATH + rf"(?:(?!{PATH.replace('(', '(?:', 1)}).)*?```\w+\n(.*?)```",
    (REPOSITORY / "CONTRIBUTING.md").read_text(),
    re.DOTALL,
)


def lint(folder: Path, names: list[str]) -> None:
    """Run the linters in a copy of the project, on these files alone."""
    for suffix, commands in LINTERS.items():
        for program, *arguments in commands:
            of_suffix = [name for name in names if name.endswith(suffix)]
            done = subprocess.run(
                [Path(sys.executable).with_name(program), *arguments, *of_suffix],
                cwd=folder,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stdout + done.stderr


def test_what_the_walk_throughs_add_is_built_and_published(lean_project, edit_file):
    folder = lean_project.folder
    for name, content in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(content).rstrip(" "))
    for table in OF_EVERY_MODEL:
        for suffix in (".sql", ".yml"):
            shutil.copy(REPOSITORY / f"models/evaluation/{table}{suffix}", folder / "models/evaluation")
    fits = yaml.safe_load((folder / "python_models/fits.yml").read_text())
    card_ownership = {"name": "card_ownership_fit", "description": "{{ doc('fit') }}"}
    fits["models"].append(card_ownership | {"columns": fits["anchors"]["columns"]})
    (folder / "python_models/fits.yml").write_text(yaml.safe_dump(fits, sort_keys=False))
    edit_file(
        folder / "macros/evaluation/fitted_models.sql",
        '"campaign_segments_fit",',
        '"campaign_segments_fit",\n        "card_ownership_fit",',
    )

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


def test_a_classifier_is_six_files_with_a_public_model_and_its_yaml_as_one():
    written = [name for name, _ in FILES if "card_ownership" in name]
    with_public_model_as_one = {name.removesuffix(".yml").removesuffix(".sql") for name in written[-2:]}

    assert len(written) == 7
    assert with_public_model_as_one == {"models/churn/card_ownership_scores"}


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
    shown = {name: textwrap.dedent(content).rstrip(" ") for name, content in FILES if "churn_rates" in name}

    assert len(shown) == 2
    assert shown == {name: (REPOSITORY / name).read_text() for name in shown}
