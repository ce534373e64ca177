"""The retention tables as a build makes them: outcomes come back, limits hold, a leak stops the build."""


def test_a_campaign_comes_back_and_the_next_calls_keep_within_limits(small_project):
    """One build for both, since a build takes its time."""
    customers = small_project.query(
        "select customer_id, md5('churn_customers:' || cast(customer_id as varchar)) < '19999999'"
        " from churn.churn_customers order by 1"
    )
    lines = [f"{customer},{int(not held_out)},{int(customer % 5 == 0)}" for customer, held_out in customers]
    outcomes = small_project.folder / "seeds" / "sample" / "churn" / "raw_retention_outcomes.csv"
    outcomes.write_text("\n".join(["CustomerId,Treated,Exited", *lines]) + "\n")
    first = small_project.query(
        "select customer_id from churn.retention_call_list order by call_rank limit 3"
    )
    blocked = small_project.folder / "seeds" / "reference" / "churn" / "do_not_contact_churn_customers.csv"
    blocked.write_text(
        "customer_id,reason,until_date\n" + "".join(f"{customer},objected,\n" for (customer,) in first)
    )

    small_project.build("-s", "churn+", "--vars", "{retention_calls_a_week: 7, retention_budget: 150}")

    found = small_project.query(
        "select treated + control, value between value_low and value_high, evidence"
        " from churn.retention_uplift where measure = 'difference' and grouping = 'all'"
    )
    assert found == [(len(customers), True, "randomised")]
    points = small_project.query("select count(*) from churn.retention_uplift where measure = 'qini_curve'")
    assert points[0][0] > 2
    calls = small_project.query("select customer_id, cost from churn.retention_call_list")
    assert 0 < len(calls) <= 7 and sum(cost for _, cost in calls) <= 150
    assert not {customer for customer, _ in calls} & {customer for (customer,) in first}


def test_a_leak_among_the_features_stops_the_build_by_name(small_project, edit_file):
    features = small_project.folder / "models" / "churn" / "features" / "features_retention"
    edit_file(features.with_suffix(".sql"), "is_active,", "is_active,\n            has_complained,")
    edit_file(
        features.with_suffix(".yml"),
        "      - name: has_exited",
        "      - name: has_complained\n        description: Whether the customer has complained.\n"
        "        config: {meta: {known_at: observation}}\n      - name: has_exited",
    )

    done = small_project.dbt("build", "-s", "churn+")

    assert done.returncode != 0
    assert "has_complained (held-out ROC-AUC" in done.stdout
    assert "features_retention.sql" in done.stdout
