"""Marketing mix: known adstock, planted channels, experiments, plans whose totals are the model's."""

import numpy as np
import pytest

from bank_marketing.methods import media_mix, media_plan
from bank_marketing.methods.media_mix import LiftTests, Mix

pytestmark = pytest.mark.slow

DAYS = 365
PLANTED = Mix(
    np.array([0.3, 0.6]),
    np.array([2500.0, 7000.0]),
    np.array([4500.0, 4000.0]),
    np.zeros(0),
    np.zeros(0),
    0.0,
)


def world(seed: int = 1, *, noise: float = 300.0, off: float = 0.3) -> tuple[np.ndarray, ...]:
    """Draw independent spend and what it brings beside weekdays and a season."""
    rng = np.random.default_rng(seed)
    spend = np.exp(rng.normal(0, 0.6, (DAYS, 2))) * [2000, 3000] * (rng.random((DAYS, 2)) >= off)
    day = np.arange(DAYS)
    base = np.column_stack([np.ones(DAYS), np.eye(7)[day % 7][:, 1:], np.sin(day / 58)])
    mean = base @ [3000, *rng.normal(0, 400, 6), 500] + media_mix.contributions(PLANTED, spend).sum(axis=1)
    return spend, base, mean + rng.normal(0, noise, DAYS)


def test_adstock_is_the_known_one():
    assert media_mix.adstock([1, 0, 0, 0, 0], 0.5)[::-1] == pytest.approx([0.0625, 0.125, 0.25, 0.5, 1])
    assert media_mix.adstock([0, 0], 0.5, before=8.0) == pytest.approx([4, 2])


def test_planted_channels_are_found_again():
    spend, base, outcome = world()
    mix = media_mix.fit_mix(outcome, spend, base)
    assert mix.decay == pytest.approx(PLANTED.decay, abs=0.05)
    brought = media_mix.contributions(mix, spend).sum(axis=0)
    assert brought == pytest.approx(media_mix.contributions(PLANTED, spend).sum(axis=0), rel=0.1)
    assert base @ mix.base + media_mix.contributions(mix, spend).sum(axis=1) == pytest.approx(mix.fitted)


def test_no_channel_takes_away():
    spend, base, outcome = world()
    mix = media_mix.fit_mix(-outcome, spend, base)
    assert (mix.effect == 0).all()
    assert mix.explained == 0


def test_fit_is_no_worse_than_the_planted_parameters():
    spend, base, outcome = world()
    mix = media_mix.fit_mix(outcome, spend, base)
    curves = media_mix.contributions(PLANTED, spend)
    best = np.linalg.lstsq(np.column_stack([base, curves]), outcome, rcond=None)[1][0]
    assert np.sum((outcome - mix.fitted) ** 2) <= best


def test_intervals_hold_what_was_planted():
    spend, base, outcome = world()
    fitter = media_mix.MixFitter(spend, base)
    mix = fitter.fit(outcome)
    drawn = media_mix.resample_mix(fitter, mix, outcome, resamples=40, seed=1)
    sums = np.array([media_mix.contributions(one, spend).sum(axis=0) for one in [mix, *drawn]])
    truth = media_mix.contributions(PLANTED, spend).sum(axis=0)
    error = sums[1:].std(axis=0, ddof=1)
    assert (np.abs(sums[0] - truth) < 2.6 * error).all()
    assert (error < 0.2 * truth).all()
    again = media_mix.resample_mix(fitter, mix, outcome, resamples=2, seed=1)
    assert (again[1].effect == drawn[1].effect).all()


def test_experiment_narrows_the_interval_and_none_changes_nothing():
    spend, base, outcome = world(noise=1500.0, off=0.0)
    days = np.zeros((1, DAYS), dtype=bool)
    days[0, 100:114] = True
    spend[100:114, 0] = 0.0
    truth = -14 * 4500 * 0.4
    empty = LiftTests(np.zeros(0, int), np.zeros((0, DAYS), bool), np.zeros(0), np.zeros(0), np.zeros(0))
    change = np.array([-14 * 2000.0])
    lifts = LiftTests(np.array([0]), days, change, np.array([truth]), np.array([1500.0]))

    def errors(tests: LiftTests | None) -> tuple[Mix, float]:
        fitter = media_mix.MixFitter(spend, base, lifts=tests)
        mix = fitter.fit(outcome)
        drawn = media_mix.resample_mix(fitter, mix, outcome, resamples=40, seed=1)
        sums = [media_mix.contributions(one, spend)[:, 0].sum() for one in drawn]
        return mix, float(np.std(sums, ddof=1))

    without, wide = errors(None)
    same, same_error = errors(empty)
    tested, narrow = errors(lifts)
    assert (same.effect == without.effect).all()
    assert same_error == wide
    assert narrow < 0.8 * wide
    missed = abs(media_mix.expected_lifts(without, spend, lifts)[0] - truth)
    assert abs(media_mix.expected_lifts(tested, spend, lifts)[0] - truth) < max(missed, 1500.0)


def test_penalty_draws_a_column_towards_nothing():
    spend, base, outcome = world()
    costs = np.append(np.zeros(7), 1e9)
    mix = media_mix.fit_mix(outcome, spend, base, penalty=costs)
    assert abs(mix.base[-1]) < 1e-3 < abs(media_mix.fit_mix(outcome, spend, base).base[-1])


def test_splits_keep_the_budget_and_the_bounds():
    ways = media_plan.splits(100.0, [40, 60], [[0.5, 1.5], [0.9, 1.5]])
    assert ways.sum(axis=1) == pytest.approx(100)
    assert ways[:, 0].min() == pytest.approx(20)
    assert ways[:, 0].max() == pytest.approx(46)
    assert ways[:, 1].min() == pytest.approx(54)
    assert len(media_plan.splits(500.0, [40, 60], [[0.5, 1.5], [0.5, 1.5]])) == 1


def test_scaled_contributions_are_the_models_own():
    spend, _, _ = world()
    before = np.array([[500.0, 900.0]])
    found = media_plan.scaled_contributions([PLANTED], spend, [[1, 1], [0, 2]], before, 0)[0]
    assert found[0] == pytest.approx(media_mix.contributions(PLANTED, spend, before[0]).sum(axis=0))
    assert found[1] == pytest.approx(media_mix.contributions(PLANTED, spend * [0, 2], before[0]).sum(axis=0))
    later = media_plan.scaled_contributions([PLANTED], spend, [[1, 1]], before, 30)[0]
    assert (later > found[:1]).all()


def test_steady_response_and_its_slope_agree():
    response, marginal = media_plan.steady_response([PLANTED], 1, [1000.0, 1001.0])
    assert response[0, 1] - response[0, 0] == pytest.approx(marginal[0, 0], rel=1e-3)
    long = media_mix.contributions(PLANTED, np.full((200, 2), 1000.0))[-1, 1]
    assert response[0, 0] == pytest.approx(long)


def test_schedule_keeps_months_and_parts_the_channels():
    months = np.repeat([0, 1, 2], [31, 29, 24])
    monthly = np.array([[30_000.0, 60_000], [20_000, 0], [9_000, 50_000]])
    plan = media_plan.experiment_schedule(monthly, months, [0.3, 0.6], seed=1)
    for month in range(3):
        assert plan[months == month].sum(axis=0) == pytest.approx(monthly[month])
    assert (plan == 0).mean(axis=0)[0] > 0.2
    carried = [media_mix.adstock(plan[:, c], d) for c, d in enumerate((0.3, 0.6))]
    assert abs(np.corrcoef(carried)[0, 1]) < 0.15


def test_days_at_zero_would_narrow_the_interval():
    spend, base, _ = world(off=0.0)
    mix = Mix(PLANTED.decay, PLANTED.half, PLANTED.effect, np.append(3000.0, np.zeros(7)), np.zeros(0), 0.0)
    settings = {"noise": 800.0, "daily": [2000, 3000], "simulations": 40, "seed": 1}
    on_and_off = spend * (np.random.default_rng(1).random(spend.shape) > 0.4)
    usual, planned = (
        media_plan.simulated_errors(mix, one, base, np.zeros(8), **settings) for one in (spend, on_and_off)
    )
    assert (planned < 0.7 * usual).all()
