import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from types import ModuleType

import duckdb
import numpy as np
import pandas as pd
import pytest

from bank_marketing import fitting
from bank_marketing.campaigns import conversion_before_contact, conversion_in_campaign
from bank_marketing.campaigns import segments as campaign_segments
from bank_marketing.churn import retention
from bank_marketing.fitting import (
    METRIC_COLUMNS,
    Fit,
    code_version,
    data_fingerprint,
    fit_if_changed,
    latest_artefact,
    task_modules,
)
from bank_marketing.sales import segments as retail_segments
from bank_marketing.transactions import segments as bank_segments

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [1, 2, 3],
            "income": [10.0, None, 30.0],
            "channel": ["a", "b", None],
            "source_line": [2, 3, 4],
        }
    )


@pytest.fixture
def task(tmp_path) -> ModuleType:
    """Return a task whose source a test can change."""
    module = ModuleType("task")
    module.MODEL_NAME = "conversion"
    module.fit = lambda frame, **_: Fit("fitted", artefact={"rows": len(frame)})
    module.__file__ = str(tmp_path / "task.py")
    (tmp_path / "task.py").write_text("threshold = 1\n")
    return module


def run(history, frame, task, settings=None, result=None):
    if result:
        task.fit = lambda *_, **__: result
    settings = settings or {"depth": "quick"}
    return fit_if_changed(history, frame, task, domain="campaigns", settings=settings, now=NOW)


def test_first_fit_is_version_one(frame, task):
    row = run(None, frame, task).iloc[0]

    assert (row.domain, row.model_name, row.model_version) == ("campaigns", "conversion", 1)
    assert (row.status, row.depth, row.n_rows) == ("fitted", "quick", 3)
    assert row.fitted_at == NOW.replace(tzinfo=None)


def test_same_data_in_another_order_fits_nothing(frame, task):
    history = run(None, frame, task)
    shuffled = frame.iloc[[2, 0, 1]].assign(source_line=[2, 3, 4])[frame.columns[::-1]]

    assert run(history, shuffled, task).empty


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.assign(income=[10.0, None, 31.0]),
        lambda frame: frame.assign(channel=["b", "a", None]),
        lambda frame: frame.iloc[:2],
        lambda frame: pd.concat([frame, frame.tail(1)]),
        lambda frame: frame.rename(columns={"income": "salary"}),
    ],
    ids=["value", "values_swapped_between_rows", "row_gone", "row_twice", "column_renamed"],
)
def test_changed_data_fit_again(frame, task, change):
    assert run(run(None, frame, task), change(frame), task).model_version.tolist() == [2]


def test_changed_settings_fit_again(frame, task):
    history = run(None, frame, task)

    assert run(history, frame, task, {"depth": "full"}).model_version.tolist() == [2]


def test_changed_code_fits_again(frame, task, tmp_path):
    history = run(None, frame, task)
    (tmp_path / "task.py").write_text("threshold = 2\n")

    assert run(history, frame, task).model_version.tolist() == [2]


@pytest.fixture
def judging_task(task) -> ModuleType:
    """Return a task that needs a fit when it has ten rows more, and tells what it was given."""
    task.needs_refit = lambda frame, artefact: len(frame) >= artefact["rows"] + 10
    task.fit = lambda frame, *, depth, earlier: Fit(
        "fitted", params={"earlier": earlier}, artefact={"rows": len(frame)}
    )
    return task


def test_a_task_that_judges_itself_is_not_fitted_for_new_rows_alone(frame, judging_task):
    history = run(None, frame, judging_task)
    grown = pd.concat([frame] * 2)

    assert run(history, grown, judging_task).empty
    second = run(history, pd.concat([frame] * 5), judging_task)
    assert second.model_version.tolist() == [2]
    assert second.params.tolist() == ['{"earlier": {"rows": 3}}']


def test_a_task_that_judges_itself_is_fitted_for_other_code(frame, judging_task, tmp_path):
    history = run(None, frame, judging_task)
    (tmp_path / "task.py").write_text("threshold = 2\n")

    again = run(history, frame, judging_task)

    assert history.params.tolist() == ['{"earlier": {}}']
    assert again.params.tolist() == ['{"earlier": {"rows": 3}}']


def test_who_asks_for_a_fit_gets_one(frame, task, judging_task):
    for asked in (task, judging_task):
        history = run(None, frame, asked)
        again = fit_if_changed(
            history, frame, asked, domain="campaigns", settings={"depth": "quick"}, now=NOW, refit=True
        )

        assert again.model_version.tolist() == [2]


@pytest.mark.parametrize("package", ["scikit-learn", "lifelines"])
def test_other_version_of_a_package_is_other_code(task, monkeypatch, package):
    before = code_version([task], {})
    monkeypatch.setattr(fitting, "version", lambda name: "0" if name == package else version(name))

    assert code_version([task], {}) != before


TASKS = [
    campaign_segments,
    bank_segments,
    retail_segments,
    conversion_before_contact,
    conversion_in_campaign,
    retention,
]
LOAD_ALONE = """
import importlib, sys
for task in sys.argv[1:]:
    # The libraries stay: loading them for each task would take most of the time.
    for name in [name for name in sys.modules if name.split(".")[0] == "bank_marketing"]:
        del sys.modules[name]
    importlib.import_module(task)
    print(task, *(name for name in sys.modules if name.startswith("bank_marketing.")))
"""


@pytest.fixture(scope="module")
def loaded_modules() -> dict[str, list[str]]:
    """Return the modules of the project that are loaded for a task, by task."""
    names = [task.__name__ for task in TASKS]
    command = [sys.executable, "-c", LOAD_ALONE, *names]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return {line.split()[0]: line.split()[1:] for line in lines}


@pytest.mark.parametrize("task", TASKS)
def test_modules_of_a_task_are_all_that_python_loads_for_it(loaded_modules, task):
    # A package is loaded with its modules, but only its modules hold code.
    code = {name for name in loaded_modules[task.__name__] if not hasattr(sys.modules[name], "__path__")}
    assert task.__name__ in code
    assert code <= {module.__name__ for module in task_modules(task)}


def test_data_that_return_to_an_earlier_state_are_a_new_version(frame, task):
    first = run(None, frame, task)
    second = run(first, frame.iloc[:2], task)
    history = pd.concat([second, first])

    assert run(history, frame, task).model_version.tolist() == [3]


def test_other_models_in_the_same_history_do_not_count(frame, task):
    history = run(None, frame, task).assign(model_name="another", model_version=7)

    assert run(history, frame, task).model_version.tolist() == [1]


def test_no_row_has_the_types_of_one_row(frame, task):
    one = run(None, frame, task)
    none = run(one, frame, task)

    assert none.empty
    assert none.dtypes.astype(str).to_dict() == one.dtypes.astype(str).to_dict()


def test_tables_become_json_in_which_unknown_is_null(frame, task):
    metrics = pd.DataFrame([["forward", "roc_auc", 0.5, np.nan, 1, 3]], columns=list(METRIC_COLUMNS))

    row = run(None, frame, task, result=Fit("fitted", params={"k": np.int64(3)}, metrics=metrics)).iloc[0]

    assert row.metrics == (
        '[{"split":"forward","metric":"roc_auc","value":0.5,"value_low":null,"value_high":1,"n":3}]'
    )
    assert row.params == '{"k": 3}'
    assert row.effects == "[]"


def test_figures_in_json_do_not_look_like_card_numbers(frame, task):
    third = 1 / 3
    metrics = pd.DataFrame([["forward", "roc_auc", third, third, third, 3]], columns=list(METRIC_COLUMNS))

    row = run(None, frame, task, result=Fit("fitted", params={"cuts": [third]}, metrics=metrics)).iloc[0]

    assert row.params == '{"cuts": [0.3333333333]}'
    assert '"value":0.3333333333,' in row.metrics


def test_table_with_other_columns_is_refused():
    with pytest.raises(ValueError, match=r"Fit\.effects has columns \['feature'\]"):
        Fit("fitted", effects=pd.DataFrame(columns=["feature"]))


def test_latest_artefact_is_that_of_the_highest_version(frame, task):
    first = run(None, frame, task)
    second = run(first, frame.iloc[:2], task)

    fits = pd.concat([second, first])  # noqa: F841 (DuckDB finds it by its name)

    assert latest_artefact(duckdb.sql("select * from fits")) == (2, {"rows": 2})


def test_latest_artefact_of_no_fit_says_what_to_do(frame, task):
    fits = run(None, frame, task)  # noqa: F841 (DuckDB finds it by its name)

    with pytest.raises(ValueError, match="build the <task>_fit model"):
        latest_artefact(duckdb.sql("select * from fits where false"))


def test_fingerprint_tells_swapped_columns_apart():
    assert data_fingerprint(pd.DataFrame({"a": [1], "b": [2]})) != data_fingerprint(
        pd.DataFrame({"a": [2], "b": [1]})
    )


def test_fit_runs_with_one_native_thread(frame, task):
    from threadpoolctl import threadpool_info, threadpool_limits

    seen = []

    def fit(*_, **__):
        seen.extend(pool["num_threads"] for pool in threadpool_info())
        return Fit("fitted")

    task.fit = fit
    with threadpool_limits(2):
        run(None, frame, task)

    assert seen
    assert set(seen) == {1}
