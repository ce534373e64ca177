"""Which features moved a score, against answers known by construction or by brute force."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from bank_marketing.methods.drivers import contributions, drivers_in_words, strongest
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


def test_strongest_come_first_ties_by_order_and_what_has_no_effect_not_at_all():
    shares = np.array([[0.1, -0.5, 0.1, 0.0], [0.0, 0.0, 0.0, 1e-9], [4.0, 3.0, 2.0, 1.0]])
    assert strongest(shares, 3).tolist() == [[1, 0, 2], [-1, -1, -1], [0, 1, 2]]
    assert strongest(shares[:, :2], 3).tolist()[0] == [1, 0, -1]


def test_drivers_say_value_direction_and_what_is_unknown():
    rows = pd.DataFrame({"tenure_years": [1.0, np.nan], "is_active": [True, False]})
    words = {
        "tenure_years": lambda v: f"tenure {v:.0f} year",
        "is_active": lambda v: "active" if v else "not active",
    }
    said = drivers_in_words(rows, np.array([[0.4, 0.0], [-0.1, 0.3]]), words)
    assert said.loc[0].tolist()[:1] == ["tenure 1 year: raises"]
    assert said.loc[0, ["driver_2", "driver_3"]].isna().all()
    assert said.loc[1].tolist()[:2] == ["not active: raises", "tenure years unknown: lowers"]


def test_the_typical_row_has_values_that_occur():
    rows = pd.DataFrame({"n": [1, 2, 3, 10], "word": ["b", "a", "a", "b"], "flag": [True, True, False, True]})
    assert describe_population(rows, ["n"], ["word", "flag"]) == {
        "typical": {"n": 2.0, "word": "a", "flag": True},
        "levels": {"word": ["a", "b"], "flag": [False, True]},
    }
