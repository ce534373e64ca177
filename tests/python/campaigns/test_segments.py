"""Segments of campaign customers: rules that cover everybody, clusters where they are planted."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from bank_marketing.campaigns import segments

pytestmark = pytest.mark.slow


def make_customers(income: list[int], points: list[int], each: int, seed: int = 2) -> pd.DataFrame:
    """Groups of customers around incomes and points, alike in age and purchases."""
    rng = np.random.default_rng(seed)
    n = each * len(income)
    return pd.DataFrame(
        {
            "customer_id": np.arange(n) + 8_000,
            "age_years": rng.normal(45, 8, n).round(),
            "income_usd": np.repeat(income, each) + rng.normal(0, 3_000, n).round(2),
            "loyalty_points": np.repeat(points, each) + rng.normal(0, 120, n).round(),
            "previous_purchases": rng.poisson(4, n),
        }
    )


def test_four_planted_groups_are_found_and_named_by_what_sets_them_apart():
    customers = make_customers([30_000, 120_000, 30_000, 120_000], [500, 500, 4_500, 4_500], 150)

    fit = segments.fit(customers, seed=1, depth="quick")
    scores = segments.score(customers, fit.artefact)

    assert fit.params["verdict"] == "natural_clusters"
    assert adjusted_rand_score(np.repeat([0, 1, 2, 3], 150), scores["segment_id"]) > 0.95
    assert scores["segment_name"].drop_duplicates().tolist() == [
        "low income, few points",
        "high income, few points",
        "low income, many points",
        "high income, many points",
    ]


def test_customers_spread_evenly_over_whole_numbers_have_no_clusters_and_all_have_a_segment():
    rng = np.random.default_rng(4)
    customers = pd.DataFrame(
        {
            "customer_id": range(1_500),
            "age_years": rng.integers(18, 70, 1_500),
            "income_usd": rng.uniform(20_000, 150_000, 1_500),
            "loyalty_points": rng.integers(0, 5_000, 1_500),
            "previous_purchases": rng.integers(0, 10, 1_500),
        }
    )

    fit = segments.fit(customers, seed=1, depth="quick")
    scores = segments.score(customers, fit.artefact)

    assert fit.params["verdict"] == "no_natural_clusters"
    assert sorted(scores["segment_id"].unique()) == [1, 2, 3, 4, 5, 6, 7, 8]
    rich = customers["income_usd"] > customers["income_usd"].quantile(0.75)
    assert scores["segment_name"].str.endswith(", high income").tolist() == rich.tolist()


@pytest.mark.parametrize("levels", list(product([0.0, 100.0], repeat=3)))
def test_each_kind_of_customer_has_the_segment_that_its_name_says(levels):
    points, purchases, income = levels
    customer = pd.DataFrame(
        {"customer_id": [1], "age_years": 40, "loyalty_points": points, "previous_purchases": purchases}
    ).assign(income_usd=income)
    artefact = {
        "method": "rules",
        "names": [rule.name for rule in segments.POPULATION.rules],
        "ids": {rule.name: 1 for rule in segments.POPULATION.rules},
        "rules": [{"name": r.name, "is_above": dict(r.is_above)} for r in segments.POPULATION.rules],
        "cuts": dict.fromkeys(segments.POPULATION.quantiles, 50.0),
    }

    name = segments.score(customer, artefact)["segment_name"].item()

    kinds = {
        (True, True): "loyal regulars",
        (False, True): "regulars with few points",
        (True, False): "point collectors",
        (False, False): "occasional buyers",
    }
    assert name == kinds[points > 50, purchases > 50] + (", high income" if income > 50 else "")


def test_a_trait_that_no_customer_has_is_left_out():
    customers = make_customers([30_000, 120_000, 30_000, 120_000], [500, 500, 4_500, 4_500], 150)
    lacking = customers.assign(age_years=None, previous_purchases=np.nan)

    fit = segments.fit(lacking, seed=1, depth="quick")
    scores = segments.score(lacking, fit.artefact)

    assert fit.artefact["clustering"]["scale"]["features"] == ["income_usd", "loyalty_points"]
    assert adjusted_rand_score(np.repeat([0, 1, 2, 3], 150), scores["segment_id"]) > 0.95


def spread_customers(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "customer_id": range(n),
            "age_years": rng.integers(18, 70, n),
            "income_usd": rng.uniform(20_000, 150_000, n),
            "loyalty_points": rng.integers(0, 5_000, n),
            "previous_purchases": rng.integers(0, 10, n),
        }
    )


WORDS = {
    "income_usd": ["income"],
    "loyalty_points": ["point"],
    "previous_purchases": ["regular", "buyer", "loyal"],
}


@pytest.mark.parametrize("there", list(product([True, False], repeat=3)))
def test_rules_names_and_card_say_nothing_of_what_the_file_lacks(there):
    """Without purchases and points nobody is an occasional buyer."""
    customers = spread_customers(1_000)
    absent = [trait for trait, is_there in zip(WORDS, there, strict=True) if not is_there]
    customers[absent] = np.nan

    fit = segments.fit(customers, seed=1, depth="quick")
    scores = segments.score(customers, fit.artefact)

    assert scores["segment_id"].notna().all()
    assert scores["segment_name"].nunique() == {3: 8, 2: 4, 1: 2, 0: 1}[sum(there)]
    assert set(fit.artefact["cuts"]) == WORDS.keys() - set(absent)
    names = " ".join(scores["segment_name"].unique())
    card = fit.card.replace(f"Known of no customer, so that nothing rests on them: {', '.join(absent)}.", "")
    for trait in absent:
        assert card != fit.card
        assert not any(word in names for word in WORDS[trait])
        assert trait not in card.split("**Evidence.**")[0]
    if not any(there):
        assert set(scores["segment_name"]) == {"all customers"}


def test_one_customer_is_cut_by_nothing():
    fit = segments.fit(spread_customers(1), seed=1, depth="quick")

    assert fit.artefact["cuts"] == {}
    assert segments.score(spread_customers(1), fit.artefact)["segment_name"].tolist() == ["all customers"]
    assert "No trait parts 100 customers or more" in fit.card


def test_whoever_misses_what_decides_is_not_called_low():
    customers = spread_customers(1_000)
    artefact = segments.fit(customers, seed=1, depth="quick").artefact
    unknown = customers.head(1).assign(previous_purchases=np.nan)

    assert segments.score(unknown, artefact)["segment_name"].tolist() == ["too little known"]
