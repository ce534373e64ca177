"""Stability of the call list: certain chances keep it, uncertain ones don't, and the limits hold."""

import numpy as np
import pandas as pd
import pytest

from bank_marketing.churn.retention_actions import HoldoutPlan, choose_calls
from bank_marketing.churn.retention_stability import call_list_stability, resampled_models
from bank_marketing.methods.survival import fit_cox
from bank_marketing.methods.survival_models import from_plain

pytestmark = pytest.mark.slow

PLAN = HoldoutPlan(effect=0.05, weeks=13, share_limit=0.3, outcome_days=180, horizon_years=3)
LIMITS = {"budget": 2_000.0, "calls": 100}


def offers(n: int = 1_000) -> pd.DataFrame:
    """Draw customers with a cheap and a dear offer each."""
    random = np.random.default_rng(1)
    value, chance = random.lognormal(6, 0.5, n), random.beta(2, 3, n)
    parts = [
        pd.DataFrame(
            {"customer_id": np.arange(n), "action": action, "cost": cost, "exit_probability": chance}
        ).assign(assumed_effect=effect, expected_net_gain=chance * effect * value - cost)
        for action, cost, effect in (("call", 15.0, 0.10), ("bonus", 30.0, 0.15))
    ]
    together = pd.concat(parts, ignore_index=True)
    return together.assign(was_held_out=pd.array([pd.NA] * len(together), dtype="boolean"))


def stability(spread: float, models: int = 5) -> dict:
    all_offers, random = offers(), np.random.default_rng(2)
    chosen = choose_calls(all_offers, plan=PLAN, publication=1, **LIMITS)
    chance = all_offers.groupby("customer_id")["exit_probability"].first()
    drawn = {
        number: (chance * np.exp(random.normal(0, spread, len(chance)))).clip(upper=1)
        for number in range(models)
    }
    return call_list_stability(all_offers, chosen, pd.DataFrame(drawn), **LIMITS)


def test_a_list_stays_as_far_as_its_chances_do():
    certain, doubtful, vague = (stability(spread) for spread in (0.0, 0.1, 1.0))

    assert certain["share_stable"] > 0.95
    assert 0.6 < doubtful["share_stable"] < 0.95
    assert vague["share_stable"] < doubtful["share_stable_low"] <= doubtful["share_stable"]
    assert all(found["share_same_action"] <= found["share_stable"] for found in (certain, doubtful, vague))
    assert "5 refits" in vague["stability_message"]


def test_without_resamples_no_share_is_told_but_why():
    found = stability(0.1, models=0)

    assert np.isnan(found["share_stable"]) and "depth full" in found["stability_message"]


def test_models_of_resampled_customers_differ_and_are_drawn_from_the_seed():
    random = np.random.default_rng(3)
    design = pd.DataFrame({"is_old": random.integers(0, 2, 400).astype(float)})
    durations, events = random.exponential(5, 400) + 0.1, random.integers(0, 2, 400)

    def hazards(seed: int) -> list[float]:
        models = resampled_models(
            lambda *data: fit_cox(*data, penalizer=0.01), design, durations, events, resamples=3, seed=seed
        )
        return [float(from_plain(m).hazard_until(design.head(1), np.array([[5.0]]))[0, 0]) for m in models]

    assert hazards(1) == pytest.approx(hazards(1)) and len({round(hazard, 6) for hazard in hazards(1)}) == 3
