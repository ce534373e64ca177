"""What a build does with fits: none without need, a status where data are few, nothing left behind."""

import shutil

import duckdb
import numpy as np
import pandas as pd
import pytest
from project_copies import REPOSITORY, Project, copy_project, fit_shallowly, keep_only
from sample_profile import planted_truth

from bank_marketing.warehouse.building import refits

IN_CAMPAIGN = ("ClickThroughRate", "ConversionRate", "WebsiteVisits", "PagesPerVisit", "TimeOnSite", "Email")


def planted_probability_before_contact(customers: pd.DataFrame, truth: dict) -> pd.Series:
    """Return the planted probabilities, averaged over what the campaign brings, which nobody knows before."""
    known, brought = np.full(len(customers), truth["intercept"]), np.zeros(len(customers))
    for conditions in ("type_log_odds", "channel_log_odds", "ad_spend_log_odds", "other_log_odds"):
        for condition, weight in truth[conditions].items():
            part = brought if condition.startswith(IN_CAMPAIGN) else known
            part += weight * customers.eval(condition, engine="python").to_numpy(dtype=float)
    odds, count = np.unique(brought, return_counts=True)
    logistic = 1 / (1 + np.exp(-(known[:, None] + odds))) @ (count / len(customers))
    coin = truth["coin_flip_share"]
    return pd.Series(coin * truth["coin_flip_rate"] + (1 - coin) * logistic, index=customers.index)


def test_every_fit_leaves_figures_and_a_card(built_sample):
    fitted = built_sample.query("select model_name from evaluation.model_registry where status = 'fitted'")
    with_figures = built_sample.query("select distinct model_name from evaluation.model_metrics")

    assert {("conversion_before_contact",), ("conversion_in_campaign",)} <= set(fitted)
    assert set(with_figures) == set(fitted)
    assert built_sample.query("select * from evaluation.model_registry where card = ''") == []


def test_fits_leave_no_table_behind(built_sample):
    left = built_sample.query(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = 'warehouse' and (schema_name = 'main' or table_name like '%dbt_tmp%')",
        built_sample.working,
    )

    assert left == []


def test_all_customers_of_the_sample_are_scored_out_of_fold(built_sample):
    assert built_sample.query("select distinct is_out_of_fold from campaigns.conversion_scores") == [(True,)]


def test_scores_of_the_sample_come_near_its_planted_probabilities(built_sample):
    truth = planted_truth("campaigns")["response"]
    customers = pd.read_csv(REPOSITORY / "seeds" / "sample" / "campaigns" / "raw_campaign_responses.csv")
    scores = pd.DataFrame(
        built_sample.query(
            "select customer_id, conversion_probability from campaigns.conversion_scores"
            " where moment = 'before_contact'"
        ),
        columns=["CustomerID", "score"],
    )
    customers = customers.merge(scores, validate="one_to_one")

    planted = planted_probability_before_contact(customers, truth)

    assert (customers["score"] - planted).abs().mean() < 0.05
    assert customers["score"].mean() == pytest.approx(planted.mean(), abs=0.02)
    # Quick depth scores each customer by a model of two thirds of the others, which costs some of the order.
    assert planted.corr(customers["score"], method="spearman") > 0.75
    by_tenth = pd.DataFrame({"score": customers["score"], "planted": planted}).groupby(
        pd.qcut(customers["score"], 10, labels=False)
    )
    assert (by_tenth["score"].mean() - by_tenth["planted"].mean()).abs().max() < 0.04


def test_no_fit_and_no_score_changes_with_an_empty_build_and_the_loss_of_the_working_file(
    tmp_path, built_sample
):
    """Whatever the model; test_publishing.py holds it for what is published of them."""
    shutil.copytree(built_sample.folder, tmp_path / "project")
    keep_only(tmp_path / "project", ["conversion_scores", "churn_scores", "model_registry"])
    project = Project(tmp_path / "project")
    registry = (
        "select * from evaluation.model_registry"
        " where model_name like 'conversion%' or model_name = 'retention' order by model_name, model_version"
    )
    scores = ["campaigns.conversion_scores", "churn.churn_scores"]
    queries = [registry, *(f"select * from {table} order by all" for table in scores)]
    before = [project.query(query) for query in queries]
    assert len(before[0]) == 3

    project.working.unlink()
    # Without data tests: some read marts that no score does.
    read = ("--exclude-resource-type", "test", "-s", "+conversion_scores", "+churn_scores", "+model_registry")
    project.build("--empty", *read)
    project.build("--full-refresh", *read)

    assert [project.query(query, project.working) for query in queries] == before


@pytest.mark.builds
def test_other_depth_is_a_new_version_that_scores_and_insufficient_data_is_said(tmp_path, small_sample):
    """One story in three builds, which take time; both depths compute the same, each under its own name."""
    project = copy_project(tmp_path / "project")
    fit_shallowly(project.folder)
    keep_only(project.folder, ["conversion_scores", "model_registry"])
    shutil.rmtree(project.folder / "seeds" / "sample")
    shutil.copytree(small_sample, project.folder / "seeds" / "sample")
    read = ("--exclude-resource-type", "test", "-s", "+conversion_scores", "+model_registry")
    project.build(*read)
    project.build(*read, "--vars", "{depth: full}")

    versions = "select model_version, depth from evaluation.model_registry order by model_version"
    assert project.query(versions, project.working) == 2 * [(1, "quick")] + 2 * [(2, "full")]
    newest = "select distinct model_version from campaigns.conversion_scores"
    assert project.query(newest, project.working) == [(2,)]

    file = project.folder / "seeds" / "sample" / "campaigns" / "raw_campaign_responses.csv"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:2]))
    project.build(*read, "--vars", "{depth: full}")

    statuses = "select status from evaluation.model_registry where model_name = 'conversion_before_contact'"
    assert project.query(f"{statuses} order by model_version", project.working) == [
        ("fitted",),
        ("fitted",),
        ("insufficient_data",),
    ]
    scores = "select count(*), count(conversion_probability), count(decile) from campaigns.conversion_scores"
    assert project.query(scores, project.working) == [(2, 0, 0)]


def test_scores_in_campaign_come_near_the_planted_probabilities(built_sample):
    truth = planted_truth("campaigns")["response"]
    customers = pd.read_csv(REPOSITORY / "seeds" / "sample" / "campaigns" / "raw_campaign_responses.csv")
    scores = pd.DataFrame(
        built_sample.query(
            "select customer_id, conversion_probability from campaigns.conversion_scores"
            " where moment = 'in_campaign'"
        ),
        columns=["CustomerID", "score"],
    )
    customers = customers.merge(scores, validate="one_to_one")
    weights = [
        weight
        for name in ("type", "channel", "ad_spend", "other")
        for weight in truth[f"{name}_log_odds"].items()
    ]
    log_odds = truth["intercept"] + sum(
        weight * customers.eval(condition, engine="python").astype(float) for condition, weight in weights
    )
    coin = truth["coin_flip_share"]
    planted = coin * truth["coin_flip_rate"] + (1 - coin) / (1 + np.exp(-log_odds))

    assert (customers["score"] - planted).abs().mean() < 0.08
    # Not by rank: half of all planted probabilities are 0.97 but for the fifth digit.
    assert planted.corr(customers["score"]) > 0.8


def test_planted_thresholds_stand_on_the_scorecard(built_sample):
    truth = planted_truth("campaigns")["response"]
    conditions = built_sample.query(
        "select feature from evaluation.feature_effects"
        " where model_name = 'conversion_in_campaign' and kind = 'scorecard_points'"
    )
    found = dict(condition.split(" above ") for (condition,) in conditions if " above " in condition)
    columns = {
        "AdSpend": "ad_spend_usd",
        "PreviousPurchases": "previous_purchases",
        "LoyaltyPoints": "loyalty_points",
        "ClickThroughRate": "click_through_rate",
        "ConversionRate": "click_conversion_rate",
        "WebsiteVisits": "website_visits",
        "PagesPerVisit": "pages_per_visit",
        "TimeOnSite": "time_on_site_minutes",
        "EmailOpens": "email_opens",
        "EmailClicks": "email_clicks",
    }
    planted = dict(
        condition.split(" > ") for condition in {**truth["ad_spend_log_odds"], **truth["other_log_odds"]}
    )

    assert set(found) == set(columns.values())
    for raw, cut in planted.items():
        assert float(found[columns[raw]]) == pytest.approx(float(cut), rel=0.05)


@pytest.mark.parametrize(
    ("earlier_params", "why"),
    [
        ('{"seed": 1}', " (each once: earlier releases didn't note by what they fitted)"),
        ('{"fitted_with": {"task_version": 1}, "seed": 1}', ""),
    ],
)
def test_a_build_names_the_models_that_it_refitted_in_one_line(tmp_path, earlier_params, why):
    path = tmp_path / "published.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema evaluation; create schema operations")
        connection.execute(
            "create table evaluation.model_registry as select * from (values"
            f" ('retention', 1, timestamp '2026-01-01 00:00:00', '{earlier_params}'),"
            """ ('retention', 2, timestamp '2026-01-03 00:00:00', '{"fitted_with": {}}'),"""
            """ ('campaign_kpis', 1, timestamp '2026-01-03 00:00:00', '{"fitted_with": {}}')"""
            ") as fits (model_name, model_version, fitted_at, params)"
        )
        connection.execute(
            "create table operations.publications as select * from (values"
            " (1, timestamp '2026-01-02 00:00:00'), (2, timestamp '2026-01-04 00:00:00'))"
            " as publications (version, published_at)"
        )

    assert refits(path) == f"Refitted{why}: retention (version 2)"
    with duckdb.connect(str(path)) as connection:
        connection.execute("insert into operations.publications values (3, timestamp '2026-01-05 00:00:00')")
    assert refits(path) is None
