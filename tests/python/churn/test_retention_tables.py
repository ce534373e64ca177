"""The retention tables as a build makes them: outcomes come back, limits hold, a leak stops the build."""

import shutil

import pytest
from project_copies import Project, keep_only


@pytest.fixture
def project(tmp_path, built_sample) -> Project:
    """Return a copy of the built sample with what these tables need alone."""
    shutil.copytree(built_sample.folder, tmp_path / "project")
    keep_only(tmp_path / "project", ["retention_call_list", "retention_uplift"])
    return Project(tmp_path / "project")


def test_a_campaign_comes_back_and_the_next_calls_keep_within_limits(project):
    """One build for both, since a build takes its time."""
    customers = project.query(
        "select customer_id, md5('churn_customers:' || cast(customer_id as varchar)) < '19999999'"
        " from churn.churn_customers order by 1"
    )
    lines = [f"{customer},{int(not held_out)},{int(customer % 5 == 0)}" for customer, held_out in customers]
    outcomes = project.folder / "seeds" / "sample" / "churn" / "raw_retention_outcomes.csv"
    outcomes.write_text("\n".join(["CustomerId,Treated,Exited", *lines]) + "\n")
    first = project.query("select customer_id from churn.retention_call_list order by call_rank limit 3")
    blocked = project.folder / "seeds" / "reference" / "churn" / "do_not_contact_churn_customers.csv"
    blocked.write_text(
        "customer_id,reason,until_date\n" + "".join(f"{customer},objected,\n" for (customer,) in first)
    )

    stated = (
        "{retention_calls_a_week: 7, retention_budget: 150, not_to_say: [gender, age, country, activity]}"
    )
    project.build("--vars", stated)

    found = project.query(
        "select treated + control, value between value_low and value_high, evidence"
        " from churn.retention_uplift where measure = 'difference' and grouping = 'all'",
        project.working,
    )
    assert found == [(len(customers), True, "randomised")]
    points = project.query(
        "select count(*) from churn.retention_uplift where measure = 'qini_curve'", project.working
    )
    assert points[0][0] > 2
    unsaid = "select count(*) from churn.retention_call_list where reason || talk_about like '%act%' "
    assert project.query(unsaid + "or talk_about like '%account again%'", project.working) == [(0,)]
    calls = project.query("select customer_id, cost from churn.retention_call_list", project.working)
    assert 0 < len(calls) <= 7 and sum(cost for _, cost in calls) <= 150
    assert not {customer for customer, _ in calls} & {customer for (customer,) in first}


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
        "select cohort_value, exit_rate from churn.churn_cohorts where cohort = 'country' order by 1"
    )
    assert cohorts == by_country
    outside = "not exit_rate between exit_rate_low and exit_rate_high"
    for table in ("churn_rates", "churn_cohorts"):
        assert built_sample.query(f"select * from churn.{table} where {outside}") == []
