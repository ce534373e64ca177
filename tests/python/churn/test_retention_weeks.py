"""Retention calls ahead: within calls and budget each week, nobody twice within the pause."""

from datetime import date

import numpy as np
import pandas as pd

from bank_marketing.churn.retention_actions import HoldoutPlan, choose_calls
from bank_marketing.churn.retention_weeks import weeks_ahead

PLAN = HoldoutPlan(effect=0.05, weeks=13, share_limit=0.2, outcome_days=180, horizon_years=3)


def weeks_of(customers: int, *, pause_days: int) -> pd.DataFrame:
    random = np.random.default_rng(1)
    risk = random.uniform(0.05, 0.6, customers)
    offers = pd.DataFrame(
        {
            "customer_id": np.arange(customers),
            "action": "call",
            "cost": random.choice([10.0, 30.0], customers),
            "exit_probability": risk,
            "assumed_effect": 0.1,
            "expected_net_gain": risk * 1_000 - 40,
            "expected_net_gain_low": risk * 500 - 40,
            "expected_net_gain_high": risk * 2_000 - 40,
            "was_held_out": None,
        }
    )
    limits = {"budget": 400.0, "calls": 20}
    chosen = choose_calls(offers, **limits, plan=PLAN, publication=1)
    return weeks_ahead(offers, chosen, **limits, pause_days=pause_days, as_of=date(2026, 1, 5))


def test_weeks_keep_limits_and_call_the_most_urgent_first():
    weeks = weeks_of(600, pause_days=90)
    assert weeks["week"].tolist() == list(range(1, 14)) and weeks["from_date"].iloc[1] == date(2026, 1, 12)
    assert weeks["calls"].between(1, 20).all() and (weeks["cost"] <= 400 + 1e-9).all()
    assert weeks["mean_exit_probability"].iloc[0] > weeks["mean_exit_probability"].iloc[-1]


def test_few_customers_are_called_again_only_after_the_pause():
    assert weeks_of(40, pause_days=91)["calls"].sum() <= 40
    again = weeks_of(40, pause_days=28)["calls"]
    assert 40 < again.sum() <= 4 * 40
    assert weeks_of(0, pause_days=90)["calls"].sum() == 0
