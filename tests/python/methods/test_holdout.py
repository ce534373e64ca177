"""Hold-outs: their size by known answers, fair draws, and a check that finds missing outcomes."""

import numpy as np
import pytest

from bank_marketing.methods.holdout import (
    draw_evenly,
    holdout_share,
    sample_ratio_p_value,
    smallest_difference,
    weeks_until_shown,
)


@pytest.mark.parametrize(
    "rate, treated, control, shown", [(0.578, 200, 22, 0.311), (0.052, 2_600, 286, 0.039)]
)
def test_the_smallest_difference_has_its_known_answers(rate, treated, control, shown):
    assert smallest_difference(rate, treated, control) == pytest.approx(shown, abs=0.0005)


def test_the_share_has_its_known_answer_and_none_where_no_number_is_enough():
    assert holdout_share(0.475, 0.058, treated=13 * 200) == pytest.approx(0.22, abs=0.005)
    assert holdout_share(0.475, 0.058, treated=200) is None


@pytest.mark.parametrize("rate, effect, treated", [(0.475, 0.058, 2_600), (0.1, 0.03, 5_000)])
def test_a_hold_out_of_that_share_shows_just_that_effect(rate, effect, treated):
    share = holdout_share(rate, effect, treated=treated)
    assert smallest_difference(rate, treated, treated * share / (1 - share)) == pytest.approx(effect)
    both = 20_000
    share = holdout_share(rate, effect, together=both)
    assert smallest_difference(rate, both * (1 - share), both * share) == pytest.approx(effect)


def test_the_weeks_are_the_first_after_which_the_effect_shows():
    weeks = weeks_until_shown(0.3, 50, 0.2, 0.04)
    held_out_a_week = 50 * 0.2 / 0.8
    assert smallest_difference(0.3, 50 * weeks, held_out_a_week * weeks) <= 0.04
    assert smallest_difference(0.3, 50 * (weeks - 1), held_out_a_week * (weeks - 1)) > 0.04
    assert weeks_until_shown(0.3, 50, 0.0, 0.04) is None


def test_a_power_of_eighty_percent_is_eighty_percent_of_simulated_campaigns():
    random = np.random.default_rng(1)
    rate, treated = 0.3, 2_600
    share = holdout_share(rate, 0.05, treated=treated)
    control = round(treated * share / (1 - share))
    found = []
    for _ in range(2_000):
        one, other = random.binomial(treated, rate - 0.05) / treated, random.binomial(control, rate) / control
        error = np.sqrt(one * (1 - one) / treated + other * (1 - other) / control)
        found.append(abs(one - other) > 1.96 * error)
    assert 0.76 < np.mean(found) < 0.86


def test_each_subject_has_the_same_chance_of_being_drawn():
    drawn = np.array([draw_evenly(50, 0.23, publication=number) for number in range(2_000)])
    assert np.abs(drawn.mean(axis=0) - 0.23).max() < 5 * np.sqrt(0.23 * 0.77 / 2_000)
    assert set(drawn.sum(axis=1)) == {11, 12}


def test_a_whole_number_of_subjects_is_drawn_whole():
    for number in range(50):
        assert draw_evenly(213, 13 / 213, publication=number).sum() == 13
    assert not draw_evenly(10, 0.0, publication=1).any() and draw_evenly(0, 0.5, publication=1).size == 0


def test_the_sample_ratio_check_passes_fair_draws_and_finds_missing_outcomes():
    random = np.random.default_rng(2)
    fair = [sample_ratio_p_value(random.random(2_000) < 0.1, 0.1) for _ in range(1_000)]
    assert np.mean(np.array(fair) < 0.05) < 0.075
    held_out = random.random(2_886) < 0.1
    is_missing = ~held_out & (random.random(2_886) < 0.3)
    assert sample_ratio_p_value(held_out[~is_missing], 0.1) < 0.001


def test_a_draw_without_chance_is_right_or_wrong():
    assert sample_ratio_p_value([False, False], 0.0) == 1.0
    assert sample_ratio_p_value([True, False], 0.0) == 0.0
