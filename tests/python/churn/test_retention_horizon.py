"""Chance of leaving within a horizon: known answers, the late hazard, an interval that holds."""

import numpy as np
import pandas as pd
import pytest

from bank_marketing.churn.retention_horizon import exit_probabilities, spread_over_folds
from bank_marketing.churn.retention_terms import retention_terms
from bank_marketing.errors import UserError
from bank_marketing.methods.survival import CoxModel
from bank_marketing.methods.survival_models import to_plain
from bank_marketing.variables import positive_number

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": [1, 2, 3, 4, 5],
        "country": "France",
        "gender": "Male",
        "age_years": [30, 30, 30, 30, np.nan],
        "tenure_years": [0, 4, 10, 4, 4],
        "balance": 1_000.0,
        "products": 1,
        "is_active": True,
        "has_exited": [False, False, False, True, False],
    }
)


def cox(*hazards: float) -> dict:
    """Return a Cox model without ratios, of these yearly hazards from tenure 0 on."""
    terms = list(retention_terms(CUSTOMERS.head(0), ["France"]))
    nothing = np.zeros(len(terms))
    times = np.arange(1.0, len(hazards) + 1)
    return to_plain(CoxModel(terms, nothing, nothing, nothing, times, np.cumsum(hazards)))


def artefact(own: dict, by_fold: list[dict]) -> dict:
    return {
        "countries": ["France"],
        "keys": np.array([2]),
        "folds": np.array([0]),
        "survival_model": own,
        "fold_survival_models": by_fold,
    }


def probabilities(own: dict, by_fold: list[dict], horizon) -> pd.DataFrame:
    return exit_probabilities(CUSTOMERS, artefact(own, by_fold), horizon_years=horizon)


@pytest.mark.parametrize("horizon", [1, 3, 10, "2.5"])
def test_a_constant_hazard_has_its_known_answer_at_any_tenure_and_horizon(horizon):
    even = cox(*[0.1] * 10)
    found = probabilities(even, [even] * 3, horizon)
    expected = 1 - np.exp(-0.1 * float(horizon))
    assert found["exit_probability"].iloc[:3].to_numpy() == pytest.approx(expected)
    assert (found["horizon_years"] == float(horizon)).all()


def test_the_tenure_so_far_counts_and_the_late_hazard_goes_on():
    # 0.1 a year up to tenure 9, 0.4 in the last tenth of the time seen.
    rising = cox(*[0.1] * 9, 0.4)
    found = probabilities(rising, [rising] * 3, 3)["exit_probability"]
    assert found[1] == pytest.approx(1 - np.exp(-0.3))
    assert found[2] == pytest.approx(1 - np.exp(-1.2))


def test_who_was_in_the_fit_is_judged_by_the_model_that_left_them_out():
    found = probabilities(cox(*[0.1] * 10), [cox(*[0.2] * 10)] + [cox(*[0.1] * 10)] * 2, 1)
    assert found["exit_probability"].iloc[:2].tolist() == pytest.approx([1 - np.exp(-0.1), 1 - np.exp(-0.2)])


def test_leavers_and_customers_without_a_trait_have_no_probability():
    even = cox(*[0.1] * 10)
    assert probabilities(even, [even] * 3, 3)["exit_probability"].isna().tolist() == [False] * 3 + [True] * 2
    assert exit_probabilities(CUSTOMERS, {}, horizon_years=3)["exit_probability"].isna().all()


@pytest.mark.slow
def test_the_jackknife_over_folds_holds_the_truth_as_often_as_it_says():
    random = np.random.default_rng(1)
    hits = []
    for _ in range(2_000):
        # Rates of 500 exponential times, and without each of five fifths.
        times = random.exponential(1 / 0.3, 500)
        by_fold = [np.array([1 / np.delete(times, np.s_[k::5]).mean()]) for k in range(5)]
        _, low, high = spread_over_folds(np.array([1 / times.mean()]), by_fold)[0]
        hits.append(low <= 0.3 <= high)
    assert 0.93 < np.mean(hits) < 0.97


@pytest.mark.parametrize("stated", ["0", -1, "soon", None, "inf"])
def test_a_horizon_that_is_none_is_refused_by_name(stated):
    with pytest.raises(UserError, match="retention_horizon_years"):
        positive_number(stated, "retention_horizon_years")
