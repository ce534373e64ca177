"""Retention actions: the best choice within the limits, and a fair hold-out inside it."""

import numpy as np
import pandas as pd
import pytest

from bank_marketing.churn.retention_actions import HoldoutPlan, choose_calls, stated_plan
from bank_marketing.errors import UserError
from bank_marketing.variables import stated_limit

OFFERS = pd.DataFrame(
    [
        (1, "personal_call", 15.0, 40.0),
        (1, "reactivation_bonus", 30.0, 60.0),
        (2, "personal_call", 15.0, 50.0),
        (3, "personal_call", 15.0, -5.0),
    ],
    columns=["customer_id", "action", "cost", "expected_net_gain"],
).assign(exit_probability=0.5, assumed_effect=0.1, was_held_out=pd.array([pd.NA] * 4, dtype="boolean"))
NO_HOLDOUT = HoldoutPlan(effect=0.05, weeks=13, share_limit=0.0, outcome_days=180, horizon_years=3)
PLAN = HoldoutPlan(effect=0.05, weeks=13, share_limit=0.5, outcome_days=180, horizon_years=3)


def choose(offers: pd.DataFrame = OFFERS, **options) -> pd.DataFrame:
    options = {"budget": None, "calls": None, "plan": NO_HOLDOUT, "publication": 1} | options
    return choose_calls(offers, **options)


def pairs(offers: pd.DataFrame) -> list[tuple[int, str]]:
    return list(offers[["customer_id", "action"]].itertuples(index=False, name=None))


def many(n: int, seed: int = 1, *, costs=(15.0, 30.0, 40.0)) -> pd.DataFrame:
    """Draw customers with an offer of each cost; a dearer one gains more for some."""
    random = np.random.default_rng(seed)
    value, chance = random.lognormal(6, 0.5, n), random.beta(2, 3, n)
    parts = [
        pd.DataFrame(
            {
                "customer_id": np.arange(n),
                "action": f"cost_{cost:g}",
                "cost": cost,
                "exit_probability": chance,
                "assumed_effect": effect,
                "expected_net_gain": chance * effect * value - cost,
            }
        )
        for cost, effect in zip(costs, (0.1, 0.15, 0.18), strict=False)
    ]
    offers = pd.concat(parts, ignore_index=True)
    return offers.assign(was_held_out=pd.array([pd.NA] * len(offers), dtype="boolean"))


def test_without_limits_everybody_gets_what_gains_most_if_it_gains():
    assert pairs(choose()) == [(1, "reactivation_bonus"), (2, "personal_call")]
    # However low the probability: there is no threshold beside the gain.
    offers = many(500)
    gains = offers.groupby("customer_id")["expected_net_gain"].max()
    assert set(choose(offers)["customer_id"]) == set(gains.index[gains > 0])


def test_a_budget_may_call_for_the_smaller_action():
    assert pairs(choose(budget=30.0)) == [(2, "personal_call"), (1, "personal_call")]


def test_one_call_goes_where_it_gains_most():
    assert pairs(choose(calls=1)) == [(1, "reactivation_bonus")]


def test_the_order_of_the_offers_does_not_matter():
    offers = many(300)
    shuffled = offers.sample(frac=1, random_state=1)
    options = {"budget": 700.0, "calls": 30, "plan": PLAN}
    pd.testing.assert_frame_equal(choose(offers, **options), choose(shuffled, **options))


def test_no_offers_give_an_empty_list():
    found = choose(OFFERS.iloc[:0], budget=30.0, calls=5, plan=PLAN)
    assert found.empty and {"is_held_out", "call_rank", "message", "publication"} <= set(found)


def test_among_equals_chance_decides_and_another_way_in_another_publication():
    offers = many(400, costs=(15.0,)).assign(expected_net_gain=20.0)
    lists = [set(choose(offers, calls=50, publication=number)["customer_id"]) for number in (1, 2)]
    assert lists[0] != lists[1] and lists[0] == set(choose(offers, calls=50)["customer_id"])
    assert 100 < np.mean([*lists[0]]) < 300


def test_the_hold_out_comes_on_top_of_the_calls_and_its_cost_does_not_count():
    offers = many(2_000)
    alone, both = (choose(offers, budget=2_000.0, calls=80, plan=plan) for plan in (NO_HOLDOUT, PLAN))
    called = both[~both["is_held_out"]]
    assert len(called) == pytest.approx(len(alone), abs=2) and called["cost"].sum() <= 2_000
    assert both["cost"].sum() > 2_000
    assert both["is_held_out"].mean() == pytest.approx(both["holdout_share"].iloc[0], abs=0.01)
    # Both are the best of all: nobody left out gains more by an action of the cheapest cost.
    left = offers[(offers["cost"] == 15) & ~offers["customer_id"].isin(both["customer_id"])]
    assert left["expected_net_gain"].max() < both["expected_net_gain"].median()


@pytest.mark.slow
def test_everyone_in_the_choice_has_the_same_chance_to_be_held_out():
    offers = many(60, costs=(15.0, 30.0))
    drawn = []
    for number in range(100):
        found = choose(offers, calls=20, plan=PLAN, publication=number).set_index("customer_id")
        drawn.append(found["is_held_out"])
    table = pd.concat(drawn, axis=1)
    share = table.mean().mean()
    of_customer = table.mean(axis=1)
    assert table.notna().all(axis=None)
    assert (of_customer - share).abs().max() < 4 * np.sqrt(share * (1 - share) / 100)


def test_the_smallest_share_that_shows_the_effect_in_time_is_held_out():
    # 200 calls a week, and 0.475 within the window.
    offers = many(2_000, costs=(15.0,)).assign(exit_probability=0.475)
    plan = HoldoutPlan(0.058, 13, 0.5, outcome_days=3 * 365.25, horizon_years=3)
    found = choose(offers, calls=200, plan=plan)
    assert found["is_held_out"].sum() == 58 and (~found["is_held_out"]).sum() == 200
    assert found["holdout_share"].iloc[0] == pytest.approx(0.22, abs=0.006)
    assert found["smallest_effect_seen"].iloc[0] <= 0.058 and found["weeks_until_seen"].iloc[0] == 13
    assert (
        found["message"].iloc[0].startswith("13 weeks of 200 called, 58 held out show a difference of 0.058")
    )


def test_where_no_share_is_enough_the_list_says_so_and_names_the_weeks():
    offers = many(2_000, costs=(15.0,)).assign(exit_probability=0.475)
    plan = HoldoutPlan(0.058, 1, 0.5, outcome_days=3 * 365.25, horizon_years=3)
    found = choose(offers, calls=200, plan=plan)
    assert found["is_held_out"].sum() == 200
    # 1,164 of both sides, half of them held out.
    assert found["weeks_until_seen"].iloc[0] == 6
    assert found["message"].iloc[0].startswith("Not enough: a difference of 0.058 shows after 6 weeks.")


def test_probabilities_are_scaled_to_the_window():
    scaled = PLAN.within_window(pd.Series([0.475]))
    assert scaled[0] == pytest.approx(1 - 0.525 ** (180 / 365.25 / 3))


def test_without_a_limit_the_held_out_are_a_part_of_all():
    offers = many(3_000, costs=(15.0,))
    found = choose(offers, plan=PLAN)
    assert len(found) == (offers["expected_net_gain"] > 0).sum()
    assert 0 < found["is_held_out"].sum() < 0.5 * len(found)
    assert found["smallest_effect_seen"].iloc[0] <= PLAN.effect * 1.01


def test_who_a_valid_list_named_keeps_the_lot_and_the_list_stays():
    offers = many(1_000)
    options = {"budget": 1_500.0, "calls": 60, "plan": PLAN}
    monday = choose(offers, **options)
    lots = monday.set_index("customer_id")["is_held_out"]
    tuesday = offers.assign(was_held_out=offers["customer_id"].map(lots).astype("boolean"))
    again = choose(tuesday, publication=2, **options).set_index("customer_id")
    assert again["is_carried_over"].mean() > 0.95
    kept = again[again["is_carried_over"]]
    assert (kept["is_held_out"] == lots[kept.index]).all()


@pytest.mark.slow
@pytest.mark.parametrize("budget", [37.5, 301.0, 999.99, 2_345.0])
@pytest.mark.parametrize("calls", [1, 17, 80])
def test_calls_keep_within_the_limits_whatever_is_drawn(budget, calls):
    for number in range(5):
        found = choose(many(500), budget=budget, calls=calls, plan=PLAN, publication=number)
        called = found[~found["is_held_out"]]
        assert len(called) <= calls and called["cost"].sum() <= budget + 1e-9
        assert called["call_rank"].tolist() == list(range(1, len(called) + 1))


@pytest.mark.parametrize(
    "stated, limit",
    [(None, None), ("", None), ("None", None), (0, 0.0), ("0", 0.0), (" 12.5 ", 12.5), (7, 7.0)],
)
def test_nothing_is_no_limit_and_zero_is_one(stated, limit):
    assert stated_limit(stated, "retention_budget") == limit


@pytest.mark.parametrize("stated", ["-1", "many", "nan", "inf"])
def test_a_limit_that_is_none_is_refused_by_name(stated):
    with pytest.raises(UserError, match=f"retention_budget is '{stated}'"):
        stated_limit(stated, "retention_budget")


@pytest.mark.parametrize(
    "name, var, bad",
    [
        ("effect_to_see", "retention_effect_to_see", 0),
        ("weeks_to_see", "retention_weeks_to_see", "soon"),
        ("share_limit", "holdout_share_limit", 1),
        ("share_limit", "holdout_share_limit", None),
        ("outcome_days", "retention_outcome_days", -180),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_name(name, var, bad):
    settings = {
        "effect_to_see": 0.05,
        "weeks_to_see": "13",
        "share_limit": "0.5",
        "outcome_days": 180,
        "horizon_years": 3,
    }
    assert stated_plan(**settings) == PLAN
    with pytest.raises(UserError, match=var):
        stated_plan(**(settings | {name: bad}))


def test_a_budget_of_zero_makes_no_call():
    assert choose(budget=0.0, plan=PLAN).empty
    assert choose(calls=0, plan=PLAN).empty
