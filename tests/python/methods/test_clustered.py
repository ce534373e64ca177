"""Resamples of subjects: rows of one subject come together, and differences are paired."""

import numpy as np
import pytest

from bank_marketing.methods.clustered import draw_half, draw_subjects, interval_of_draws


def draws(subjects, resamples=400, seed=1):
    return draw_subjects(subjects, resamples=resamples, random=np.random.default_rng(seed))


def test_the_first_is_the_mean_itself_and_rows_without_a_figure_do_not_count():
    values = np.array([[1.0, np.nan], [2.0, 4.0], [6.0, np.nan]])
    assert draws(["a", "a", "b"]).means(values)[0].tolist() == [3.0, 4.0]


def test_intervals_hold_the_truth_although_rows_of_a_subject_are_alike():
    random = np.random.default_rng(2)
    hits, naive_hits = [], []
    for seed in range(200):
        of_subject = random.normal(0, 1, 60)
        values = np.repeat(of_subject, 8) + random.normal(0, 0.1, 480)
        _, low, high = interval_of_draws(
            draws(np.repeat(np.arange(60), 8), 150, seed).means(values[:, None])[:, 0]
        )
        hits.append(low <= 0 <= high)
        naive = 1.96 * values.std() / np.sqrt(480)
        naive_hits.append(abs(values.mean()) <= naive)
    assert np.mean(hits) > 0.9 > 0.7 > np.mean(naive_hits)


def test_a_difference_of_the_same_draws_is_paired():
    values = np.random.default_rng(3).normal(0, 1, (50, 1))
    means = draws(np.arange(50)).means(np.hstack([values, values + 0.1]))
    value, low, high = interval_of_draws(means[:, 1] - means[:, 0])
    assert (value, low, high) == pytest.approx((0.1, 0.1, 0.1))


def test_what_halves_say_spreads_as_what_draws_with_replacement_say():
    random = np.random.default_rng(4)
    values = random.lognormal(0, 1, 201)
    halves = [draw_half(201, random) for _ in range(4_000)]
    assert all(len(np.unique(half)) == 101 and half.max() <= 200 for half in halves)

    spread = np.std([values[half].mean() for half in halves])
    assert spread == pytest.approx(values.std() / np.sqrt(201), rel=0.05)
    assert len(draw_half(1, random)) == 1
