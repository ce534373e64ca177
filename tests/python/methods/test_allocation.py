"""Allocation: the best total there is, never above a limit."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from bank_marketing.methods.allocation import allocate_actions


def offers_at_random(random: np.random.Generator, customers: int, actions: int) -> pd.DataFrame:
    n = customers * actions
    return pd.DataFrame(
        {
            "customer_id": np.repeat(np.arange(customers), actions),
            "cost": random.integers(0, 30, n).astype(float),
            "gain": random.normal(10, 15, n).round(1),
        }
    ).sample(frac=1, random_state=1, ignore_index=True)


def best_total(offers: pd.DataFrame, budget: float | None, capacity: int | None) -> float:
    """Try all choices, with plain numbers, since frames would take a hundred times as long."""
    nothing = (0.0, 0.0, 0)
    choices = [
        [nothing, *((cost, gain, 1) for cost, gain in zip(rows["cost"], rows["gain"], strict=True))]
        for _, rows in offers.groupby("customer_id")
    ]
    best = 0.0
    for choice in product(*choices):
        cost, gain, chosen = map(sum, zip(*choice, strict=True))
        if (budget is None or cost <= budget) and (capacity is None or chosen <= capacity):
            best = max(best, gain)
    return best


@pytest.mark.parametrize(
    "budget, capacity", [(40.0, None), (40.0, 3), (None, 2), (25.0, 1), (None, None), (1e9, 99)]
)
def test_the_total_is_what_trying_all_choices_finds(budget, capacity):
    random = np.random.default_rng(1)
    for _ in range(15):
        offers = offers_at_random(random, customers=5, actions=3)
        chosen = offers.loc[allocate_actions(offers, budget=budget, capacity=capacity)]
        assert chosen["gain"].sum() == pytest.approx(best_total(offers, budget, capacity))
        assert chosen["customer_id"].is_unique
        assert budget is None or chosen["cost"].sum() <= budget
        assert capacity is None or len(chosen) <= capacity


def test_the_best_gain_by_cost_is_not_always_the_best_total():
    offers = pd.DataFrame({"customer_id": [1, 2], "cost": [6.0, 10.0], "gain": [9.0, 12.0]})
    assert allocate_actions(offers, budget=10.0).tolist() == [1]


@pytest.mark.slow
def test_many_customers_stay_within_the_limits_and_reach_the_bound_of_the_relaxation():
    random = np.random.default_rng(2)
    offers = offers_at_random(random, customers=3_000, actions=3)
    chosen = offers.loc[allocate_actions(offers, budget=2_000.0, capacity=250)]
    assert chosen["cost"].sum() <= 2_000 and len(chosen) <= 250 and chosen["customer_id"].is_unique
    # By prices of money and places anything found is a bound; the best of some prices must be close.
    bounds = []
    for price in np.linspace(0, 3, 31):
        for place in np.linspace(0, 40, 41):
            value = offers["gain"] - price * offers["cost"] - place
            best = value.groupby(offers["customer_id"]).max().clip(lower=0)
            bounds.append(best.sum() + price * 2_000 + place * 250)
    assert 0.995 * min(bounds) <= chosen["gain"].sum() <= min(bounds) + 1e-6


@pytest.mark.parametrize("limits", [{"budget": 0.0}, {"capacity": 0}])
def test_nothing_is_chosen_without_means(limits):
    offers = pd.DataFrame({"customer_id": [1], "cost": [2.0], "gain": [5.0]})
    assert allocate_actions(offers, **limits).empty


def test_offers_that_lose_are_never_chosen():
    offers = pd.DataFrame({"customer_id": [1, 2], "cost": [2.0, 2.0], "gain": [-5.0, 0.0]})
    assert allocate_actions(offers).empty
    assert allocate_actions(offers.iloc[:0]).empty


@pytest.mark.parametrize(
    "column, value, limits, message",
    [
        ("cost", -1.0, {}, "of customer 7: cost -1.0"),
        ("gain", np.nan, {}, "of customer 7"),
        ("cost", 1.0, {"budget": -5.0}, "budget is -5.0"),
        ("cost", 1.0, {"capacity": -1}, "capacity is -1"),
    ],
)
def test_bad_values_are_refused(column, value, limits, message):
    offers = pd.DataFrame({"customer_id": [7], "cost": [2.0], "gain": [5.0]}).assign(**{column: value})
    with pytest.raises(ValueError, match=message):
        allocate_actions(offers, **limits)
