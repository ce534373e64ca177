import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

import bank_marketing
from bank_marketing.campaigns import kpis
from bank_marketing.fitting import fits
from bank_marketing.fitting.fits import (
    METRIC_COLUMNS,
    Fit,
    Task,
    code_version,
    data_fingerprint,
    fit_if_changed,
    latest_artefact,
    why_not_to_score,
)

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
def task() -> Task:
    return Task("conversion", version=1, fit=lambda frame, **_: Fit("fitted", artefact={"rows": len(frame)}))


def run(history, frame, task, settings=None, result=None):
    if result:
        task = replace(task, fit=lambda *_, **__: result)
    settings = settings or {"depth": "quick"}
    return fit_if_changed(history, frame, task, domain="campaigns", settings=settings, now=NOW)


def params_of(row: pd.DataFrame) -> dict:
    """Return what the fit itself says of its only row, without what it was fitted with."""
    (text,) = row.params
    return {name: value for name, value in json.loads(text).items() if name != "fitted_with"}


def test_first_fit_is_version_one(frame, task):
    row = run(None, frame, task).iloc[0]

    assert (row.domain, row.model_name, row.model_version) == ("campaigns", "conversion", 1)
    assert (row.status, row.depth, row.n) == ("fitted", "quick", 3)
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


def test_a_raised_version_fits_again(frame, task):
    history = run(None, frame, task)

    assert run(history, frame, replace(task, version=2)).model_version.tolist() == [2]


@pytest.fixture
def judging_task(task) -> Task:
    """Return a task that needs a fit when it has ten rows more, and tells what it was given."""
    return replace(
        task,
        fit=lambda frame, *, depth, earlier: Fit(
            "fitted", params={"earlier": earlier}, artefact={"rows": len(frame)}
        ),
        needs_refit=lambda frame, artefact: len(frame) >= artefact["rows"] + 10,
    )


def test_a_task_that_judges_itself_is_not_fitted_for_new_rows_alone(frame, judging_task):
    history = run(None, frame, judging_task)
    grown = pd.concat([frame] * 2)

    assert run(history, grown, judging_task).empty
    second = run(history, pd.concat([frame] * 5), judging_task)
    assert second.model_version.tolist() == [2]
    assert params_of(second) == {"earlier": {"rows": 3}}


def test_a_task_that_judges_itself_is_fitted_for_another_version(frame, judging_task):
    history = run(None, frame, judging_task)

    again = run(history, frame, replace(judging_task, version=2))

    assert params_of(history) == {"earlier": {}}
    assert params_of(again) == {"earlier": {"rows": 3}}


def test_who_asks_for_a_fit_gets_one(frame, task, judging_task):
    for asked in (task, judging_task):
        history = run(None, frame, asked)
        again = fit_if_changed(
            history, frame, asked, domain="campaigns", settings={"depth": "quick"}, now=NOW, refit=True
        )

        assert again.model_version.tolist() == [2]


@pytest.mark.parametrize("package", ["scikit-learn", "lifelines", "numpy", "scipy", "pandas"])
def test_other_version_of_a_package_is_other_code(task, monkeypatch, package):
    before = code_version(task, {})
    monkeypatch.setattr(fits, "version", lambda name: "0" if name == package else version(name))

    assert code_version(task, {}) != before


def test_another_name_is_other_code(task):
    assert code_version(replace(task, name="another"), {}) != code_version(task, {})


def test_an_old_digest_of_source_is_refitted_once_and_its_row_stays(frame, task):
    """As releases before left them: a digest of source files, and params that don't say what fitted."""
    first = run(None, frame, task).assign(
        code_version="2038f5e0aab460a54fe8cce40d33d1fe", params='{"seed": 1}'
    )

    second = run(first, frame, task)
    both = pd.concat([first, second])

    assert second.model_version.tolist() == [2]
    assert why_not_to_score(task, json.loads(first.params[0])) == (
        "was fitted by an earlier release, which didn't note by what"
    )
    assert why_not_to_score(task, json.loads(second.params[0])) is None
    assert run(both, frame, task).empty


@pytest.mark.parametrize(
    ("package", "installed", "reason"),
    [
        ("scikit-learn", "1.9.99", None),
        (
            "scikit-learn",
            "1.10.0",
            "was fitted with scikit-learn {}, installed is 1.10.0, so its scores could differ",
        ),
        (
            "lifelines",
            "0.31.0",
            "was fitted with lifelines {}, installed is 0.31.0, so its scores could differ",
        ),
        ("numpy", "99.0.0", None),
        ("pandas", "99.0.0", None),
    ],
)
def test_scoring_asks_for_the_same_minor_version_of_what_artefacts_hold(
    frame, task, monkeypatch, package, installed, reason
):
    params = json.loads(run(None, frame, task).params[0])
    monkeypatch.setattr(fits, "version", lambda name: installed if name == package else version(name))

    assert why_not_to_score(task, params) == (reason and reason.format(version(package)))


def test_scoring_asks_for_the_same_version_of_the_task(frame, task):
    params = json.loads(run(None, frame, task, {"depth": "full"}).params[0])

    assert why_not_to_score(task, params) is None
    assert why_not_to_score(replace(task, version=2), params) == (
        "was fitted by version 1 of its task; installed is version 2"
    )


AFTER_A_REMARK = """
import json, sys
from bank_marketing.campaigns.kpis import TASK
from bank_marketing.fitting.fits import code_version, why_not_to_score
from bank_marketing.methods import intervals
settings, params = map(json.loads, sys.argv[1:])
print(intervals.__file__, code_version(TASK, settings), why_not_to_score(TASK, params))
"""


@pytest.mark.slow
def test_a_remark_in_a_shared_module_refits_nothing_and_scoring_goes_on(tmp_path, frame):
    settings = {"depth": "quick", "seed": 1}
    fitted = run(None, frame, replace(kpis.TASK, fit=lambda *_, **__: Fit("fitted")), settings).iloc[0]
    source = Path(bank_marketing.__file__).parent
    shutil.copytree(source, tmp_path / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    module = tmp_path / source.name / "methods" / "intervals.py"
    module.write_text(module.read_text() + "\n# A remark.\n")

    done = subprocess.run(
        [sys.executable, "-c", AFTER_A_REMARK, json.dumps(settings), fitted.params],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )

    assert done.stdout.split() == [str(module), fitted.code_version, "None"]


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

    own = {"own": pd.DataFrame({"share": [np.inf, 0.25], "is_told": [True, None], "word": [None, "a"]})}

    result = Fit("fitted", params={"k": np.int64(3)}, metrics=metrics, tables=own)
    row = run(None, frame, task, result=result).iloc[0]

    metric = {"split": "forward", "metric": "roc_auc", "value": 0.5, "value_low": None, "value_high": 1}
    assert json.loads(row.tables) == {
        "metrics": [metric | {"n": 3}],
        "effects": [],
        "calibration": [],
        "lift": [],
        "own": [
            {"share": None, "is_told": True, "word": None},
            {"share": 0.25, "is_told": None, "word": "a"},
        ],
    }
    assert row.params.startswith('{"fitted_with": {') and row.params.endswith(', "k": 3}')


def test_figures_in_json_do_not_look_like_card_numbers(frame, task):
    third = 1 / 3
    metrics = pd.DataFrame([["forward", "roc_auc", third, third, third, 3]], columns=list(METRIC_COLUMNS))

    row = run(None, frame, task, result=Fit("fitted", params={"cuts": [third]}, metrics=metrics)).iloc[0]

    assert row.params.startswith('{"cuts": [0.3333333333], ')
    assert '"value": 0.3333333333,' in row.tables


def test_a_tiny_p_value_stays_above_zero(frame, task):
    own = {"own": pd.DataFrame({"p_value": [1.23456789012e-20]})}

    row = run(None, frame, task, result=Fit("fitted", tables=own)).iloc[0]

    assert '"p_value": 1.23456789e-20' in row.tables


def test_table_with_other_columns_is_refused():
    with pytest.raises(ValueError, match=r"Fit\.effects has columns \['feature'\]"):
        Fit("fitted", effects=pd.DataFrame(columns=["feature"]))
    with pytest.raises(ValueError, match=r"Fit\.tables has 'effects', which is a table of all fits"):
        Fit("fitted", tables={"effects": pd.DataFrame()})


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

    with threadpool_limits(2):
        run(None, frame, replace(task, fit=fit))

    assert seen
    assert set(seen) == {1}
