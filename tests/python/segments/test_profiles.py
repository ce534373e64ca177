"""Profiles of segments: known answers, a planted difference found, chance called chance."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bank_marketing.segments import profiles
from bank_marketing.segments.profiles import Sample

pytestmark = pytest.mark.slow


def sample_of(values) -> Sample:
    values = np.asarray(values, dtype=float)
    if not len(values):
        return profiles.NOBODY
    variance = values.var(ddof=1) if len(values) > 1 else np.nan
    return Sample(len(values), values.mean(), variance, ((values - values.mean()) ** 3).mean())


def totals_of(customers: pd.DataFrame, traits: dict[str, tuple[str, str]]) -> pd.DataFrame:
    """Return totals by the column `segment`; traits maps a column to its kind and what it is made of."""
    rows = []
    for trait, (kind, made_of) in traits.items():
        for segment, group in customers.dropna(subset=trait).groupby("segment"):
            sample = sample_of(group[trait])
            rows.append(
                {
                    "segment_id": segment,
                    "segment_name": f"segment {segment}",
                    "method": "rules",
                    "model_version": 1,
                    "theme": "value",
                    "trait": trait,
                    "kind": kind,
                    "made_of": made_of,
                    "n": sample.n,
                    "mean": sample.mean,
                    "variance": sample.variance,
                    "third_moment": sample.third_moment,
                    "lowest": group[trait].min(),
                }
            )
    return pd.DataFrame(rows, columns=list(profiles.TOTAL_COLUMNS))


def profile(customers: pd.DataFrame, traits: dict[str, tuple[str, str]], rules=()) -> pd.DataFrame:
    found = profiles.profile_segments(totals_of(customers, traits), clusters=(), rules=rules)
    return found.set_index(["trait", "segment_id"])


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.mark.parametrize("cut", [0, 1, 7, 59, 60])
def test_pooled_samples_are_the_whole(random, cut):
    values = random.lognormal(size=60)

    pooled = profiles.pool([sample_of(values[:cut]), sample_of(values[cut:])])

    whole = sample_of(values)
    assert pooled.n == 60
    assert (pooled.mean, pooled.variance, pooled.third_moment) == pytest.approx(
        (whole.mean, whole.variance, whole.third_moment)
    )


def test_interval_without_skewness_is_students():
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0])

    assert profiles.mean_interval(sample_of(values)) == pytest.approx(
        stats.t.interval(0.95, 4, values.mean(), stats.sem(values))
    )


def test_interval_reaches_further_to_the_side_of_the_long_tail(random):
    sample = sample_of(random.lognormal(size=100))

    low, high = profiles.mean_interval(sample)

    assert high - sample.mean > 1.2 * (sample.mean - low) > 0


@pytest.mark.parametrize("values", [[], [3.0], [2.0, 2.0, 2.0]])
def test_no_interval_where_the_spread_is_unknown(values):
    assert np.isnan(profiles.mean_interval(sample_of(values))).all()


def test_interval_of_skewed_money_holds_the_truth_more_often_than_students(random):
    held = students = 0
    truth = np.exp(0.5)
    for _ in range(1000):
        values = random.lognormal(size=40)
        low, high = profiles.mean_interval(sample_of(values))
        held += low <= truth <= high
        low, high = stats.t.interval(0.95, 39, values.mean(), stats.sem(values))
        students += low <= truth <= high

    assert held >= 910
    assert held > students + 15


@pytest.mark.parametrize(
    ("draw", "n"),
    [
        (lambda random, n: random.normal(size=n), 50),
        (lambda random, n: random.lognormal(sigma=1.5, size=n), 30),
        (lambda random, n: np.where(random.random(n) < 0.3, 0, random.gamma(0.5, size=n)), 200),
    ],
    ids=["normal", "long tail, small segment", "many zeros"],
)
def test_chance_is_not_called_a_difference_too_often(random, draw, n):
    rejected = sum(
        profiles.mean_p_value(sample_of(draw(random, n)), sample_of(draw(random, 800))) < 0.05
        for _ in range(1000)
    )

    # 5 % and three standard errors.
    assert rejected <= 71


def test_unequal_spread_is_not_called_a_difference_of_means(random):
    rejected = sum(
        profiles.mean_p_value(sample_of(random.normal(scale=5, size=30)), sample_of(random.normal(size=800)))
        < 0.05
        for _ in range(500)
    )

    assert rejected <= 40


def test_means_that_differ_are_found(random):
    found = sum(
        profiles.mean_p_value(
            sample_of(1.6 * random.lognormal(size=200)), sample_of(random.lognormal(size=800))
        )
        < 0.05
        for _ in range(200)
    )

    assert found >= 180


def test_p_value_is_that_of_all_regroupings(random):
    values = random.lognormal(size=400)
    values[:60] *= 1.4
    one, other = sample_of(values[:60]), sample_of(values[60:])
    away = abs(values[:60].mean() - values.mean())
    drawn = np.array([random.permutation(values)[:60].mean() for _ in range(20_000)])

    assert profiles._random_group_p_value(one, other) == pytest.approx(
        np.mean(abs(drawn - values.mean()) >= away), abs=0.01
    )


def test_too_few_customers_have_no_test_of_a_mean(random):
    values = random.normal(size=500)

    assert np.isnan(profiles.mean_p_value(sample_of(values[:19]), sample_of(values[19:])))
    assert not np.isnan(profiles.mean_p_value(sample_of(values[:20]), sample_of(values[20:])))


@pytest.mark.parametrize(("few", "has_interval"), [(2, False), (49, False), (50, True)])
def test_mean_over_too_few_customers_has_no_interval_but_a_rate_has(random, few, has_interval):
    customers = pd.DataFrame({"segment": [1] * few + [2] * 200, "age": random.normal(45, 12, size=few + 200)})
    customers["is_female"] = np.arange(few + 200) % 2

    found = profile(customers, {"age": ("amount", ""), "is_female": ("rate", "")})

    ends = ["value_low", "value_high", "population_index_low", "population_index_high"]
    assert found.loc[("age", 1), ends].notna().eq(has_interval).all()
    assert found.loc[("age", 2), ["value_low", "value_high"]].notna().all()
    assert found.loc[("is_female", 1), ends].notna().all()


def test_traits_without_any_spread():
    zeros, ones = sample_of(np.zeros(50)), sample_of(np.ones(70))

    assert profiles.mean_p_value(zeros, zeros) == 1
    assert profiles.mean_p_value(zeros, ones) < 1e-20


def test_rates_have_fishers_p_value():
    # Fisher's tea taster: 3 of 4 against 1 of 4.
    assert profiles.rate_p_value(3, 4, 1, 4) == pytest.approx(34 / 70)
    assert np.isnan(profiles.rate_p_value(0, 0, 1, 4))


def test_index_interval_holds_the_truth(random):
    held = 0
    for _ in range(1000):
        segment, rest = sample_of(2 * random.gamma(2, size=80)), sample_of(random.gamma(2, size=320))
        _, low, high = profiles.share_of_whole(
            segment.mean, profiles.mean_interval(segment), rest.mean, profiles.mean_interval(rest), 0.2
        )
        held += low <= 2 / (0.2 * 2 + 0.8) <= high

    assert 925 <= held <= 975


def test_index_of_a_rate_without_any_event_is_bounded():
    value, low, high = profiles.share_of_whole(0.0, (0.0, 0.1), 0.5, (0.45, 0.55), 0.2)

    assert value == low == 0
    assert 0 < high < 0.5


def test_index_and_interval_are_computed_at_once():
    """One customer in 797 comes from a state; the index is the end of its interval."""
    found = profiles._compare(
        Sample(20, 0.05, 0.05, 0.0), Sample(777, 0.0, 0.0, 0.0), kind="rate", lowest=0.0
    )

    assert found["population_index"] == found["population_index_high"] == pytest.approx(3985)


@settings(deadline=None)
@given(
    n=st.integers(1, 5_000),
    others=st.integers(0, 5_000),
    share=st.fractions(0, 1, max_denominator=1_000),
    other_share=st.fractions(0, 1, max_denominator=1_000),
    kind=st.sampled_from(["rate", "share", "amount"]),
)
def test_no_figure_lies_outside_its_interval(n, others, share, other_share, kind):
    """Exactly, with the roundings of means that a database summed in its own order."""

    def zeros_and_ones(number: int, of: Fraction) -> Sample:
        mean = np.nextafter(round(of * number) / number, 1) if round(of * number) else 0.0
        return Sample(number, mean, mean * (1 - mean), mean * (1 - mean) * (1 - 2 * mean))

    found = profiles._compare(
        zeros_and_ones(n, share), zeros_and_ones(others, other_share), kind=kind, lowest=0.0
    )

    for name in ("value", "population_index"):
        low, value, high = found[f"{name}_low"], found[name], found[f"{name}_high"]
        assert np.isnan(low) == np.isnan(high)
        assert np.isnan(low) or low <= value <= high


def test_known_answers_of_a_profile():
    customers = pd.DataFrame(
        {
            "segment": [1] * 40 + [2] * 60,
            "customers": 1,
            "is_female": [1] * 30 + [0] * 10 + [1] * 20 + [0] * 40,
        }
    )

    found = profile(customers, {"customers": ("size", ""), "is_female": ("rate", "gender")})

    size, female = found.loc[("customers", 1)], found.loc[("is_female", 1)]
    assert (size["value"], size["population_value"], size["population_index"]) == pytest.approx(
        (0.4, 0.5, 80)
    )
    assert size["is_by_construction"] and np.isnan(size["p_value"])
    assert (female["value"], female["n"], female["population_value"]) == pytest.approx((0.75, 40, 0.5))
    assert female["population_index"] == pytest.approx(150)
    assert female["p_value"] == pytest.approx(stats.fisher_exact([[30, 10], [20, 40]])[1])
    assert female["is_distinguishable"] and not female["is_by_construction"]


def test_correction_counts_only_what_is_tested(random):
    customers = pd.DataFrame({"segment": np.repeat([1, 2, 3], 200), "customers": 1})
    customers["revenue"] = customers["segment"] * 10 + random.normal(size=600)
    customers["revenue_an_order"] = customers["revenue"] / 2
    customers["age"] = random.normal(40, 10, size=600)
    traits = {
        "customers": ("size", ""),
        "revenue": ("amount", "revenue"),
        "revenue_an_order": ("amount", "revenue,orders"),
        "age": ("amount", "age"),
    }

    found = profile(customers, traits, rules={"revenue"})

    made = found.loc[["customers", "revenue", "revenue_an_order"]]
    assert made["is_by_construction"].all()
    assert made[["p_value", "p_value_corrected", "is_distinguishable"]].isna().all(axis=None)
    ages = found.loc["age"]
    assert ages["p_value_corrected"].to_numpy() == pytest.approx(
        stats.false_discovery_control(ages["p_value"].to_numpy(dtype=float))
    )


def test_planted_difference_is_found_among_noise(random):
    customers = pd.DataFrame({"segment": random.integers(1, 5, size=2000)})
    noise = {f"noise_{number}": ("amount", "") for number in range(20)}
    for trait in noise:
        customers[trait] = random.lognormal(size=2000)
    customers["visits"] = random.poisson(np.where(customers["segment"] == 3, 7, 5))

    found = profile(customers, {**noise, "visits": ("amount", "")})

    assert found.loc[("visits", 3), "is_distinguishable"]
    assert found.loc[("visits", 3), "population_index_low"] > 110
    assert found.loc[list(noise), "is_distinguishable"].sum() <= 4


def test_whoever_does_nothing_is_set_apart_by_construction():
    customers = pd.DataFrame({"segment": [1] * 50 + [2] * 30, "has_orders": [1] * 50 + [0] * 30})

    found = profile(customers, {"has_orders": ("rate", profiles.ACTIVITY)})

    assert found["is_by_construction"].all()


def test_trait_that_nobody_in_a_segment_has_is_unknown_there():
    customers = pd.DataFrame({"segment": [1] * 30 + [2] * 30, "spend": [*range(30), *[np.nan] * 30]})
    customers["age"] = range(60)

    found = profile(customers, {"spend": ("amount", ""), "age": ("amount", "")})

    unknown = found.loc[("spend", 2)]
    assert unknown["n"] == 0
    assert unknown[["value", "value_low", "population_index", "p_value", "is_distinguishable"]].isna().all()
    assert unknown["population_value"] == pytest.approx(14.5)


def test_trend_below_zero_has_no_index(random):
    customers = pd.DataFrame({"segment": np.repeat([1, 2], 50), "trend": random.normal(size=100)})

    found = profile(customers, {"trend": ("amount", "")})

    assert found["population_index"].isna().all()
    assert found["value_low"].notna().all()


def test_one_segment_is_compared_with_nobody(random):
    customers = pd.DataFrame({"segment": [1] * 50, "customers": 1, "spend": random.lognormal(size=50)})

    found = profile(customers, {"customers": ("size", ""), "spend": ("amount", "")})

    spend = found.loc[("spend", 1)]
    assert spend["value"] == pytest.approx(spend["population_value"])
    assert spend["population_index"] == pytest.approx(100)
    assert np.isnan(spend["p_value"])


def test_no_customers_have_no_profiles():
    empty = pd.DataFrame(columns=list(profiles.TOTAL_COLUMNS))

    found = profiles.profile_segments(empty, clusters=(), rules=())

    assert found.empty and list(found.columns) == list(profiles.PROFILE_COLUMNS)
