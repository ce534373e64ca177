"""What a task computes stays as it is, or its version is raised."""

import json
from dataclasses import replace

import pytest
from fitted_figures import KEPT, TASKS, fitted_figures
from project_copies import REPOSITORY

from bank_marketing.campaigns import kpis
from bank_marketing.fitting.fits import Task, installed_libraries

RENEW = "python tests/python/fitted_figures.py"


def what_is_wrong(task: Task, found: dict[str, list[float]], kept: dict) -> str | None:
    """Say what to do about figures that aren't those kept, if so."""
    of_task = kept["tasks"].get(task.name)
    if of_task is None or of_task["version"] != task.version:
        return f"{KEPT.name} has no figures of version {task.version} of {task.name}. Keep them: {RENEW}"
    before = of_task["figures"]
    names = sorted(found.keys() | before.keys())
    others = [name for name in names if found.get(name) != pytest.approx(before.get(name), rel=1e-5)]
    if not others:
        return None
    shown = "; ".join(f"{name} was {before.get(name)}, is {found.get(name)}" for name in others[:5])
    if kept["libraries"] != installed_libraries():
        return f"Other libraries than {kept['libraries']} are installed. If these are right, {RENEW}. {shown}"
    return (
        f"{task.name} computes other figures than its version {task.version} did, and published models of"
        f" that version wouldn't be refitted. If the change is meant, raise the version of its TASK, then"
        f" {RENEW}."
        f" {shown}"
    )


@pytest.mark.parametrize(("task", "customers", "full"), TASKS, ids=lambda part: getattr(part, "name", ""))
def test_a_task_computes_what_its_version_did(task, customers, full):
    wrong = what_is_wrong(task, fitted_figures(task, customers(), full), json.loads(KEPT.read_text()))

    assert wrong is None, wrong


def test_a_changed_constant_asks_for_a_raised_version(monkeypatch):
    task, customers, full = next(part for part in TASKS if part[0] is kpis.TASK)
    kept = json.loads(KEPT.read_text())
    monkeypatch.setattr(kpis, "CONFIDENCE", 0.94)

    found = fitted_figures(task, customers(), full)

    assert "raise the version of its TASK" in what_is_wrong(task, found, kept)
    assert "no figures of version 2" in what_is_wrong(replace(task, version=2), found, kept)


def test_each_fitted_model_has_kept_figures():
    fits = {path.stem.removesuffix("_fit") for path in REPOSITORY.glob("python_models/*/fit/*_fit.py")}

    assert fits == {task.name for task, _, _ in TASKS} == json.loads(KEPT.read_text())["tasks"].keys()
