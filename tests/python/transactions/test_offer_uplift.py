"""Uplift of the offers: a planted effect is found, and nothing is said without outcomes."""

import numpy as np
import pandas as pd

from bank_marketing.transactions.offer_uplift import measure_uplift


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
