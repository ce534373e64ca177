"""Segments by rules: who is above which cut, and how firm cuts are."""

import numpy as np
import pandas as pd
import pytest

from bank_marketing.methods.rules import (
    LEAST_TO_CUT,
    Rule,
    apply_rules,
    join_small_segments,
    learn_cuts,
    parting_traits,
    rule_stability,
    split,
)

RULES = (
    Rule("best", {"orders": True, "revenue": True}),
    Rule("frequent", {"orders": True}),
    Rule("others", {}),
)
QUANTILES = {"orders": 0.5, "revenue": 0.75}


@pytest.fixture
def customers() -> pd.DataFrame:
    return pd.DataFrame({"orders": [1, 2, 3, 4], "revenue": [10.0, 20.0, 30.0, 400.0]})


def test_cuts_are_values_of_customers_up_to_which_the_share_lies(customers):
    assert learn_cuts(customers, QUANTILES) == {"orders": 2.0, "revenue": 30.0}


def test_the_first_rule_that_holds_counts(customers):
    assert apply_rules(customers, RULES, {"orders": 2.0, "revenue": 30.0}).tolist() == [2, 2, 1, 0]


def test_a_missing_value_is_neither_above_nor_below_and_moves_no_cut(customers):
    unknown = pd.DataFrame({"orders": [None, 9, None, 1], "revenue": [900.0, None, 5.0, None]})

    assert learn_cuts(pd.concat([customers, unknown.head(1)]), {"orders": 0.5}) == {"orders": 2.0}
    assert apply_rules(unknown, RULES, {"orders": 2.0, "revenue": 30.0}).tolist() == [-1, -1, -1, 2]


def test_without_any_value_there_is_no_cut_and_nobody_is_low():
    nobody = pd.DataFrame({"orders": [None, None], "revenue": [np.nan, np.nan]})
    cuts = learn_cuts(nobody, QUANTILES)

    assert np.isnan(list(cuts.values())).all()
    assert apply_rules(nobody, RULES, cuts).tolist() == [-1, -1]
    assert apply_rules(nobody.head(0), RULES, cuts).tolist() == []


def test_traits_part_only_a_population_that_differs_in_them():
    frame = pd.DataFrame(
        {
            "varies": range(LEAST_TO_CUT),
            "alike": 7,
            "absent": np.nan,
            "rarely_known": [*range(LEAST_TO_CUT - 1), np.nan],
            "mostly_highest": [0, *[1] * (LEAST_TO_CUT - 1)],
        }
    )

    assert parting_traits(frame, dict.fromkeys(frame, 0.5)) == {"varies"}
    assert parting_traits(frame.tail(1), dict.fromkeys(frame, 0.5)) == set()


@pytest.mark.parametrize("above, parts", [(5, set()), (19, set()), (20, {"points"})])
def test_a_trait_that_hardly_anybody_has_parts_nobody(above, parts):
    frame = pd.DataFrame({"points": [0.0] * (400 - above) + [9.0] * above})

    assert parting_traits(frame, {"points": 0.5}) == parts


def test_a_customer_for_whom_no_rule_holds_is_refused(customers):
    with pytest.raises(ValueError, match="No rule holds for 2 customers"):
        apply_rules(customers, RULES[:2], {"orders": 2.0, "revenue": 30.0})


def test_cuts_in_a_crowd_are_less_firm_than_cuts_in_a_gap():
    rng = np.random.default_rng(1)
    rules, quantiles = (Rule("high", {"x": True}), Rule("low", {})), {"x": 0.7}
    crowd = pd.DataFrame({"x": rng.normal(size=100)})
    gap = pd.DataFrame({"x": np.repeat([0.0, 1.0], [85, 15])})

    of_crowd = rule_stability(crowd, rules, quantiles, seed=1, draws=20)
    of_gap = rule_stability(gap, rules, quantiles, seed=1, draws=20)

    assert 0.85 < of_crowd.mean() < 0.99
    assert of_gap.mean() > 0.99


BEHAVIOURS = split(
    (
        ("regulars", {"recency": False, "orders": True}),
        ("newcomers", {"recency": False, "orders": False}),
        ("lapsing regulars", {"recency": True, "orders": True}),
        ("lapsed", {"recency": True, "orders": False}),
    ),
    "revenue",
    ", high value",
    ", standard value",
)


def joined_names(*customers: int) -> list[str]:
    joined = join_small_segments(BEHAVIOURS, customers)
    assert [rule.is_above for rule in joined] == [rule.is_above for rule in BEHAVIOURS]
    return [rule.name for rule in joined]


def test_rules_that_few_customers_meet_are_one_segment_with_the_nearest():
    assert joined_names(*[20] * 8) == [rule.name for rule in BEHAVIOURS]
    # As in the real file of sales: two lapsed customers of high value, no newcomer of it.
    assert joined_names(208, 227, 0, 306, 83, 185, 2, 457) == [
        "regulars, high value",
        "regulars, standard value",
        "newcomers",
        "newcomers",
        "lapsing regulars, high value",
        "lapsing regulars, standard value",
        "lapsed",
        "lapsed",
    ]


def test_a_behaviour_of_few_customers_joins_another():
    names = joined_names(200, 200, 200, 200, 200, 200, 2, 3)

    assert len(set(names)) == 6
    assert names[-1] == names[-2] == "newcomers, high value or lapsed"


def test_who_is_not_known_enough_of_is_not_in_the_last_segment():
    # Nobody's revenue is known: frequent customers are in no segment, the others in the last.
    customers = pd.DataFrame({"orders": np.arange(50.0), "revenue": np.nan})

    shares = rule_stability(customers, RULES, QUANTILES, seed=1, draws=5)

    assert 0.5 < shares.min() < 1


def test_few_customers_are_one_segment():
    assert join_small_segments(BEHAVIOURS, [1, 0, 2, 3, 1, 1, 4, 5]) == (Rule("all customers", {}),)
