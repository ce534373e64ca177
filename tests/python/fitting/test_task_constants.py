"""A constant behind a task stays as it is, or the task's version is raised."""

import copy
import json

import pytest
from fitted_figures import KEPT, SAME, TASKS, present_constants, unraised, what_is_changed
from task_constants import constants_of, modules_of_tasks

CONSTANTS = present_constants()
# Of constants that moved none of the figures kept: one in each package that computes.
UNSEEN = [
    ("campaigns.kpis", "SIGNIFICANCE", {"campaign_kpis"}),
    ("campaigns.engagement_score", "MISSING_PLACE", {"campaign_engagement"}),
    ("transactions.preferences", "PRIOR_CLIENTS", {"preferences"}),
    ("sales.mix_tables", "TAIL_DAYS", {"marketing_mix"}),
    ("methods.survival", "LATE_SHARE", {"retention"}),
    ("methods.policy_sums", "MOST_BENT", {"campaign_policies"}),
    ("fitting.trait_costs", "TOP_SHARE", {"retention", "campaign_profit", "conversion_in_campaign"}),
]


@pytest.fixture
def kept():
    return json.loads(KEPT.read_text("utf-8"))


def test_constants_are_those_that_are_kept(kept):
    wrong = what_is_changed(CONSTANTS, kept)

    assert wrong is None, wrong


@pytest.mark.parametrize(("module", "constant", "tasks"), UNSEEN)
def test_a_changed_constant_fails_until_a_version_is_raised(kept, module, constant, tasks):
    changed = copy.deepcopy(CONSTANTS)
    changed[module][constant] = "0.123"

    wrong = what_is_changed(changed, kept)

    assert f"{module}.{constant} was {CONSTANTS[module][constant]}, is 0.123" in wrong
    assert tasks <= set(unraised([module], kept))
    assert SAME in wrong
    for task in unraised([module], kept):
        kept["tasks"][task]["version"] -= 1
    assert SAME not in what_is_changed(changed, kept)


def test_a_constant_that_came_or_went_fails(kept):
    renamed = copy.deepcopy(CONSTANTS)
    renamed["campaigns.kpis"]["LEAST"] = renamed["campaigns.kpis"].pop("LEAST_EVENTS")

    wrong = what_is_changed(renamed, kept)

    assert "campaigns.kpis.LEAST was not there, is 20" in wrong
    assert "campaigns.kpis.LEAST_EVENTS was 20, is not there" in wrong


def test_what_a_constant_is_said_to_be_counts_and_nothing_else():
    found = constants_of(
        '"""Of a module."""\n'
        "# A remark.\n"
        "LEAST: float = 0.10  # another\n"
        'LOW, (HIGH, _WORDS) = 1, (2, {"a":\n  [3]})\n'
        "BOTH, ENDS = pair()\n"
        "fit = 4\n"
        "TASK = Task('x', version=5)\n"
        "def least(rows, share=0.50, *, name='all', is_new=False):\n    LOCAL = 6\n"
        "class Penalty:\n    own: float = 1.0\n    other: float\n"
    )

    assert found == {
        "LEAST": "0.1",
        "LOW": "1",
        "HIGH": "2",
        "_WORDS": "{'a': [3]}",
        "BOTH": "pair()",
        "ENDS": "pair()",
        "least.share": "0.5",
        "least.name": "'all'",
        "Penalty.own": "1.0",
    }


def test_a_task_computes_with_its_own_module_and_with_what_that_imports():
    modules = modules_of_tasks()

    assert modules.keys() == {task.name for task, _, _ in TASKS}
    assert {"churn.retention", "churn.retention_survival", "methods.survival", "fitting.fits"} <= modules[
        "retention"
    ]
    assert "methods.survival" not in modules["campaign_kpis"]
