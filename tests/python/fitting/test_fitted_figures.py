"""What a task computes stays as it is, or its version is raised."""

import json
import re
from dataclasses import replace

import pytest
from fitted_figures import KEPT, TASKS, campaign_customers, fitted, what_is_wrong
from project_copies import REPOSITORY

from bank_marketing.campaigns import kpis
from bank_marketing.sales import value, value_candidates

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("task", "customers", "takes"), TASKS, ids=lambda part: getattr(part, "name", ""))
def test_a_task_computes_what_its_version_did(task, customers, takes):
    wrong = what_is_wrong(task, fitted(task, customers(), takes), json.loads(KEPT.read_text("utf-8")))

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
    kept = json.loads(KEPT.read_text("utf-8"))
    monkeypatch.setattr(holder, constant, other)

    found = fitted(task, customers(), takes)

    assert "raise the version of its TASK" in what_is_wrong(task, found, kept)
    assert f"no figures of version {task.version + 1}" in what_is_wrong(
        replace(task, version=task.version + 1), found, kept
    )


@pytest.mark.parametrize(
    ("constant", "other", "said"),
    [
        ("COLUMNS", tuple(reversed(kpis.COLUMNS)), "columns of kpis said .* in another order"),
        ("FUNNEL_STEPS", kpis.FUNNEL_STEPS | {"ad_spend_usd": "start"}, r"kpis funnel_step said \['reach'\]"),
    ],
)
def test_other_words_and_another_order_of_columns_ask_for_a_raised_version(
    monkeypatch, constant, other, said
):
    monkeypatch.setattr(kpis, constant, other)

    wrong = what_is_wrong(
        kpis.TASK, fitted(kpis.TASK, campaign_customers(), ()), json.loads(KEPT.read_text("utf-8"))
    )

    assert "raise the version of its TASK" in wrong
    assert re.search(said, wrong)


def test_each_fitted_model_has_kept_figures():
    fits = {path.stem.removesuffix("_fit") for path in REPOSITORY.glob("python_models/*/fit/*_fit.py")}

    assert fits == {task.name for task, _, _ in TASKS} == json.loads(KEPT.read_text("utf-8"))["tasks"].keys()
