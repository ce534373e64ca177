"""The retention tables as a build makes them: outcomes come back, limits hold, a leak stops the build."""

import pytest


@pytest.fixture
def churn_project(small_project):
    """A built project, its churn house to be built anew."""
    return small_project


def test_outcomes_that_come_back_are_measured(churn_project):
    treated = churn_project.query(
        "select customer_id, md5('churn_customers:' || cast(customer_id as varchar)) < '19999999'"
        " from churn.churn_customers order by 1"
    )
    lines = [f"{customer},{int(not held_out)},{int(customer % 5 == 0)}" for customer, held_out in treated]
    outcomes = churn_project.folder / "seeds" / "sample" / "churn" / "raw_retention_outcomes.csv"
    outcomes.write_text("\n".join(["CustomerId,Treated,Exited", *lines]) + "\n")

    churn_project.build("-s", "churn+")

    found = churn_project.query(
        "select treated + control, value between value_low and value_high, evidence"
        " from churn.retention_uplift where measure = 'difference' and grouping = 'all'"
    )
    assert found == [(len(treated), True, "randomised")]
    assert churn_project.query(
        "select count(*) > 2 from churn.retention_uplift where measure = 'qini_curve'"
    ) == [(True,)]


def test_calls_keep_within_limits_and_spare_who_may_not_be_contacted(churn_project):
    first = churn_project.query(
        "select customer_id from churn.retention_call_list order by call_rank limit 3"
    )
    blocked = churn_project.folder / "seeds" / "reference" / "churn" / "do_not_contact_churn_customers.csv"
    blocked.write_text(
        "customer_id,reason,until_date\n" + "".join(f"{customer},objected,\n" for (customer,) in first)
    )

    churn_project.build("-s", "churn+", "--vars", "{retention_calls_a_week: 7, retention_budget: 150}")

    calls = churn_project.query("select customer_id, cost from churn.retention_call_list")
    assert 0 < len(calls) <= 7 and sum(cost for _, cost in calls) <= 150
    assert not {customer for customer, _ in calls} & {customer for (customer,) in first}


def test_a_leak_among_the_features_stops_the_build_by_name(churn_project, edit_file):
    features = churn_project.folder / "models" / "churn" / "features" / "features_retention"
    edit_file(features.with_suffix(".sql"), "is_active,", "is_active,\n            has_complained,")
    edit_file(
        features.with_suffix(".yml"),
        "      - name: has_exited",
        "      - name: has_complained\n        description: Whether the customer has complained.\n"
        "        config: {meta: {known_at: observation}}\n      - name: has_exited",
    )

    done = churn_project.dbt("build", "-s", "churn+")

    assert done.returncode != 0
    assert "has_complained (held-out ROC-AUC" in done.stdout
    assert "features_retention.sql" in done.stdout
