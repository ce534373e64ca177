"""Leaks: what tells the outcome by itself is found in any form, noise and honest features stay low."""

import numpy as np
import pandas as pd
import pytest

from bank_marketing.methods.leaks import LEAK_ROC_AUC, single_feature_roc_auc

N = 2_000
RANDOM = np.random.default_rng(1)
EVENTS = (RANDOM.random(N) < 0.2).astype(int)
DAY = pd.Timestamp("2024-01-01")
LEAKS = {
    "is_told": pd.Series(EVENTS == 1),
    "word": pd.Series(np.where(EVENTS == 1, "left", "there")),
    "falling_number": pd.Series(RANDOM.normal(0, 1, N) - 8 * EVENTS),
    "middle_number": pd.Series(np.where(EVENTS == 1, RANDOM.normal(0, 0.1, N), RANDOM.choice([-5, 5], N))),
    "count_that_most_lack": pd.Series(EVENTS * RANDOM.integers(1, 60, N)),
    "date_that_only_leavers_have": (DAY + pd.Series(pd.to_timedelta(RANDOM.integers(0, 900, N), "D"))).where(
        EVENTS == 1
    ),
    "date_of_last_visit": DAY + pd.Series(pd.to_timedelta(RANDOM.integers(0, 99, N) - 99 * EVENTS, "D")),
    "number_that_only_leavers_lack": pd.Series(RANDOM.normal(0, 1, N)).mask(EVENTS == 1),
    "nullable_boolean": pd.Series(EVENTS == 1, dtype="boolean").mask(pd.Series(np.arange(N) < 20)),
}
HONEST = {
    "noise": pd.Series(RANDOM.normal(0, 1, N)),
    "name_of_each": pd.Series([f"customer {row}" for row in range(N)]),
    "constant": pd.Series(np.ones(N)),
    "all_missing": pd.Series(np.full(N, np.nan)),
}


def alone(features: dict[str, pd.Series]) -> pd.Series:
    return single_feature_roc_auc(pd.DataFrame(features), EVENTS, features=list(features), seed=1)


@pytest.mark.parametrize("name", LEAKS)
def test_a_leak_is_found_in_any_form(name):
    assert alone({name: LEAKS[name]})[name] >= LEAK_ROC_AUC


@pytest.mark.parametrize("name", HONEST)
def test_what_tells_nothing_stays_at_about_a_half(name):
    assert alone({name: HONEST[name]})[name] == pytest.approx(0.5, abs=0.06)


def test_an_honest_signal_lies_between_and_the_strongest_comes_first():
    found = alone({"noise": HONEST["noise"], "signal": HONEST["noise"] + EVENTS, "leak": LEAKS["word"]})
    assert found.index.tolist() == ["leak", "signal", "noise"]
    assert 0.7 < found["signal"] < 0.8
