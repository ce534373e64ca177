"""Uplift of a retention campaign: a planted effect is found, none is invented, chance must have assigned."""

import numpy as np
import pandas as pd
import pytest

from bank_marketing.churn.retention_uplift import COLUMNS, measure_uplift

pytestmark = pytest.mark.slow


def campaign(n: int, seed: int, *, effect: float = 0.1, control_share: float = 0.3) -> pd.DataFrame:
    """Draw a campaign: who isn't held out is called, which keeps `effect` of the risky half."""
    random = np.random.default_rng(seed)
    risk = random.beta(2, 3, n)
    held_out = random.random(n) < control_share
    is_risky = risk > np.median(risk)
    exits = random.random(n) < risk * 0.6 + 0.1 - effect * (~held_out & is_risky)
    return pd.DataFrame(
        {
            "customer_id": np.arange(n),
            "source_line": np.arange(n) + 2,
            "outcome_kind": "exited",
            "country": random.choice(["France", "Spain"], n),
            "age_years": random.integers(20, 70, n),
            "tenure_years": random.integers(0, 10, n),
            "balance": random.normal(50_000, 10_000, n),
            "products": random.integers(1, 4, n),
            "is_active": random.random(n) < 0.5,
            "churn_probability": risk,
            "risk": np.where(is_risky, "upper half", "lower half"),
            "is_listed": True,
            "is_held_out": held_out,
            "holdout_share": control_share,
            "is_treated": ~held_out,
            "is_good": ~exits,
        }
    )


def measure(outcomes: pd.DataFrame, **options) -> pd.DataFrame:
    return measure_uplift(outcomes, **({"is_stated_random": False, "seed": 1} | options))


def difference(measured: pd.DataFrame, grouping: str, group: str) -> pd.Series:
    rows = measured[
        (measured["measure"] == "difference")
        & (measured["group_name"] == grouping)
        & (measured["group_value"] == group)
    ]
    assert len(rows) == 1
    return rows.iloc[0]


def test_a_planted_effect_is_found_where_it_was_planted():
    measured = measure(campaign(8_000, seed=1, effect=0.15))
    assert set(measured["evidence"]) == {"randomised"}
    overall, risky = difference(measured, "all", "all"), difference(measured, "risk", "upper half")
    assert overall["value_low"] < 0.075 < overall["value_high"] and overall["value_low"] > 0
    assert risky["value_low"] < 0.15 < risky["value_high"]
    safe = difference(measured, "risk", "lower half")
    assert safe["value_low"] < 0 < safe["value_high"]
    qini = measured[measured["measure"] == "qini_coefficient"].iloc[0]
    assert qini["value_low"] > 0 and qini["value_high"] <= 1


def test_nothing_is_found_where_nothing_was_planted():
    found = [difference(measure(campaign(1_000, seed=seed, effect=0.0)), "all", "all") for seed in range(12)]
    wrong = sum(not row["value_low"] <= 0 <= row["value_high"] for row in found)
    assert wrong <= 2


def test_intervals_hold_the_truth():
    hits = []
    for seed in range(18):
        row = difference(measure(campaign(1_500, seed=100 + seed, effect=0.1)), "risk", "upper half")
        hits.append(row["value_low"] <= 0.1 <= row["value_high"])
    # Two groups share the error, so each interval holds 97.5 %.
    assert sum(hits) >= 16


def test_the_curve_starts_at_nothing_and_ends_where_all_are_treated():
    measured = measure(campaign(2_000, seed=2))
    curve = measured[measured["measure"] == "qini_curve"].sort_values("customers")
    assert curve.iloc[0][["customers", "value", "random_value", "perfect_value"]].tolist() == [0, 0, 0, 0]
    last = curve.iloc[-1]
    assert last["customers"] == 2_000
    assert last["value"] == pytest.approx(last["random_value"])
    assert (curve["value"] <= curve["perfect_value"] + 1e-9).all()


def test_a_choice_of_the_treated_by_their_risk_is_no_experiment():
    outcomes = campaign(3_000, seed=3)
    chosen = outcomes["churn_probability"] > 0.3
    by_risk = outcomes.assign(is_treated=chosen, is_held_out=~chosen, holdout_share=(~chosen).mean())
    measured = measure(by_risk)
    assert set(measured["evidence"]) == {"descriptive"}
    assert "differ in what was known before" in measured["message"].iloc[0]


def test_customers_of_no_list_count_only_if_the_bank_says_they_were_drawn():
    outcomes = campaign(2_000, seed=4).assign(is_listed=False, is_held_out=None, holdout_share=np.nan)
    assert set(measure(outcomes)["evidence"]) == {"descriptive"}
    assert "var retention_is_randomised" in measure(outcomes)["message"].iloc[0]
    stated = measure(outcomes, is_stated_random=True)
    assert set(stated["evidence"]) == {"randomised"}
    # What the action may have changed since parts nobody.
    assert set(stated["group_name"]) == {"all", "country"} and "qini_curve" not in set(stated["measure"])


def test_traits_of_today_do_not_spoil_an_experiment_of_the_bank_own():
    outcomes = campaign(4_000, seed=8).assign(is_listed=False, products=1)
    takes = outcomes["is_treated"] & (outcomes["customer_id"] % 20 == 0)
    today = outcomes.assign(products=outcomes["products"] + takes)
    assert set(measure(today, is_stated_random=True)["evidence"]) == {"randomised"}
    # The same traits, were they taken for those of the day of the list.
    assert set(measure(today.assign(is_listed=True), is_stated_random=True)["evidence"]) == {"descriptive"}


def test_customers_of_no_list_are_left_out_beside_an_experiment_and_counted():
    outcomes = campaign(3_000, seed=9)
    others = campaign(50, seed=10).assign(is_listed=False, is_treated=True, customer_id=range(5_000, 5_050))
    measured = measure(pd.concat([outcomes, others], ignore_index=True))
    assert difference(measured, "all", "all")["customers"] == 3_000
    assert set(measured["evidence"]) == {"randomised"}
    assert "Left out: 50 customers" in measured["message"].iloc[0]


def test_a_hold_out_that_was_treated_is_told():
    outcomes = campaign(2_000, seed=11)
    outcomes.loc[outcomes.index[outcomes["is_held_out"]][:3], "is_treated"] = True
    measured = measure(outcomes)
    assert set(measured["evidence"]) == {"descriptive"}
    assert "3 customers of the hold-out were treated" in measured["message"].iloc[0]


def test_outcomes_that_are_missing_on_one_side_are_found():
    outcomes = campaign(3_000, seed=12)
    random = np.random.default_rng(12)
    measured = measure(outcomes[outcomes["is_held_out"] | (random.random(3_000) < 0.7)])
    assert set(measured["evidence"]) == {"descriptive"}
    assert "sample-ratio check" in measured["message"].iloc[0]


def test_each_kind_of_outcome_is_measured_by_itself():
    exits = campaign(3_000, seed=13, effect=0.2)
    taken = exits.assign(outcome_kind="product_taken", is_good=exits["customer_id"] % 10 == 0)
    measured = measure(pd.concat([exits, taken], ignore_index=True))
    overall = measured[(measured["measure"] == "difference") & (measured["group_name"] == "all")]
    by_kind = overall.set_index("outcome_kind")
    assert by_kind.loc["exited", "value_low"] > 0
    assert by_kind.loc["product_taken", "value_low"] < 0 < by_kind.loc["product_taken", "value_high"]


def test_the_order_of_the_rows_changes_nothing():
    outcomes = campaign(2_000, seed=14)
    shuffled = outcomes.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(measure(outcomes), measure(shuffled))


def test_no_outcomes_give_an_empty_table_with_all_columns():
    empty = measure(campaign(50, seed=5).iloc[:0])
    assert empty.empty and list(empty) == list(COLUMNS)


@pytest.mark.parametrize("n, treated", [(40, [True] * 40), (1, [True]), (10, [True] * 5 + [False] * 5)])
def test_few_outcomes_are_told_but_prove_nothing(n, treated):
    outcomes = campaign(n, seed=6).assign(is_treated=treated)
    measured = measure(outcomes, is_stated_random=True)
    assert set(measured["evidence"]) == {"descriptive"}
    assert "at least 30 of each" in measured["message"].iloc[0]


def test_customers_without_a_score_are_left_out_of_the_curve_only():
    outcomes = campaign(500, seed=7)
    outcomes.loc[:99, ["churn_probability", "age_years"]] = np.nan
    measured = measure(outcomes)
    assert difference(measured, "all", "all")["customers"] == 500
    assert measured.loc[measured["measure"] == "qini_coefficient", "customers"].tolist() == [400]
