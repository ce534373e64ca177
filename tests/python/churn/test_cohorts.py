"""Cohorts: curves by hand, tests as lifelines has them, and groups too small to tell."""

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from lifelines.datasets import load_waltons
from lifelines.statistics import logrank_test

from bank_marketing.churn.cohorts import cohort_curves, compare_cohorts
from bank_marketing.churn.retention_terms import durations_in_years
from bank_marketing.methods.intervals import wilson_interval

pytestmark = pytest.mark.slow


def customers(n: int, seed: int, *, effect: float = 0.0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    country = random.choice(["France", "Spain"], n)
    return pd.DataFrame(
        {
            "customer_id": np.arange(n),
            "country": country,
            "gender": "Male",
            "age_years": random.integers(18, 80, n),
            "tenure_years": random.integers(0, 11, n),
            "balance": 0.0,
            "products": random.integers(1, 5, n),
            "is_active": random.random(n) < 0.5,
            "has_exited": random.random(n) < 0.2 + effect * (country == "Spain"),
        }
    )


def test_a_curve_is_the_product_of_the_shares_that_stay():
    some = customers(40, seed=1).assign(
        tenure_years=[1] * 10 + [2] * 30, has_exited=[True] * 5 + [False] * 35
    )
    some.loc[10:15, "has_exited"] = True
    curves = cohort_curves(some)
    everybody = curves[curves["group_name"] == "all"].set_index("year")
    assert everybody.loc[[0, 1, 2, 10], "survival"].tolist() == pytest.approx(
        [1, 35 / 40, 35 / 40 * 24 / 30, 35 / 40 * 24 / 30]
    )
    assert everybody.loc[[0, 1, 2], "at_risk"].tolist() == [40, 40, 30]
    assert (everybody["survival_low"] <= everybody["survival"]).all()
    assert (everybody["survival"] <= everybody["survival_high"]).all()


def test_known_median_of_waltons():
    waltons = load_waltons()
    some = customers(len(waltons), seed=2).assign(tenure_years=waltons["T"], has_exited=waltons["E"] == 1)
    curve = KaplanMeierFitter().fit(durations_in_years(some), some["has_exited"])
    assert curve.median_survival_time_ == 56


def test_the_test_of_two_cohorts_is_that_of_lifelines_corrected_for_the_traits():
    some = customers(600, seed=3, effect=0.2)
    cohorts = compare_cohorts(some)
    spain = cohorts[(cohorts["group_name"] == "country") & (cohorts["group_value"] == "Spain")].iloc[0]
    durations = some["tenure_years"].replace(0, 0.5)
    is_spain = some["country"] == "Spain"
    expected = logrank_test(
        durations[is_spain], durations[~is_spain], some["has_exited"][is_spain], some["has_exited"][~is_spain]
    )
    assert spain["p_value"] == pytest.approx(expected.p_value)
    assert spain["p_value_corrected"] == pytest.approx(4 * expected.p_value)
    assert spain["is_distinguishable"]


def test_cohorts_of_equal_customers_rarely_differ():
    alarms = 0
    for seed in range(8):
        cohorts = compare_cohorts(customers(300, seed=100 + seed))
        alarms += cohorts.groupby("group_name")["is_distinguishable"].any().sum()
    assert alarms <= 2


def test_every_customer_is_in_one_cohort_of_each_trait():
    cohorts = compare_cohorts(customers(500, seed=4))
    assert set(cohorts.groupby("group_name")["customers"].sum()) == {500}


def test_small_cohorts_are_counted_but_have_no_curve():
    some = customers(200, seed=5)
    some.loc[:4, "country"] = "Malta"
    some.loc[5, ["country", "age_years"]] = None
    cohorts, curves = compare_cohorts(some), cohort_curves(some)
    malta = cohorts[cohorts["group_value"] == "Malta"].iloc[0]
    assert malta["customers"] == 5 and pd.isna(malta["survival_10_years"])
    assert "Malta" not in set(curves["group_value"])


@pytest.mark.parametrize("n", [0, 3])
def test_nobody_or_hardly_anybody_is_no_crash(n):
    some = customers(max(n, 1), seed=6).head(n)
    cohorts, curves = compare_cohorts(some), cohort_curves(some)
    assert cohorts["p_value"].isna().all() and curves.empty


def test_who_all_stayed_or_all_left_has_an_interval_with_width():
    stayed = customers(60, seed=7).assign(tenure_years=[2] * 20 + [5] * 40, has_exited=False)
    curve = cohort_curves(stayed).query("group_name == 'all'").set_index("year")
    assert curve.loc[0, ["survival_low", "survival_high"]].tolist() == [1, 1]
    low, high = wilson_interval(40, 40)
    assert curve.loc[5, ["survival_low", "survival_high"]].tolist() == pytest.approx([low, high])

    left = stayed.assign(has_exited=True)
    curve = cohort_curves(left).query("group_name == 'all'").set_index("year")
    low, high = wilson_interval(0, 40)
    assert curve.loc[10, ["survival", "survival_low", "survival_high"]].tolist() == pytest.approx(
        [0, low, high]
    )
