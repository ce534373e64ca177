"""The retention tables as a build makes them: outcomes come back, limits hold, a leak stops the build."""

import shutil
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from project_copies import Project, fit_shallowly, keep_only

TABLES = ["retention_call_list", "retention_call_holdout", "retention_call_history", "retention_uplift"]


@pytest.fixture
def project(tmp_path, built_sample) -> Project:
    """Return a copy of the built sample with what these tables need alone."""
    shutil.copytree(built_sample.folder, tmp_path / "project")
    keep_only(tmp_path / "project", TABLES)
    fit_shallowly(tmp_path / "project")
    return Project(tmp_path / "project")


def customers_in(project: Project, table: str, file=None) -> set[int]:
    return {customer for (customer,) in project.query(f"select customer_id from churn.{table}", file)}


def after(project: Project, days: int) -> str:
    """Return a day so many after the first list, as dbt takes vars."""
    ((day,),) = project.query("select cast(min(listed_at) as date) from churn.retention_call_history")
    return f"as_of: '{day + timedelta(days=days)}'"


def test_the_measuring_loop_closes(project, edit_file):
    """A list is published, calls are made, outcomes come back: one test, since a build takes its time."""
    called, held_out = (customers_in(project, f"retention_call_{name}") for name in ("list", "holdout"))
    history = "select * from churn.retention_call_history where publication = 1 order by customer_id"
    first = project.query(history)
    assert called and held_out and not called & held_out
    assert {row[1] for row in first} == called | held_out

    # A list that no publication makes was never made, in whatever working file it stands.
    project.build("-s", "retention_choice_score+", "--vars", "{" + after(project, 1) + "}")
    unpublished = "select max(publication) from churn.retention_call_history"
    assert project.query(unpublished, project.working) == [(2,)] and project.query(unpublished) == [(1,)]

    # Half of the called take another product; 5 in 10 of the held-out leave, and 1 in 10 of the called.
    random = np.random.default_rng(1)
    drawn = sorted(called | held_out)
    treated = np.isin(drawn, list(called))
    exits = random.random(len(drawn)) < np.where(treated, 0.1, 0.5)
    lines = [
        f"{customer},{int(is_called)},1,{int(has_left)}"
        for customer, is_called, has_left in zip(drawn, treated, exits, strict=True)
    ]
    outcomes = project.folder / "seeds" / "sample" / "churn" / "raw_retention_outcomes.csv"
    outcomes.write_text("\n".join(["CustomerId,Treated,Publication,Outcome", *lines]) + "\n")
    raw = project.folder / "seeds" / "sample" / "churn" / "raw_churn_customers.csv"
    table = pd.read_csv(raw, dtype=str, keep_default_na=False)
    takes = table["CustomerId"].astype(int).isin([c for c in called if c % 2])
    table.loc[takes & (table["NumOfProducts"] == "1"), "NumOfProducts"] = "2"
    table.to_csv(raw, index=False)

    project.build("-s", "churn+", "--vars", "{" + after(project, 30) + "}")

    found = project.query(
        "select outcome_kind, treated, control, value_low > 0, value between 0.2 and 0.6, evidence"
        " from churn.retention_uplift where measure = 'difference' and group_name = 'all'"
    )
    assert found == [("exited", len(called), len(held_out), True, True, "randomised")]
    assert project.query(history) == first
    # The called pause, the held-out wait for their outcome, and others come in their place.
    second, waiting = (customers_in(project, f"retention_call_{name}") for name in ("list", "holdout"))
    assert len(second) > 100 and not second & (called | held_out)
    assert held_out < waiting and not (waiting - held_out) & called

    blocked = project.folder / "seeds" / "reference" / "churn" / "do_not_contact_churn_customers.csv"
    objectors = sorted(called)[:3]
    blocked.write_text("customer_id,reason,until_date\n" + "".join(f"{c},objected,\n" for c in objectors))
    limits = "retention_calls_a_week: 7, retention_budget: 150, holdout_share_limit: 0"
    unsaid = "not_to_say: [gender, age, country, activity]"
    project.build("-s", "churn+", "--vars", "{" + after(project, 181) + f", {limits}, {unsaid}" + "}")

    said = "select count(*) from churn.retention_call_list where reason || talk_about like '%act%'"
    assert project.query(said + " or talk_about like '%account again%'") == [(0,)]
    calls = project.query("select customer_id, cost from churn.retention_call_list")
    assert 0 < len(calls) <= 7 and sum(cost for _, cost in calls) <= 150
    # Half a year later the outcome of the first list is judged and its pause is over.
    assert not customers_in(project, "retention_call_holdout") & held_out
    eligible = customers_in(project, "retention_call_history")
    assert {customer for customer, _ in calls} <= eligible - set(objectors)
    assert project.query("select distinct publication from churn.retention_call_history order by 1") == [
        (1,),
        (2,),
        (3,),
    ]


def test_days_that_are_no_number_stop_the_build_rather_than_count_as_none(project):
    done = project.dbt("parse", "--vars", "{contact_pause_days: ninety}")

    assert done.returncode != 0
    assert "var contact_pause_days is 'ninety', expected a whole number of days" in done.stdout


def test_a_leak_among_the_features_stops_the_build_by_name(project, edit_file):
    features = project.folder / "models" / "churn" / "features" / "features_retention"
    edit_file(features.with_suffix(".sql"), "is_active,", "is_active,\n            has_complained,")
    edit_file(
        features.with_suffix(".yml"),
        "      - name: has_exited",
        "      - name: has_complained\n        description: Whether the customer has complained.\n"
        "        config: {meta: {known_at: observation}}\n      - name: has_exited",
    )

    done = project.dbt("build", "-s", "+retention_fit")

    assert done.returncode != 0
    assert "has_complained (held-out ROC-AUC" in done.stdout
    assert "features_retention.sql" in done.stdout


def test_cohorts_begin_with_the_share_that_left(built_sample):
    """And what `churn_rates` counts is what the cohorts count."""
    columns = built_sample.query(
        "select column_name from duckdb_columns() where table_name = 'churn_cohorts'"
        " and schema_name = 'churn' and database_name = 'warehouse' order by column_index"
    )
    assert [name for (name,) in columns[2:5]] == ["exit_rate", "exit_rate_low", "exit_rate_high"]
    by_country = built_sample.query(
        "select country, sum(exits) / sum(customers) from churn.churn_rates group by country order by country"
    )
    cohorts = built_sample.query(
        "select group_value, exit_rate from churn.churn_cohorts where group_name = 'country' order by 1"
    )
    assert cohorts == by_country
    outside = "not exit_rate between exit_rate_low and exit_rate_high"
    for table in ("churn_rates", "churn_cohorts"):
        assert built_sample.query(f"select * from churn.{table} where {outside}") == []
