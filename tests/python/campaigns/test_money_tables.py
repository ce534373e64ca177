"""The public tables about money, recomputed from the published responses and the seeds."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from project_copies import REPOSITORY, Project

from bank_marketing.methods.intervals import Z, wilson_interval


def frame_of(project: Project, sql: str) -> pd.DataFrame:
    with duckdb.connect(str(project.published), read_only=True) as connection:
        return connection.execute(sql).df()


@pytest.fixture(scope="module")
def customers(built_sample) -> pd.DataFrame:
    seeds = REPOSITORY / "seeds" / "reference" / "campaigns"
    frame = frame_of(built_sample, "select * from campaigns.campaign_responses")
    frame = frame.merge(pd.read_csv(seeds / "campaign_types.csv"), on="campaign_type")
    frame = frame.merge(pd.read_csv(seeds / "campaign_channels.csv"), on="campaign_channel")
    converted = frame["has_converted"].astype(float)
    paid = frame["cost_if_accepted_usd_x"] + frame["cost_if_accepted_usd_y"]
    return frame.assign(
        value=converted * frame["conversion_value_usd"],
        below=converted * (frame["conversion_value_usd"] - frame["conversion_value_usd_low"]),
        cost=frame["ad_spend_usd"].astype(float) + frame["cost_per_contact_usd"] + converted * paid,
        converted=converted,
    ).assign(profit=lambda rows: rows["value"] - rows["cost"])


def test_figures_and_intervals_are_those_of_the_customers(built_sample, customers):
    table = frame_of(
        built_sample,
        "select * from campaigns.campaign_cost_effectiveness where group_name = 'campaign_channel'",
    )

    for row in table.itertuples():
        of_group = customers[customers["campaign_channel"] == row.group_value]
        n, cost, won = len(of_group), of_group["cost"], of_group["converted"]
        each = cost.sum() / won.sum()
        of_each = np.sqrt(n) * (cost - each * won).std() / won.sum()
        chance = Z * np.sqrt(n) * of_group["profit"].std()
        assert row.cost_per_conversion_usd == pytest.approx(each)
        assert row.cost_per_conversion_usd_high == pytest.approx(each + Z * of_each)
        assert row.profit_usd == pytest.approx(of_group["profit"].sum())
        assert row.profit_usd_low == pytest.approx(row.profit_usd - np.hypot(chance, of_group["below"].sum()))
        assert row.return_on_cost == pytest.approx(row.profit_usd / cost.sum())
        assert row.conversions_low == pytest.approx(n * float(wilson_interval(won.sum(), n)[0]))


def test_spending_more_on_a_customer_pays_in_no_type(built_sample):
    """The known answer: above the step of 5,000 dollars conversions rise, but by less than they cost."""
    plans = frame_of(
        built_sample,
        "select split_part(group_value, ', ', 1) as type, split_part(group_value, ', ', 2) as level,"
        " conversions / customers as rate, profit_usd / customers as profit"
        " from campaigns.campaign_cost_effectiveness where group_name = 'campaign_plan'",
    )
    by_level = plans.pivot(index="type", columns="level")

    assert len(by_level) == 4
    assert (by_level["rate"]["high"] > by_level["rate"]["low"]).all()
    assert (by_level["profit"]["high"] < by_level["profit"]["low"]).all()


def test_the_curve_beats_chance_and_is_foretold(built_sample, customers):
    curve = frame_of(built_sample, "select * from campaigns.targeting_curve order by share_contacted")
    half, everybody = curve[curve["share_contacted"] == 0.5].iloc[0], curve.iloc[-1]

    assert half["gain_usd_low"] > 0
    assert half["profit_at_random_usd"] == pytest.approx(customers["profit"].sum() / 2)
    assert half["profit_usd_low"] < half["expected_profit_usd"] < half["profit_usd_high"]
    assert everybody["profit_usd"] == pytest.approx(customers["profit"].sum())
    assert curve["best_share_low"].iloc[0] <= everybody["planned_share"] <= curve["best_share_high"].iloc[0]
