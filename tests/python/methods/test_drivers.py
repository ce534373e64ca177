"""Which features moved a score, against answers known by construction or by brute force."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from bank_marketing.methods.drivers import (
    Effects,
    contributions,
    counted,
    drivers_in_words,
    effects_on_scores,
)
from bank_marketing.methods.typical import describe_population

TYPICAL = {"a": 1.0, "b": 0.0, "c": "x", "d": 2.0}
ROWS = pd.DataFrame(
    {
        "a": np.random.default_rng(1).integers(0, 4, 300).astype(float),
        "b": np.random.default_rng(2).normal(size=300),
        "c": np.random.default_rng(3).choice(["x", "y", "z"], 300),
        "d": np.random.default_rng(4).normal(size=300),
    }
)


def pairs_only(rows: pd.DataFrame) -> np.ndarray:
    """Return a score with interactions of two features, not of three."""
    is_y = (rows["c"] == "y").to_numpy()
    return (rows["a"] ** 2 + 3 * rows["a"] * rows["b"] - is_y * rows["d"] + 2 * is_y).to_numpy()


def of_three(rows: pd.DataFrame) -> np.ndarray:
    return (rows["a"] * rows["b"] * rows["d"] + (rows["c"] == "z")).to_numpy()


def shapley(score, row: pd.Series) -> np.ndarray:
    """Return Shapley values by all orders of the features."""
    names = list(row.index)
    total = np.zeros(len(names))
    orders = list(permutations(range(len(names))))
    for order in orders:
        now = dict(TYPICAL)
        for number in order:
            before = score(pd.DataFrame([now]))[0]
            now[names[number]] = row.iloc[number]
            total[number] += score(pd.DataFrame([now]))[0] - before
    return total / len(orders)


def test_shares_are_shapley_values_where_only_pairs_interact():
    found = contributions(pairs_only, ROWS, TYPICAL)
    for place in (0, 7, 100):
        np.testing.assert_allclose(found[place], shapley(pairs_only, ROWS.iloc[place]), atol=1e-9)


@pytest.mark.parametrize("score", [pairs_only, of_three])
def test_shares_add_up_to_the_distance_from_the_typical_row(score):
    of_typical = score(pd.DataFrame([TYPICAL]))[0]
    np.testing.assert_allclose(contributions(score, ROWS, TYPICAL).sum(axis=1), score(ROWS) - of_typical)


def test_a_row_has_the_same_shares_alone_and_among_others():
    together = contributions(of_three, ROWS, TYPICAL)
    alone = contributions(of_three, ROWS.iloc[[5]], TYPICAL)
    np.testing.assert_allclose(alone[0], together[5])


def test_missing_values_are_told_from_all_others():
    rows = ROWS.assign(b=[np.nan, *ROWS["b"][1:]])
    found = contributions(lambda rows: rows["b"].isna().to_numpy() * 5.0, rows, TYPICAL)
    assert found[0].tolist() == [0, 5, 0, 0]
    assert not found[1:].any()


def test_no_rows_have_no_drivers():
    assert contributions(pairs_only, ROWS.head(0), TYPICAL).shape == (0, 4)


def said(score, rows, typical):
    """Return drivers in words, where features are numbers from 0 to 9."""
    words = {name: lambda value, name=name: f"{name} {value:.0f}" for name in rows}
    effects = effects_on_scores(score, lambda some: np.log(score(some) / (1 - score(some))), rows, typical)
    return drivers_in_words(rows, effects, words).fillna("").to_numpy().tolist()


def no_balance_helps_with_two_products(rows):
    """Return a risk that no balance raises with one product and lowers with two."""
    of_two = np.where(rows["balance"] == 0, 0.05, 0.08)
    return np.where(rows["products"] == 2, of_two, np.where(rows["balance"] == 0, 0.40, 0.15))


def test_a_direction_is_that_of_replacing_the_feature_alone():
    rows = pd.DataFrame({"products": [2, 1, 2], "balance": [0, 0, 7]})
    typical = {"products": 1, "balance": 7}

    shares = contributions(no_balance_helps_with_two_products, rows, typical)

    # Averaged over whom it meets, no balance raises; for the first customer it lowers.
    assert shares[0, 1] > 0
    assert said(no_balance_helps_with_two_products, rows, typical) == [
        ["products 2: lowers", "balance 0: lowers", ""],
        ["balance 0: raises", "", ""],
        ["products 2: lowers", "", ""],
    ]


def test_features_that_stand_in_for_each_other_are_named_together():
    def either(rows):
        return np.where((rows["a"] == 1) | (rows["b"] == 1), 0.9, 0.1) + 0.01 * (rows["c"] == 1).to_numpy()

    rows = pd.DataFrame({"a": [1, 1, 0], "b": [1, 0, 0], "c": [1, 0, 0]})

    assert said(either, rows, {"a": 0, "b": 0, "c": 0}) == [
        ["a 1 with b 1: raises", "c 1: raises", ""],
        ["a 1: raises", "", ""],
        ["", "", ""],
    ]


def test_what_moves_the_score_by_less_than_half_a_point_is_no_driver():
    rows = pd.DataFrame({"a": [1, 2], "b": [0, 0]})
    assert said(lambda some: 0.5 + 0.0024 * some["a"].to_numpy(), rows, {"a": 0, "b": 0}) == [
        ["", "", ""],
        ["", "", ""],
    ]
    assert (
        said(lambda some: 0.5 - 0.003 * some["a"].to_numpy(), rows, {"a": 0, "b": 0})[1][0] == "a 2: lowers"
    )


@pytest.mark.parametrize("score", [pairs_only, of_three])
def test_effects_alone_are_those_of_replacing_each_feature_in_each_row(score):
    def probability(rows):
        return 1 / (1 + np.exp(-score(rows)))

    effects = effects_on_scores(probability, score, ROWS, TYPICAL)

    for number, name in enumerate(ROWS):
        expected = probability(ROWS) - probability(ROWS.assign(**{name: TYPICAL[name]}))
        np.testing.assert_allclose(effects.alone[:, number], expected, atol=1e-12)


def test_a_row_has_the_same_effects_alone_and_among_others():
    many = effects_on_scores(of_three, of_three, ROWS, TYPICAL)
    one = effects_on_scores(of_three, of_three, ROWS.iloc[[5]], TYPICAL)
    np.testing.assert_allclose(one.alone[0], many.alone[5])
    assert (one.together[0], one.members[0].tolist()) == (many.together[5], many.members[5].tolist())


def test_strongest_come_first_ties_by_order_and_what_has_no_effect_not_at_all():
    alone = np.array([[0.1, -0.5, 0.1, 0.0], [0.0, 0.0, 0.0, 1e-9], [0.4, 0.3, 0.2, 0.1]])
    effects = Effects(alone, np.array([0.0, 0.0, -0.35]), alone > 9)
    assert effects.strongest().tolist() == [[1, 0, 2], [-1, -1, -1], [0, 4, 1]]
    assert Effects(alone[:, :1], np.zeros(3), alone[:, :1] > 9).strongest().tolist()[0] == [0, -1, -1]


def test_only_what_raises_and_may_be_named_is_left_pairs_included():
    effects = Effects(
        np.array([[0.1, -0.5, 0.3], [0.0, 0.0, 0.0]]),
        np.array([0.2, 0.2]),
        np.array([[True, True, False], [True, False, True]]),
    )
    rising = effects.rising(np.array([True, True, False]))
    assert rising.alone.tolist() == [[0.1, 0, 0], [0, 0, 0]]
    assert rising.together.tolist() == [0.2, 0]


def test_drivers_say_value_direction_and_what_is_unknown():
    rows = pd.DataFrame({"tenure_years": [1.0, np.nan], "is_active": [True, False]})
    words = {
        "tenure_years": lambda v: f"tenure {v:.0f} year",
        "is_active": lambda v: "active" if v else "not active",
    }
    none = Effects.none(rows)
    effects = Effects(np.array([[0.4, 0.0], [-0.1, 0.3]]), none.together, none.members)
    found = drivers_in_words(rows, effects, words)
    assert found.loc[0].tolist()[:1] == ["tenure 1 year: raises"]
    assert found.loc[0, ["driver_2", "driver_3"]].isna().all()
    assert found.loc[1].tolist()[:2] == ["not active: raises", "tenure years unknown: lowers"]


def test_numbers_are_said_as_a_person_would():
    assert [counted(value, "visit", "visits") for value in (0, 1, 2, 1204, 0.2)] == [
        "no visits",
        "1 visit",
        "2 visits",
        "1,204 visits",
        "almost no visits",
    ]
    assert counted(0.96, "page", "pages", digits=1) == "1.0 pages"


def test_the_typical_row_has_values_that_occur():
    rows = pd.DataFrame({"n": [1, 2, 3, 10], "word": ["b", "a", "a", "b"], "flag": [True, True, False, True]})
    assert describe_population(rows, ["n"], ["word", "flag"]) == {
        "typical": {"n": 2.0, "word": "a", "flag": True},
        "levels": {"word": ["a", "b"], "flag": [False, True]},
    }
