import numpy as np
import pytest

from bank_marketing.methods.steps import find_step


def spent(rows: int, rate_above: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return amounts, and outcomes at a rate of .6 that changes at 5,000."""
    random = np.random.default_rng(seed)
    amount = random.uniform(100, 10_000, rows)
    return amount, random.random(rows) < np.where(amount > 5_000, rate_above, 0.6)


@pytest.mark.parametrize("rate_above", [0.8, 0.4])
def test_a_step_up_or_down_is_found_where_it_is(rate_above):
    step = find_step(*spent(3_000, rate_above), seed=1)

    assert step.amount == pytest.approx(5_000, abs=250)
    assert step.p_value < 0.01


def test_without_a_step_hardly_any_is_found():
    found = [find_step(*spent(600, 0.6, seed), seed=1).amount for seed in range(40)]

    assert sum(amount is not None for amount in found) <= 3


def test_the_order_of_rows_and_unknown_amounts_change_nothing():
    amount, outcome = spent(1_000, 0.9)
    shuffled = np.random.default_rng(2).permutation(1_000)
    with_unknown = np.append(amount[shuffled], [np.nan, np.nan]), np.append(outcome[shuffled], [True, False])

    assert find_step(*with_unknown, seed=1) == find_step(amount, outcome, seed=1)


def test_equal_amounts_stay_together():
    amount = np.repeat([1_000.0, 9_000.0], 200)
    outcome = np.concatenate([np.arange(200) % 2 == 0, np.ones(200, dtype=bool)])

    assert find_step(amount, outcome, seed=1).amount == 5_000


def test_too_few_rows_have_none():
    step = find_step(np.arange(50.0), np.arange(50) % 2, seed=1)

    assert step.amount is None
    assert np.isnan(step.p_value)
