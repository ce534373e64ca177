"""Retention: curves and findings by the tables, the call list as it is used."""

import csv
from io import StringIO

import pytest

from bank_marketing.serving.lists import LISTS
from bank_marketing.web.asked import Asked
from bank_marketing.web.evidence import UNKNOWN
from bank_marketing.web.pages import new_data, one_customer, retention
from bank_marketing.web.words import percent

NEVER = Asked()


@pytest.mark.parametrize("name", retention.COHORTS)
def test_a_finding_of_curves_is_of_years_that_enough_customers_were_seen_for(opened, name):
    figure = retention.survival(opened, Asked({"cohort": name}))
    ends = {}
    for row in figure.rows:
        if f"fter {row['year']} years" in figure.finding:
            ends[row["group_value"]] = row

    assert ends.keys() == {row["group_value"] for row in figure.rows}
    assert min(row["at_risk"] for row in ends.values()) >= retention.FEWEST_SEEN
    if "can't be told" not in figure.finding:
        assert percent(min(row["survival"] for row in ends.values()), 0) in figure.finding


def test_cohorts_that_chance_explains_are_not_told_apart(altered):
    opened = altered("update churn.churn_survival_curves set survival_low = 0, survival_high = 1")

    figure = retention.survival(opened, NEVER)
    assert "can't be told apart" in figure.finding
    assert figure.evidence.word == UNKNOWN


def test_the_cohort_that_leaves_most_is_told_from_chance(opened, altered):
    figure = retention.rates(opened, NEVER)
    assert figure.evidence.word == "descriptive"
    first = altered("update churn.churn_cohorts set is_distinguishable = group_name = 'activity'")
    assert retention.rates(first, NEVER).finding.startswith("“not active” leaves most")


def test_the_driver_in_the_title_is_true_alone_and_not_by_chance(opened, altered):
    """Traits that another comes on top of, such as inactivity, have no ratio for everybody."""
    figure = retention.drivers(opened, NEVER)
    told = {row["trait"] for row in figure.rows if row["is_distinguishable"]}
    assert {
        "is inactive",
        "has no balance",
        "2 products",
        "has no balance and 2 products (on top)",
    } <= told
    assert figure.finding.startswith("“3 products” goes furthest with leaving sooner")

    nothing = altered(
        "update evaluation.feature_effects set is_distinguishable = feature in ('is_inactive',"
        " 'age_50_to_64', 'has_no_balance', 'has_no_balance_and_products_2')"
        " where domain = 'churn' and kind = 'hazard_ratio'"
    )
    assert "can be told from chance" in retention.drivers(nothing, NEVER).finding
    assert retention.drivers(nothing, NEVER).evidence.word == UNKNOWN


def test_each_chance_has_one_name_with_its_horizon(opened):
    """Of having left at any time, and of leaving within the horizon that money rests on."""
    _, rows = opened.list_rows(LISTS["retention_call_list"])
    asked = Asked({"population": "churn_customers", "number": str(rows[0]["customer_id"])})
    listed = {column.name: column.label for column in retention.calls(opened, NEVER).columns}
    sent = {column.name: column.label for column in new_data.KINDS["churn_customers"].columns}
    within = f"Chance of leaving within {rows[0]['horizon_years']:g} years"

    assert listed["exit_probability"] == within
    assert sent["churn_probability"] == "Chance of having left"
    cards = {card.label: card.value for card in one_customer.customer(opened, asked)["cards"]}
    assert cards[within] == rows[0]["exit_probability"]
    assert sent["churn_probability"] in cards


def test_the_best_threshold_is_that_of_the_table(opened):
    figure = retention.thresholds(opened, NEVER)
    best = max(figure.rows, key=lambda row: row["expected_net_gain"])

    assert (
        f"from a chance of having left of {percent(best['threshold'], 0)} on: {best['calls']:,} calls"
        in figure.finding
    )


def test_the_call_list_is_downloaded_as_it_is_filtered(client, opened):
    _, rows = opened.list_rows(LISTS["retention_call_list"])
    action = rows[0]["recommended_action"]
    wanted = [row for row in rows if row["recommended_action"] == action]
    query = f"retention_call_list.recommended_action={action}"

    page = client.get(f"/retention?{query}").text
    found = list(
        csv.DictReader(StringIO(client.get(f"/data/retention/retention_call_list.csv?{query}").text))
    )
    assert f"{len(wanted)} rows of {len(rows)}" in page
    assert [list(row.values()) for row in found] == [
        ["" if value is None else str(value) for value in row.values()] for row in wanted
    ]


def test_what_calls_change_cant_be_told_without_outcomes(client):
    assert "no outcomes of calls and held-out customers are in" in client.get("/retention").text
