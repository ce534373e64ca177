"""What `bank-marketing build` shows of dbt's output, and what it leaves to the log."""

import json
import sys

import pytest

from bank_marketing.warehouse.progress import LAST_LINES, progress_lines, run_dbt


def event(name, message="", level="info", second=0, **data):
    info = {"name": name, "msg": message, "level": level, "ts": f"2026-01-01T00:00:{second:02}.5Z"}
    return json.dumps({"info": info, "data": data}) + "\n"


def start(kind, path, index, second=0):
    node = {"resource_type": kind, "node_path": path}
    return event("LogStartLine", f"{index} of 9 START", second=second, index=index, total=9, node_info=node)


def test_a_stage_of_a_domain_is_shown_once_when_its_first_node_starts():
    shown = progress_lines(
        [
            event("MainReportVersion", "Running with dbt"),
            start("seed", "churn/raw_churn_customers.csv", 1, second=3),
            start("seed", "churn/retention_actions.csv", 2, second=4),
            start("model", "churn/staging/stg_churn__customers.sql", 3, second=5),
            start("test", "data/churn/churn_totals_reconcile.sql", 4, second=5),
            start("model", "churn/churn_customers.sql", 5, second=6),
            start("model", "churn/fit/retention_fit.py", 6, second=59),
        ]
    )
    stages = [line for line in shown if "of 9" in line]
    assert stages == [
        "   3 s    1 of 9  churn: seeds",
        "   5 s    3 of 9  churn: staging",
        "   6 s    5 of 9  churn: public tables",
        "  59 s    6 of 9  churn: fit",
    ]


def test_warnings_errors_and_foreign_lines_are_shown_where_they_come():
    shown = list(
        progress_lines(
            [
                event("LogTestResult", "1 of 9 PASS quiet"),
                event("LogTestResult", "2 of 9 WARN 3 relationships", level="warn"),
                "Traceback (most recent call last):\n",
                "12\n",
                event("RunResultError", "Runtime Error in model x\n  what to do", level="error"),
                event("PrintEvent", "\nPublished churn."),
            ]
        )
    )
    assert shown[1:6] == [
        "2 of 9 WARN 3 relationships",
        "Traceback (most recent call last):",
        "12",
        "Runtime Error in model x\n  what to do",
        "Published churn.",
    ]


def test_the_last_ten_lines_end_it_and_no_warning_comes_twice():
    output = [event("LogTestResult", f"line {number}") for number in range(30)]
    output.append(event("LogTestResult", "a warning", level="warn"))
    shown = list(progress_lines(output))
    assert shown[-LAST_LINES:] == [f"  line {number}" for number in range(20, 30)]
    assert shown.count("a warning") == 1


@pytest.mark.parametrize("is_verbose", [True, False])
def test_dbt_is_asked_for_no_colours_where_there_is_no_terminal(tmp_path, capfd, is_verbose):
    program = tmp_path / "dbt"
    program.write_text(f"#!{sys.executable}\nimport sys\nprint(*sys.argv[1:])\nsys.exit(3)\n")
    program.chmod(0o755)
    code = run_dbt([str(program), "build"], folder=tmp_path, environment={}, is_verbose=is_verbose)
    said = capfd.readouterr().out
    assert code == 3
    assert "--no-use-colors build" in said
    assert ("--log-format json" in said) != is_verbose


def test_a_failed_build_shows_the_error_in_full_and_few_lines_else(lean_project, edit_file):
    edit_file(lean_project.folder / "seeds/sample/churn/raw_churn_customers.csv", "CustomerId", "CustomerNo")
    done = lean_project.run("bank_marketing.cli", "build", "--", "--select", "churn+")
    assert done.returncode == 1
    assert "CustomerNo" in done.stdout and ".venv/bin/bank-marketing import-kaggle" in done.stdout
    assert len(done.stdout.splitlines()) < 100
    assert "warehouse/sample.duckdb is as it was" in done.stderr
