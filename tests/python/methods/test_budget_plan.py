"""Budget plan: never outside a limit, and as near to the best total as it says."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from bank_marketing.methods import budget_plan
from bank_marketing.methods.budget_plan import BudgetPlan, ContradictoryLimitsError, Limit, plan_budget

CHANNELS, TYPES = ("email", "phone"), ("awareness", "retention")


def offers_at_random(random: np.random.Generator, customers: int, *, whole: bool = False) -> pd.DataFrame:
    arms = pd.DataFrame(list(product(CHANNELS, TYPES)), columns=["channel", "type"])
    n = customers * len(arms)
    cost = random.uniform(1, 30, n)
    return pd.DataFrame(
        {
            "customer_id": np.repeat(np.arange(customers), len(arms)),
            "action": np.tile(np.arange(len(arms)), customers),
            **{name: np.tile(arms[name], customers) for name in arms},
            "cost": cost.round() if whole else cost,
            "gain": random.normal(8, 15, n),
        }
    )


def limits_at_random(random: np.random.Generator, offers: pd.DataFrame) -> list[Limit]:
    """Return one limit of every kind, with ends that bind more often than not."""
    customers, cost = offers["customer_id"].nunique(), offers["cost"].to_numpy()
    counts = {
        name: (offers[column] == name).to_numpy(dtype=float)
        for column, names in (("channel", CHANNELS), ("type", TYPES))
        for name in names
    }
    return [
        Limit("budget", cost, most=random.uniform(0.2, 0.9) * 12 * customers),
        Limit("contacts", np.ones(len(offers)), most=float(random.integers(2, customers + 1))),
        Limit("email", counts["email"], least=float(random.integers(0, 2))),
        Limit("phone", counts["phone"], most=float(random.integers(1, customers))),
        Limit("awareness", counts["awareness"], least=1.0, most=float(random.integers(1, customers))),
        Limit("spend on retention", cost * counts["retention"], least=random.uniform(0, 40)),
        Limit("spend on phone", cost * counts["phone"], most=random.uniform(0.2, 0.9) * 12 * customers),
    ]


def best_total(offers: pd.DataFrame, limits: list[Limit], per_customer: int) -> float:
    """Try all choices; -inf if none keeps the limits."""
    uses, gain = np.array([limit.uses for limit in limits]), offers["gain"].to_numpy()
    of_customer = [
        [
            (gain[list(rows)].sum(), uses[:, list(rows)].sum(axis=1))
            for size in range(per_customer + 1)
            for rows in combinations(of, size)
        ]
        for of in offers.groupby("customer_id").indices.values()
    ]
    gains = np.zeros(1)
    used = np.zeros((1, len(limits)))
    for choices in of_customer:
        gains = np.concatenate([gains + gain for gain, _ in choices])
        used = np.concatenate([used + use for _, use in choices])
    keeps = np.ones(len(gains), dtype=bool)
    for n, limit in enumerate(limits):
        keeps &= used[:, n] >= (-np.inf if limit.least is None else limit.least) - 1e-9
        keeps &= used[:, n] <= (np.inf if limit.most is None else limit.most) + 1e-9
    return float(gains[keeps].max(initial=-np.inf))


def assert_within(plan: BudgetPlan, offers: pd.DataFrame, limits: list[Limit]) -> None:
    chosen = offers.index.isin(plan.chosen)
    assert plan.gain == pytest.approx(offers.loc[plan.chosen, "gain"].sum())
    for limit, used in zip(limits, plan.limits["used"], strict=True):
        assert used == pytest.approx(limit.uses[chosen].sum())
        assert limit.least is None or used >= limit.least - 1e-6
        assert limit.most is None or used <= limit.most + 1e-6


@pytest.mark.slow
def test_random_plans_come_within_their_proven_gap_of_the_best_choice():
    random = np.random.default_rng(1)
    refused = 0
    for number in range(200):
        # Choices of five customers with one contact, and of four with two, are few enough to try all.
        per_customer = 2 if number % 4 == 0 else 1
        offers = offers_at_random(random, customers=6 - per_customer)
        limits = limits_at_random(random, offers)
        best = best_total(offers, limits, per_customer)
        if best == -np.inf:
            refused += 1
            with pytest.raises(ContradictoryLimitsError):
                plan_budget(offers, limits, per_customer=per_customer)
            continue
        plan = plan_budget(offers, limits, per_customer=per_customer)
        assert_within(plan, offers, limits)
        assert offers.loc[plan.chosen, "customer_id"].value_counts().max() <= per_customer
        assert plan.gain == pytest.approx(best)
        assert plan.bound >= best - 1e-6
        of_one = offers["gain"].clip(lower=0).groupby(offers["customer_id"]).nlargest(per_customer)
        most = of_one.groupby(level="customer_id").sum().max()
        assert plan.bound - plan.gain <= plan.limits["is_binding"].sum() * most + 1e-6
    assert 0 < refused < 100


def test_of_many_customers_it_sees_few_and_finds_the_same_bound(monkeypatch):
    random = np.random.default_rng(2)
    offers = offers_at_random(random, customers=4_000)
    limits = limits_at_random(random, offers)
    limits[0] = Limit("budget", offers["cost"].to_numpy(), most=15_000.0)
    at_once = plan_budget(offers, limits)
    monkeypatch.setattr(budget_plan, "DOUBTFUL_CUSTOMERS", 50)
    in_steps = plan_budget(offers, limits)
    assert in_steps.bound == pytest.approx(at_once.bound)
    assert in_steps.bound - in_steps.gain <= 1e-3 * in_steps.bound
    assert_within(in_steps, offers, limits)


def test_without_limits_many_customers_get_what_is_best_for_each():
    offers = offers_at_random(np.random.default_rng(4), customers=2_000)
    plan = plan_budget(offers, [])
    best = offers.groupby("customer_id")["gain"].max().clip(lower=0).sum()
    assert plan.gain == pytest.approx(best) and plan.bound == pytest.approx(best)


def test_of_many_customers_a_limit_that_contradicts_itself_is_named():
    offers = offers_at_random(np.random.default_rng(5), customers=2_000)
    limits = [
        Limit("budget", offers["cost"].to_numpy(), most=9_000.0),
        Limit("contacts", np.ones(len(offers)), least=2_001.0),
    ]
    with pytest.raises(ContradictoryLimitsError, match=r"keeps contacts \(least 2,001\): loosen"):
        plan_budget(offers, limits)


def test_large_limits_that_no_choice_keeps_are_found_at_the_prices():
    offers = offers_at_random(np.random.default_rng(5), customers=2_000)
    email = (offers["channel"] == "email").to_numpy(dtype=float)
    cost = offers["cost"].to_numpy()
    limits = [Limit("budget", cost, most=9_000.0), Limit("phone", 1 - email, most=500.0)]
    with pytest.raises(ContradictoryLimitsError, match=r"budget \(most 9,000\) together with email \(least"):
        plan_budget(offers, [*limits, Limit("email", email, least=1_500.0)])


def test_a_price_is_what_one_more_unit_would_bring():
    random = np.random.default_rng(3)
    offers = offers_at_random(random, customers=300)
    cost = offers["cost"].to_numpy()
    email = (offers["channel"] == "email").to_numpy(dtype=float)

    def bound(budget: float, least: float) -> BudgetPlan:
        return plan_budget(offers, [Limit("budget", cost, most=budget), Limit("email", email, least=least)])

    plan = bound(1_500.0, 150.0)
    price = plan.limits.set_index("name")["price_per_unit"]
    assert price["budget"] > 0 > price["email"]
    assert bound(1_500.01, 150.0).bound - plan.bound == pytest.approx(0.01 * price["budget"], rel=0.01)
    assert bound(1_500.0, 150.01).bound - plan.bound == pytest.approx(0.01 * price["email"], rel=0.01)
    assert not bound(1e9, 0.0).limits["is_binding"].any()


def test_several_contacts_of_a_customer_are_different_actions():
    offers = pd.DataFrame(
        {
            "customer_id": [1, 1, 1, 2],
            "action": ["call", "call", "mail", "call"],
            "gain": [5.0, 4.0, 1.0, 3.0],
        }
    )
    contacts = [Limit("contacts", np.ones(4), most=3.0)]
    assert plan_budget(offers, contacts, per_customer=2).chosen.tolist() == [0, 2, 3]
    assert plan_budget(offers, contacts).chosen.tolist() == [0, 3]


def test_a_least_amount_is_kept_though_it_loses_money():
    offers = pd.DataFrame({"customer_id": [1, 2, 3], "action": "call", "gain": [-5.0, -1.0, -2.0]})
    assert plan_budget(offers, [Limit("contacts", np.ones(3), most=9.0)]).chosen.empty
    assert plan_budget(offers, [Limit("contacts", np.ones(3), least=2.0)]).chosen.tolist() == [1, 2]


@pytest.mark.parametrize("customers", [10, 2_000])
def test_contradictory_limits_are_named_and_no_others(customers):
    offers = offers_at_random(np.random.default_rng(4), customers)
    email = (offers["channel"] == "email").to_numpy(dtype=float)
    limits = [
        Limit("budget", offers["cost"].to_numpy(), most=1e6),
        Limit("email", email, least=8.0),
        Limit("phone", 1 - email, most=5.0),
        Limit("contacts", np.ones(len(offers)), most=7.0),
    ]
    with pytest.raises(ContradictoryLimitsError) as error:
        plan_budget(offers, limits)
    assert "email (least 8) together with contacts (most 7)" in str(error.value)
    assert "budget" not in str(error.value) and "phone" not in str(error.value)


@pytest.mark.parametrize(
    "limit, told",
    [
        (Limit("budget", np.ones(2)), "expected one or two"),
        (Limit("budget", np.ones(2), most=-1.0), "expected one or two"),
        (Limit("budget", np.array([1.0, np.nan]), most=1.0), "what each of 2 offers uses"),
        (Limit("budget", np.ones(3), most=1.0), "what each of 2 offers uses"),
    ],
)
def test_impossible_limits_are_refused(limit, told):
    offers = pd.DataFrame({"customer_id": [1, 2], "action": "call", "gain": [1.0, 2.0]})
    with pytest.raises(ValueError, match=told):
        plan_budget(offers, [limit])


def test_no_offers_are_an_empty_plan():
    none = pd.DataFrame({"customer_id": [], "action": [], "gain": []})
    assert plan_budget(none, [Limit("budget", np.empty(0), most=1.0)]).chosen.empty
