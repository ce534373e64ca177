"""Segments of campaign customers: planted groups are found and named, new customers join without a fit."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from bank_marketing.artefacts import dump_artefact, load_artefact
from bank_marketing.campaigns import segments


def make_customers(income: list[int], points: list[int], each: int, seed: int = 2) -> pd.DataFrame:
    """Groups of customers around incomes and points, alike in age and purchases."""
    rng = np.random.default_rng(seed)
    n = each * len(income)
    return pd.DataFrame(
        {
            "customer_id": np.arange(n) + 8_000,
            "age": rng.normal(45, 8, n).round(),
            "income_usd": np.repeat(income, each) + rng.normal(0, 3_000, n).round(2),
            "loyalty_points": np.repeat(points, each) + rng.normal(0, 120, n).round(),
            "previous_purchases": rng.poisson(4, n),
        }
    )


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return make_customers([30_000, 120_000, 30_000, 120_000], [500, 500, 4_500, 4_500], 150)


@pytest.fixture(scope="module")
def fit(customers):
    return segments.fit(customers, seed=1, depth="quick")


ROWS = {
    "silhouette": 2_000,
    "silhouette_k_3": 2_000,
    "silhouette_shuffled_columns": 2_000,
    "hopkins_statistic": 200,
    "adjusted_rand_index": 2_400,
    "bic_k_3": 2_400,
}


def test_four_planted_groups_are_found_and_named_by_what_sets_them_apart(customers, fit):
    scores = segments.score(customers, fit.artefact)

    assert adjusted_rand_score(np.repeat([0, 1, 2, 3], 150), scores["segment_id"]) > 0.95
    assert scores.groupby(np.repeat([0, 1, 2, 3], 150))["segment_name"].agg(pd.Series.mode).tolist() == [
        "unverified: low income, few points",
        "unverified: high income, few points",
        "unverified: low income, many points",
        "unverified: high income, many points",
    ]


@pytest.fixture(scope="module")
def uniform():
    rng = np.random.default_rng(4)
    flat = pd.DataFrame({name: rng.uniform(0, 100, 1_500) for name in segments.TRAIT_WORDS})
    return segments.fit(flat.assign(customer_id=range(1_500)), seed=1, depth="quick")


def test_planted_groups_look_more_real_than_shuffled_columns_and_uniform_rows_do_not(fit, uniform):
    # Whoever earns much has many points: shuffling parts the two.
    tied = segments.fit(make_customers([30_000, 120_000], [500, 4_500], 300), seed=1, depth="quick")

    def gain(result) -> float:
        figures = result.metrics.set_index("metric")["value"]
        return figures["silhouette"] - figures["silhouette_shuffled_columns"]

    assert abs(gain(uniform)) < 0.03
    assert gain(tied) > 0.05
    assert "**It is not higher**" in uniform.card
    assert "It is higher" in tied.card
    assert figure(fit, "adjusted_rand_index") > 0.9
    assert figure(fit, "hopkins_statistic") > 0.75 > 0.6 > figure(uniform, "hopkins_statistic")


def figure(result, metric: str) -> float:
    return float(result.metrics.set_index("metric").loc[metric, "value"])


def test_figures_tell_how_many_rows_they_are_about_and_chance_ones_have_intervals():
    many = segments.fit(
        make_customers([30_000, 120_000, 30_000], [500, 500, 4_500], 800), seed=1, depth="quick"
    ).metrics.set_index("metric")

    assert many.loc[list(ROWS), "n"].to_dict() == ROWS
    has_no_interval = many.index[many["value_low"].isna() | many["value_high"].isna()]
    assert {name.split("_k_")[0] for name in has_no_interval} == {"calinski_harabasz", "bic"}
    within = many[many["value_low"].notna()]
    assert (within["value_low"] <= within["value"]).all()
    assert (within["value"] <= within["value_high"]).all()
    assert many["value_high"].drop(has_no_interval).max() <= 1


def test_the_card_says_when_the_number_of_groups_is_the_largest_allowed(customers, fit):
    old = customers.assign(customer_id=customers["customer_id"] + 1_000, age=customers["age"] + 100)
    eight = segments.fit(pd.concat([customers, old]), seed=1, depth="quick")

    assert (fit.params["k"], eight.params["k"]) == (4, 8)
    assert "is the largest number allowed" not in fit.card
    assert "**8 is the largest number allowed**" in eight.card


def test_a_stored_artefact_assigns_new_customers_without_a_fit(customers, fit, monkeypatch):
    monkeypatch.setattr(segments.clustering, "fit_clustering", None)
    stored = load_artefact(dump_artefact(fit.artefact))
    rich = customers.tail(1).assign(customer_id=1, age=44)

    alone = segments.score(rich, stored)
    together = segments.score(pd.concat([customers, rich]), stored)

    assert alone["segment_name"].item() == "unverified: high income, many points"
    pd.testing.assert_frame_equal(together.tail(1).reset_index(drop=True), alone)
    pd.testing.assert_frame_equal(together.head(-1), segments.score(customers, fit.artefact))


def test_neither_the_order_of_rows_nor_a_second_run_moves_anybody(customers, fit):
    again = segments.fit(customers.sample(frac=1, random_state=3), seed=1, depth="quick")

    pd.testing.assert_frame_equal(
        segments.score(customers, again.artefact),
        segments.score(customers, fit.artefact),
    )


def test_a_customer_with_a_missing_trait_has_a_segment(customers, fit):
    unknown = customers.head(1).assign(income_usd=np.nan, age=None)

    scored = segments.score(unknown, fit.artefact)

    assert scored["segment_name"].item().startswith("unverified: ")
    assert 0 <= scored["membership_strength"].item() <= 1


def test_a_trait_that_no_customer_has_is_left_out(customers):
    lacking = customers.assign(age=None, previous_purchases=np.nan)

    fit = segments.fit(lacking, seed=1, depth="quick")
    scores = segments.score(lacking, fit.artefact)

    assert fit.params["traits"] == ["income_usd", "loyalty_points"]
    assert adjusted_rand_score(np.repeat([0, 1, 2, 3], 150), scores["segment_id"]) > 0.95


def test_one_trait_alone_makes_no_segments(customers):
    lacking = customers.assign(age=None, previous_purchases=None, income_usd=None)

    fit = segments.fit(lacking, seed=1, depth="quick")

    assert fit.status == "too_little_data"
    assert "600 customers with 1 traits" in fit.card


@pytest.mark.parametrize(
    ("centres", "expected"),
    [
        ([[2, -1, 0.1], [-2, 1, 0.1]], ["much a, little b", "little a, much b"]),
        ([[2, 1, 0.5], [2, 1, -0.5]], ["much a, much b, much c", "much a, much b, little c"]),
        (
            [[2, 1, 0.5], [2, 1, -0.5], [-2, 1, 0.5]],
            ["much a, much b, much c", "much a, much b, little c", "little a, much b"],
        ),
        ([[0.79, -0.78, 0.69], [-2, 1.5, 1.7]], ["much a, little b, much c", "little a, much c"]),
        ([[2, 1, 0.5], [3, 1, 0.5]], ["much a, much b, much c (1)", "much a, much b, much c (2)"]),
    ],
)
def test_names_take_all_strong_traits_and_as_many_as_tell_segments_apart(centres, expected):
    words = [("much a", "little a"), ("much b", "little b"), ("much c", "little c")]

    names = segments.segment_names(np.array(centres), words)

    assert names == [f"unverified: {name}" for name in expected]


def test_the_card_says_that_groups_are_unverified(fit):
    assert "**Unverified.**" in fit.card
    assert all(name in fit.card for name in fit.params["segment_names"])


def test_too_little_data_is_said_and_segments_are_null(customers):
    few = customers.head(50)

    fit = segments.fit(few, seed=1, depth="quick")
    scores = segments.score(few, fit.artefact)

    assert fit.status == "too_little_data"
    assert "50 customers" in fit.card
    assert scores["customer_id"].tolist() == few["customer_id"].tolist()
    assert scores[["segment_id", "segment_name", "membership_strength"]].isna().all(axis=None)


@pytest.mark.parametrize("different", [1, 8])
def test_customers_who_are_alike_are_too_little_data(customers, different):
    alike = pd.concat([customers.tail(different)] * 300).head(300).assign(customer_id=range(300))

    fit = segments.fit(alike, seed=1, depth="quick")

    assert fit.status == "too_little_data"
    assert f"{different} differ" in fit.card


def test_one_customer_far_from_all_others_stops_nothing():
    crowd = make_customers([30_000], [500], 2_500)
    crowd.loc[0, "income_usd"] = 1e9

    assert segments.fit(crowd, seed=1, depth="quick").status == "fitted"
