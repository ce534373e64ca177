"""Campaign targets: within every limit, worth what they cost, and the same in any order of rows."""

from datetime import date
from itertools import product

import numpy as np
import pandas as pd
import pytest

from bank_marketing.campaigns.plan_limits import PlanLimits, stated_limits
from bank_marketing.campaigns.target_reasons import NO_REASON, with_reasons
from bank_marketing.campaigns.target_stability import target_list_stability
from bank_marketing.campaigns.targets import ACTION, TargetHoldout, choose_targets
from bank_marketing.campaigns.weeks_ahead import budget_rows
from bank_marketing.campaigns.whole_plan import in_parts
from bank_marketing.errors import UserError

TYPES, CHANNELS = ("Awareness", "Retention"), ("Email", "PPC")
LEVELS = {"low": 100.0, "high": 400.0}
HOLDOUT = TargetHoldout(effect=0.05, weeks=13, share_limit=0.5, outcome_days=90)


def offers_of(customers: int, *, value: float = 500.0, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    offers = pd.DataFrame(
        list(product(range(customers), TYPES, CHANNELS, LEVELS)), columns=["customer_id", *ACTION]
    )
    chance = random.uniform(0.2, 0.6, len(offers)) + 0.1 * (offers["spend_level"] == "high")
    spend = offers["spend_level"].map(LEVELS)
    profit = chance * value - spend - 1
    return offers.assign(
        ad_spend_usd=spend,
        conversion_probability=chance,
        cost_usd=spend + 1,
        expected_profit_usd=profit,
        expected_profit_usd_low=profit - 50,
        expected_profit_usd_high=profit + 50,
        was_held_out=None,
    )


def limits(**stated) -> PlanLimits:
    return stated_limits(**{"budget": 6_000, "contacts": 80, "channels": {}, "types": {}, **stated})


def plan(offers: pd.DataFrame, of: PlanLimits, publication: int = 1):
    return choose_targets(offers, limits=of, holdout=HOLDOUT, publication=publication)


def test_the_list_keeps_every_limit_though_chance_holds_some_out():
    offers = offers_of(400)
    of = limits(
        channels={"every": {"most_share": 0.6}, "PPC": {"least_contacts": 30}},
        types={"Awareness": {"most_usd": 900}},
    )
    chosen = plan(offers, of).chosen
    listed = chosen[~chosen["is_held_out"]]

    assert chosen["customer_id"].is_unique and chosen["is_held_out"].sum() > 10
    assert listed["cost_usd"].sum() <= 6_000 and len(listed) <= 80
    of_channel = listed["campaign_channel"].value_counts()
    assert of_channel["PPC"] >= 30 and of_channel.max() <= 48
    assert listed.loc[listed["campaign_type"] == "Awareness", "cost_usd"].sum() <= 900
    assert listed["list_rank"].tolist() == list(range(1, len(listed) + 1))
    assert listed["expected_profit_usd"].is_monotonic_decreasing
    assert chosen.loc[chosen["is_held_out"], "list_rank"].isna().all()


def test_the_held_out_would_have_been_chosen():
    offers = offers_of(2_000)
    targets = plan(offers, limits())
    chosen, best = targets.chosen, offers.groupby("customer_id")["expected_profit_usd"].max()
    of_listed, of_held_out = (
        best[chosen.loc[chosen["is_held_out"] == side, "customer_id"]] for side in (False, True)
    )
    assert of_held_out.min() == pytest.approx(of_listed.min(), rel=0.05)
    assert of_held_out.mean() == pytest.approx(of_listed.mean(), rel=0.05)
    share = targets.chosen["holdout_share"].iloc[0]
    assert len(of_held_out) == pytest.approx(share / (1 - share) * len(of_listed), rel=0.35)


def test_a_valid_list_keeps_its_lots_and_the_order_of_rows_changes_nothing():
    offers = offers_of(300)
    offers["expected_profit_usd"] = offers["expected_profit_usd"].round(-1)  # many are equal
    first = plan(offers, limits()).chosen.set_index("customer_id")
    again = plan(offers.sample(frac=1, random_state=2), limits()).chosen.set_index("customer_id")
    pd.testing.assert_frame_equal(first, again)

    lots = first["is_held_out"].astype(object)
    pinned = offers.assign(was_held_out=offers["customer_id"].map(lots))
    second = plan(pinned, limits(), publication=2).chosen.set_index("customer_id")
    kept = second.index.intersection(first.index)
    assert len(kept) >= 0.9 * len(first)
    assert (second.loc[kept, "is_held_out"] == first.loc[kept, "is_held_out"]).all()
    assert second.loc[kept, "is_carried_over"].all()


def test_equal_customers_are_chosen_by_chance_and_held_out_among_equals():
    offers = offers_of(500).assign(conversion_probability=0.5, expected_profit_usd=50.0)
    chosen = plan(offers, limits()).chosen
    assert (~chosen["is_held_out"]).sum() == 59  # 6,000 dollars at 101 each
    assert chosen["is_held_out"].any()
    assert chosen["customer_id"].max() > 250 > chosen["customer_id"].min()


def rows_of(offers: pd.DataFrame, of: PlanLimits, **others) -> pd.DataFrame:
    returning = others.pop("returning", offers.head(0).assign(return_date=None))
    return budget_rows(
        offers,
        returning,
        plan(offers, of),
        limits=of,
        **{"pause_days": 90, "contacts": 2, "as_of": date(2026, 1, 5), **others},
    )


def test_the_plan_adds_up_and_names_what_binds():
    offers = offers_of(400)
    rows = rows_of(offers, limits(types={"Awareness": {"most_contacts": 5}}))
    week = rows[rows["week"] == 1].set_index("group_value")
    for sums in ("customers", "cost_usd", "expected_profit_usd", "expected_conversions"):
        for group in ("campaign_channel", "campaign_type"):
            assert week.loc[week["group_name"] == group, sums].sum() == pytest.approx(week.loc["all", sums])
    assert week.loc["all", "binding_limit"] == "most money" and week.loc["all", "price_of_a_dollar_usd"] > 0
    assert week.loc["Awareness", "binding_limit"] == "most contacts"
    assert week.loc["Awareness", "price_of_a_contact_usd"] > 0
    assert pd.isna(week.loc["Retention", "binding_limit"])
    assert 0 <= week.loc["all", "gap_usd"] <= 2 * offers["expected_profit_usd"].max()


def test_without_limits_their_columns_are_there_and_unknown():
    rows = rows_of(offers_of(50), PlanLimits(None, None, {}))
    ends = ["least_contacts", "most_contacts", "least_usd", "most_usd"]
    prices = ["price_of_a_contact_usd", "price_of_a_dollar_usd"]
    assert rows[[*ends, *prices, "binding_limit"]].isna().all(axis=None)
    assert rows["customers"].iloc[0] > 0


def test_weeks_ahead_keep_limits_and_the_pause_and_take_the_best_first():
    offers = offers_of(400)
    weeks = rows_of(offers, limits())
    weeks = weeks[weeks["group_name"] == "all"].set_index("week")
    assert weeks.index.tolist() == list(range(1, 14))
    assert (weeks["customers"] <= 80).all() and (weeks["cost_usd"] <= 6_000).all()
    # With a pause of 90 days the 400 come once within 13 weeks, the best of them in the first.
    assert weeks["customers"].sum() <= 400
    assert weeks.loc[1, "expected_profit_usd"] > weeks.loc[3, "expected_profit_usd"]
    shorter = rows_of(offers, limits(), pause_days=28)
    shorter = shorter[shorter["group_name"] == "all"]
    assert weeks["customers"].sum() < shorter["customers"].sum() <= 2 * weeks["customers"].sum()

    returning = offers_of(60, seed=3).assign(return_date=pd.Timestamp("2026-03-30"))
    returning["customer_id"] += 1_000
    later = rows_of(offers.head(8 * 10), limits(), returning=returning)
    later = later[later["group_name"] == "all"].set_index("week")["customers"]
    assert later.loc[2:12].sum() <= 10 and later.loc[13] >= 20


@pytest.mark.parametrize(
    "offers, of, told",
    [
        (offers_of(30, value=100), limits(), "every action costs more than it is expected to bring"),
        (offers_of(30), limits(budget=0), "campaign_budget is 0, and"),
        # The least a contact costs is 101; a channel may have fewer contacts than dollars.
        (
            offers_of(30),
            limits(budget=100, channels={"every": {"most_contacts": 5}}),
            "campaign_budget is 100, and the cheapest action that earns money costs 101.00",
        ),
        (
            offers_of(30),
            limits(contacts=0),
            "campaign_contacts allows no action that earns money",
        ),
        (
            offers_of(30),
            limits(channels={"Email": {"most_contacts": 0}, "PPC": {"most_usd": 50}}),
            "the limits together allow no action that earns money (",
        ),
        (offers_of(30).head(0), limits(), "no customer whom a list may name"),
    ],
)
def test_an_empty_list_says_why(offers, of, told):
    rows = rows_of(offers, of)
    assert (rows["customers"] == 0).all()
    assert rows["message"].iloc[0].startswith("The list is empty") and told in rows["message"].iloc[0]
    assert not rows[["price_of_a_contact_usd", "price_of_a_dollar_usd"]].fillna(0).to_numpy(dtype=float).any()


def test_contradictory_limits_are_named_by_their_vars():
    of = limits(contacts=20, channels={"PPC": {"least_contacts": 30}})
    told = r"contacts of PPC in campaign_channel_limits \(least 30\)"
    with pytest.raises(UserError, match=told) as error:
        plan(offers_of(100), of)
    assert "campaign_contacts (most 20)" in str(error.value)


@pytest.mark.parametrize(
    "stated, told",
    [
        ({"budget": "much"}, "var campaign_budget is 'much', expected a number of 0 or more"),
        ({"channels": "Email"}, "var campaign_channel_limits is 'Email', expected limits by name"),
        (
            {"channels": {"Email": {"most": 3}}},
            "var campaign_channel_limits: Email has 'most', expected one of",
        ),
        ({"types": {"every": {"most_share": 1.5}}}, "expected a share from 0 to below 1"),
        ({"types": {"every": {"least_usd": 5, "most_usd": 3}}}, "has least_usd 5 above most_usd 3"),
        ({"channels": {"Radio": {"most_usd": 3}}}, "names 'Radio', expected every or one of Email, PPC"),
    ],
)
def test_impossible_limits_are_refused(stated, told):
    with pytest.raises(UserError) as error:
        plan(offers_of(3), limits(**stated))
    assert told in str(error.value)


def test_limits_are_read_as_dbt_hands_them_over():
    assert limits(channels='{"every": {"most_share": "0.25"}}').of_group["campaign_channel"] == {
        "every": {"most_share": 0.25}
    }
    assert limits(contacts="", budget=None).of(offers_of(3)) == {}


def test_a_reason_names_what_raises_the_chance_and_nothing_that_may_not_be_said():
    features = pd.DataFrame(
        {
            "customer_id": [1, 2, 3],
            "age_years": [80.0, 40, 30],
            "income_usd": [50_000.0, 50_000, 50_000],
            "loyalty_points": [1_000.0, 100, 50],
            "previous_purchases": [1.0, 1, 1],
        }
    )
    chosen = pd.DataFrame(
        {"customer_id": [3, 1], "campaign_type": "Retention", "campaign_channel": "PPC", "spend_level": "low"}
    )

    def chances(rows: pd.DataFrame) -> pd.DataFrame:
        chance = 0.1 + rows["loyalty_points"] / 5_000 + rows["age_years"] / 200
        one = rows[["customer_id"]].assign(
            campaign_type="Retention",
            campaign_channel="PPC",
            spend_level="low",
            conversion_probability=chance,
        )
        return pd.concat([one.assign(campaign_channel="Email", conversion_probability=0.0), one])

    said = with_reasons(chosen, features, chances, not_to_say="gender, age, country")
    assert said["reason"].tolist() == [NO_REASON, "1,000 loyalty points"]
    assert "age 80 years" in with_reasons(chosen, features, chances, not_to_say=[])["reason"].iloc[1]


def stability(spread: float, *, models: int = 3, more: float = 0, of: PlanLimits | None = None) -> dict:
    """Return how stable a list is whose chances move by so much from model to model."""
    offers, of = offers_of(300), of or limits(channels={"every": {"most_share": 0.4}})
    actions = pd.DataFrame(
        [(*pair, 550.0, 50.0) for pair in product(TYPES, CHANNELS)],
        columns=["campaign_type", "campaign_channel", "conversion_value_usd", "cost_if_accepted_usd"],
    )
    random, chance = np.random.default_rng(3), offers["conversion_probability"].to_numpy() + more
    resampled = [chance + random.normal(0, spread, len(chance)) for _ in range(models)]
    return target_list_stability(offers, plan(offers, of), actions, resampled, limits=of)


def test_a_list_stays_as_far_as_its_chances_do():
    certain, doubtful, vague = (stability(spread) for spread in (0.0, 0.05, 0.5))

    assert certain["share_stable"] == certain["share_same_action"] == 1
    assert vague["share_stable"] < doubtful["share_stable_low"] <= doubtful["share_stable"] < 1
    assert vague["share_same_action"] < doubtful["share_same_action"] < doubtful["share_stable"]
    assert "3 refits" in vague["stability_message"]


def test_without_refits_no_share_is_told_but_why_and_of_an_empty_list_neither():
    quick, empty = stability(0.1, models=0), stability(0.1, of=limits(contacts=0))

    assert np.isnan(quick["share_stable"]) and "depth full" in quick["stability_message"]
    assert np.isnan(empty["share_stable"]) and empty["stability_message"] == "the list is empty"


def test_where_the_chances_of_a_refit_allow_no_list_nothing_stays():
    # 59 contacts cost 5,959 of 6,000 dollars; where chances are so much higher, half a bonus of 50 more each.
    found = stability(0, more=0.5, of=limits(types={"Retention": {"least_contacts": 59}}))

    assert found["share_stable"] == 0


@pytest.mark.parametrize("value", [500.0, 1.0])
def test_choice_and_plan_in_one_table_can_be_told_apart_and_keep_their_types(value):
    offers, of = offers_of(50, value=value), limits()
    choice, rows = plan(offers, of).chosen, rows_of(offers, of)
    parts = in_parts(choice=choice, plan=rows)
    for part, made in (("choice", choice), ("plan", rows)):
        back = parts[parts["part"] == part].set_index("place")[list(made)]
        expected = made.convert_dtypes(convert_floating=False)
        pd.testing.assert_frame_equal(
            back.convert_dtypes(convert_floating=False), expected, check_dtype=False, check_names=False
        )
    assert (choice.empty, str(parts["customer_id"].dtype)) == (value == 1.0, "Int64")
    assert str(parts["is_held_out"].dtype) == "boolean"
