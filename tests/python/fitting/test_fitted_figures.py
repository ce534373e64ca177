"""What a task computes stays as it is, or its version is raised."""

import json
from dataclasses import replace

import pytest
from fitted_figures import KEPT, TASKS, fitted_figures, what_is_wrong
from project_copies import REPOSITORY

from bank_marketing.campaigns import kpis
from bank_marketing.sales import value, value_candidates

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("task", "customers", "takes"), TASKS, ids=lambda part: getattr(part, "name", ""))
def test_a_task_computes_what_its_version_did(task, customers, takes):
    wrong = what_is_wrong(task, fitted_figures(task, customers(), takes), json.loads(KEPT.read_text()))

    assert wrong is None, wrong


@pytest.mark.parametrize(
    ("changed", "holder", "constant", "other"),
    [
        (kpis.TASK, kpis, "CONFIDENCE", 0.94),
        (value.TASK, value_candidates, "TWEEDIE_PENALTY", 1.01),
        (value.TASK, value, "MONTH_DAYS", 30.4),
    ],
)
def test_a_changed_constant_asks_for_a_raised_version(monkeypatch, changed, holder, constant, other):
    task, customers, takes = next(part for part in TASKS if part[0] is changed)
    kept = json.loads(KEPT.read_text())
    monkeypatch.setattr(holder, constant, other)

    found = fitted_figures(task, customers(), takes)

    assert "raise the version of its TASK" in what_is_wrong(task, found, kept)
    assert f"no figures of version {task.version + 1}" in what_is_wrong(
        replace(task, version=task.version + 1), found, kept
    )


def test_each_fitted_model_has_kept_figures():
    fits = {path.stem.removesuffix("_fit") for path in REPOSITORY.glob("python_models/*/fit/*_fit.py")}

    assert fits == {task.name for task, _, _ in TASKS} == json.loads(KEPT.read_text())["tasks"].keys()
