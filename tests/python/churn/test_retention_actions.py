"""Retention actions: the chosen offers, in order of their gain."""

import pandas as pd
import pytest

from bank_marketing.churn.retention_actions import choose_offers, stated_limit
from bank_marketing.errors import UserError

OFFERS = pd.DataFrame(
    [
        (1, "personal_call", 15.0, 40.0),
        (1, "reactivation_bonus", 30.0, 60.0),
        (2, "personal_call", 15.0, 50.0),
        (3, "personal_call", 15.0, -5.0),
    ],
    columns=["customer_id", "action", "cost", "expected_net_gain"],
).assign(churn_probability=[0.5, 0.5, 0.3, 0.9])


def chosen(**limits) -> list[tuple[int, str]]:
    limits = {"threshold": 0.1, "budget": None, "calls": None} | limits
    return pairs(choose_offers(OFFERS, **limits))


def pairs(offers: pd.DataFrame) -> list[tuple[int, str]]:
    return list(offers[["customer_id", "action"]].itertuples(index=False, name=None))


def test_without_limits_everybody_gets_what_gains_most_if_it_gains():
    assert chosen() == [(1, "reactivation_bonus"), (2, "personal_call")]


def test_a_budget_may_call_for_the_smaller_action():
    assert chosen(budget=30.0) == [(2, "personal_call"), (1, "personal_call")]


def test_one_call_goes_where_it_gains_most():
    assert chosen(calls=1) == [(1, "reactivation_bonus")]


def test_the_order_of_the_offers_does_not_matter():
    shuffled = OFFERS.sample(frac=1, random_state=1)
    found = choose_offers(shuffled, threshold=0.1, budget=30.0, calls=None)
    assert pairs(found) == chosen(budget=30.0)


def test_no_offers_give_an_empty_list():
    assert choose_offers(OFFERS.iloc[:0], threshold=0.1, budget=30.0, calls=5).empty


def test_only_the_alerted_get_an_offer_and_nobody_where_no_alert_is_worth_it():
    assert chosen(threshold=0.4) == [(1, "reactivation_bonus")]
    assert chosen(threshold=None) == []


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


def test_a_budget_of_zero_makes_no_call():
    assert chosen(budget=0.0) == []
    assert chosen(calls=0) == []
