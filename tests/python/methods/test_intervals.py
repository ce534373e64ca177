import numpy as np
import pytest
from scipy import stats

from bank_marketing.methods.intervals import (
    bootstrap_interval,
    difference_interval,
    fold_interval,
    normal_quantile,
    ratio_interval,
    row_mean_interval,
    wilson_interval,
)


def test_wilson_interval_is_that_of_scipy():
    for successes, trials in [(0, 10), (3, 10), (10, 10), (81, 263)]:
        expected = stats.binomtest(successes, trials).proportion_ci(method="wilson")
        low, high = wilson_interval([successes], [trials])
        assert (low[0], high[0]) == pytest.approx((expected.low, expected.high))


def test_wilson_interval_holds_its_rate_at_both_ends():
    low, high = wilson_interval([0, 7], [7, 7])

    assert low[0] == 0
    assert high[1] == 1


def test_wilson_interval_without_trials_is_unknown():
    low, high = wilson_interval([0], [0])

    assert np.isnan(low[0])
    assert np.isnan(high[0])


def test_interval_of_a_difference_reaches_furthest_where_both_do():
    difference = difference_interval((0.5, 0.2, 0.6), (0.1, 0.0, 0.5))

    assert difference == pytest.approx((0.4, 0.4 - 0.5, 0.4 + np.sqrt(0.02)))


@pytest.mark.parametrize(("rate", "other_rate", "n"), [(0.02, 0.03, 600), (0.3, 0.2, 60), (0.9, 0.85, 80)])
def test_interval_of_a_ratio_of_rates_holds_the_true_one(rate, other_rate, n):
    random = np.random.default_rng(1)
    held = []
    for one, other in zip(
        random.binomial(n, rate, 1_000), random.binomial(2 * n, other_rate, 1_000), strict=True
    ):
        figures = [
            (hits / of, *(float(end) for end in wilson_interval(hits, of)))
            for hits, of in ((one, n), (other, 2 * n))
        ]
        _, low, high = ratio_interval(*figures)
        held.append(low <= rate / other_rate <= high)
    assert 0.93 < np.mean(held) < 0.98


def test_ratio_to_a_rate_of_zero_is_unknown_and_that_of_zero_begins_at_zero():
    none, some = (0.0, 0.0, 0.1), (0.4, 0.3, 0.5)

    assert np.isnan(ratio_interval(some, none)).all()
    assert ratio_interval(none, some)[:2] == (0.0, 0.0) and 0 < ratio_interval(none, some)[2] < 1


def test_row_mean_interval_is_that_of_the_normal_distribution():
    values = np.array([1.0, 2.0, 6.0])
    half = stats.norm.ppf(0.975) * np.sqrt(7 / 3)

    assert row_mean_interval(values) == pytest.approx((3, 3 - half, 3 + half))


def test_repeats_of_a_row_do_not_make_the_interval_of_a_mean_narrower():
    values = np.random.default_rng(1).normal(size=50)

    assert row_mean_interval(np.column_stack([values] * 9)) == pytest.approx(row_mean_interval(values))


def test_row_mean_interval_of_one_row_is_unknown():
    mean, low, high = row_mean_interval([0.7])

    assert mean == 0.7
    assert np.isnan([low, high]).all()


@pytest.mark.slow
def test_intervals_of_several_comparisons_hold_together():
    values = np.random.default_rng(1).normal(size=(500, 20, 200))
    intervals = np.apply_along_axis(lambda rows: row_mean_interval(rows, comparisons=20), 2, values)

    # Each of 500 families compares 20 means with 0: one by one, two of three families would miss.
    held = ((intervals[..., 1] <= 0) & (intervals[..., 2] >= 0)).all(axis=1)
    assert 0.92 < held.mean() < 0.98
    assert normal_quantile() == pytest.approx(1.959964)


def test_fold_interval_adds_the_overlap_of_the_training_rows():
    values = [0.70, 0.72, 0.74, 0.71, 0.73]
    variance = np.var(values, ddof=1)

    mean, low, high = fold_interval(values, 0.25)

    half = stats.t.ppf(0.975, 4) * np.sqrt(variance * (1 / 5 + 1 / 4))
    assert (mean, low, high) == pytest.approx((0.72, 0.72 - half, 0.72 + half))


def test_fold_interval_of_one_fold_is_unknown():
    mean, low, high = fold_interval([0.7], 0.25)

    assert mean == 0.7
    assert np.isnan([low, high]).all()


def test_bootstrap_interval_of_a_mean_is_the_known_one():
    random = np.random.default_rng(1)
    values = random.normal(size=2000)

    value, low, high = bootstrap_interval(np.mean, values, resamples=2000, random=random)

    half = 1.96 * values.std() / np.sqrt(2000)
    assert value == values.mean()
    assert (value - low, high - value) == pytest.approx((half, half), rel=0.1)


def test_bootstrap_keeps_rows_of_several_arrays_together():
    random = np.random.default_rng(1)
    values = random.normal(size=100)

    _, low, high = bootstrap_interval(
        lambda a, b: float(np.abs(a - b).max()), values, values, resamples=50, random=random
    )

    assert (low, high) == (0, 0)


def test_bootstrap_leaves_out_resamples_without_an_answer():
    answers = iter([0.5, np.nan, 0.4, 0.6])

    value, low, high = bootstrap_interval(
        lambda _: next(answers), np.zeros(3), resamples=3, random=np.random.default_rng(1)
    )

    assert value == 0.5
    assert low < 0.5 < high
