"""Uplift of the offers: a planted effect is found, and nothing is said without outcomes."""

import numpy as np
import pandas as pd
from preference_frames import run_models

from bank_marketing.transactions.offer_uplift import measure_uplift

# No customer objects to anything.
NOBODY = "select 0 as client_id, 'profiling' as purpose, 'all' as channel, false as is_permitted where false"


def outcomes(n: int, effect: float, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    held_out = random.random(n) < 0.3
    return pd.DataFrame(
        {
            "source_line": np.arange(n) + 2,
            "client_id": np.arange(n),
            "product": random.choice(["card", "loan"], n),
            "outcome_kind": "accepted",
            "age_years": random.integers(20, 70, n),
            "yearly_income_usd": random.uniform(2e4, 9e4, n),
            "credit_score": random.integers(500, 800, n),
            "score": random.random(n),
            "is_listed": True,
            "is_held_out": held_out,
            "holdout_share": 0.3,
            "is_treated": ~held_out,
            "is_good": random.random(n) < 0.02 + effect * ~held_out,
        }
    )


def test_a_planted_effect_is_found_and_called_randomised():
    measured = measure_uplift(outcomes(6_000, 0.05), is_stated_random=False, seed=1)
    overall = measured.query("measure == 'difference' and group_name == 'all'").iloc[0]
    assert overall["value_low"] > 0 and overall["value_low"] < 0.05 < overall["value_high"]
    assert set(measured["evidence"]) == {"randomised"}
    assert set(measured.query("group_name == 'product'")["group_value"]) == {"card", "loan"}


def test_offers_to_the_held_out_are_no_experiment():
    broken = outcomes(2_000, 0.05).assign(is_treated=True)
    broken.loc[:600, "is_treated"] = False
    measured = measure_uplift(broken, is_stated_random=False, seed=1)
    assert set(measured["evidence"]) == {"descriptive"}
    assert "offers_are_randomised" in measured["message"].iloc[0]


def test_without_outcomes_nothing_is_said():
    empty = measure_uplift(outcomes(0, 0.0), is_stated_random=False, seed=1)
    assert empty.empty and "evidence" in empty


def test_outcomes_meet_the_list_that_named_the_client(built_sample):
    day = pd.Timestamp("2026-01-05")
    log = pd.DataFrame(
        [(1, 10, "card", day, False, 30), (1, 11, "card", day, True, 40), (2, 10, "loan", day, False, 31)],
        columns=["publication", "client_id", "product", "listed_at", "is_held_out", "age_years"],
    ).assign(is_carried_over=False, holdout_share=0.2, yearly_income_usd=1.0, credit_score=700, score=0.5)
    came_back = pd.DataFrame(
        [
            (2, 10, "card", "2026-01-09", True, True),
            (3, 11, "card", None, False, False),
            (4, 10, "card", "2026-01-01", True, True),  # before the list: offered for another reason
            (5, 12, "card", "2026-01-09", True, None),  # not known yet
            (6, 13, "card", "2026-01-09", True, True),  # on no list, and unknown to the bank
        ],
        columns=["source_line", "client_id", "product", "offered_date", "is_treated", "has_accepted"],
    ).astype({"offered_date": "datetime64[us]", "has_accepted": "boolean"})
    customers = pd.DataFrame({"client_id": [10, 11, 12], "age_years": [50, 51, 52]})
    found = run_models(
        built_sample.folder,
        {
            "stg_transactions__offer_outcomes": came_back,
            "next_best_offer_log": log,
            "bank_customers": customers,
            "stg_transactions__do_not_contact": NOBODY,
        },
        ("int_offer_outcomes", "features_offer_uplift"),
    )["features_offer_uplift"].set_index("source_line")
    assert found["is_listed"].to_dict() == {2: True, 3: True, 4: False}
    assert found["age_years"].to_dict() == {2: 30, 3: 40, 4: 50}
    assert found["is_held_out"].iloc[:2].tolist() == [False, True]
