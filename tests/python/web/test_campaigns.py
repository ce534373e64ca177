"""Campaigns: figures are those of the tables, and findings say no more than the data tell."""

import pytest

from bank_marketing.web.asked import Asked
from bank_marketing.web.evidence import UNKNOWN
from bank_marketing.web.pages import campaigns

NEVER = Asked()


@pytest.mark.parametrize("by", campaigns.DIMENSIONS)
def test_rates_are_those_of_the_table(opened, by):
    rows = campaigns.performance(opened, Asked({"by": by})).rows

    (whole,) = opened.rows(
        "select sum(customers) as customers, sum(conversions) as conversions"
        " from warehouse.campaigns.campaign_performance"
    )
    assert sum(row["customers"] for row in rows) == whole["customers"]
    assert sum(row["conversions"] for row in rows) == whole["conversions"]
    assert all(row["rate_low"] < row["rate"] < row["rate_high"] for row in rows)
    assert [row["rate"] for row in rows] == sorted((row["rate"] for row in rows), reverse=True)


def test_a_finding_names_what_can_be_told_apart_and_nothing_else(opened, altered):
    """The sample's campaign Conversion was planted to do better."""
    asked = Asked({"by": "campaign_type"})
    figure = campaigns.impact(opened, asked)
    for row in figure.rows:
        assert (row["name"] in figure.finding) == bool(row["is_distinguishable"])
    assert "Conversion" in figure.finding

    nothing = altered("update campaigns.campaign_impact set is_distinguishable = false")
    finding = campaigns.impact(nothing, asked).finding
    assert finding.startswith("No difference can be told from chance")
    assert "points would have been seen" in finding
    assert figure.evidence.word == "adjusted"
    assert campaigns.impact(nothing, asked).evidence.word == UNKNOWN


def test_what_pays_has_an_interval_above_nothing(opened, altered):
    unsure = campaigns.returns(opened, NEVER)
    assert "it can't be told whether they pay" in unsure.finding
    assert unsure.evidence.word == UNKNOWN

    pays = altered(
        "update campaigns.campaign_cost_effectiveness set profit_usd_low = 1 where group_value = 'Email'",
        "update campaigns.campaign_cost_effectiveness set profit_usd_high = -1 where group_value = 'PPC'",
    )
    figure = campaigns.returns(pays, NEVER)
    assert figure.finding.startswith("Email pays; PPC loses money; for 3 it can't be told")
    assert figure.evidence.word == "descriptive"


def test_the_best_share_is_that_of_the_curve(opened):
    figure = campaigns.targeting(opened, NEVER)
    ours = [row for row in figure.rows if row["who"] == "best first"]
    best = max(ours, key=lambda row: row["profit"])

    assert f"best {100 * best['share_contacted']:.0f} %" in figure.finding
    assert figure.evidence.word == "assumed"


def test_policies_are_counted_that_earn_more_than_chance(opened):
    figure = campaigns.policies(opened, NEVER)
    told = [row for row in figure.rows if row["gain_usd_low"] > 0]

    assert 0 < len(told) < len(figure.rows)
    assert figure.finding.startswith(f"{len(told)} of {len(figure.rows)} policies")
