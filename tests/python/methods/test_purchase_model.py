"""BG/NBD, Gamma-Gamma and the shifted beta-geometric model: known answers, planted truths, odd input."""

import numpy as np
import pytest
from scipy import integrate

from bank_marketing.methods import cohort_retention, purchase_model, spend_model

BG_NBD = np.array([0.5, 10.0, 0.8, 2.5])
GAMMA_GAMMA = np.array([6.0, 4.0, 15.0])


def drawn_customers(n: int, seed: int, chance: tuple[float, float] = (0.8, 2.5)) -> tuple[np.ndarray, ...]:
    """Draw customers by BG/NBD and the mean of their purchases by Gamma-Gamma."""
    rng = np.random.default_rng(seed)
    age, rate, leaves = rng.uniform(20, 52, n), rng.gamma(0.5, 1 / 10.0, n), rng.beta(*chance, n)
    repeats, last, time = np.zeros(n), np.zeros(n), rng.exponential(1 / rate)
    is_there = time < age
    while is_there.any():
        repeats[is_there] += 1
        last[is_there] = time[is_there]
        is_there &= rng.random(n) > leaves
        time = time + rng.exponential(1 / rate)
        is_there &= time < age
    mean = rng.gamma(6.0 * np.maximum(repeats, 1)) / np.maximum(repeats, 1) / rng.gamma(4.0, 1 / 15.0, n)
    return repeats, last, age, mean


def test_log_likelihood_of_a_customer_is_the_published_one():
    found = purchase_model.log_likelihoods((0.25, 4.0, 0.8, 2.5), [0, 200], [0, 38], [40, 40])
    assert found == pytest.approx([-0.59947, 100.7957], rel=1e-5)


def test_shifted_beta_geometric_is_the_published_fit():
    shares = np.array([100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1])
    fitted = cohort_retention.fit_retention(-np.diff(shares), [0] * 6 + [24.1])
    assert fitted.parameters == pytest.approx([0.704, 1.182], rel=1e-3)
    assert 100 * cohort_retention.survival(fitted.parameters, 7) == pytest.approx(shares, abs=1.0)


def test_planted_parameters_are_found_again():
    repeats, last, age, mean = drawn_customers(5_000, seed=1)
    fitted = purchase_model.fit_purchases(repeats, last, age)
    planted = purchase_model.log_likelihoods(BG_NBD, repeats, last, age).sum()
    assert fitted.log_likelihood >= planted
    assert (np.abs(np.log(fitted.parameters / BG_NBD)) < 2.6 * fitted.log_errors).all()
    bought = repeats > 0
    spend = spend_model.fit_spend(repeats[bought], mean[bought])
    assert (np.abs(np.log(spend.parameters / GAMMA_GAMMA)) < 2.6 * spend.log_errors).all()


@pytest.mark.parametrize("chance", [(0.8, 2.5), (1e6, 4e6), (1e-6, 1.0)], ids=["spread", "same", "nobody"])
def test_unit_of_time_and_money_and_order_of_rows_change_nothing(chance):
    """Also where all leave with one chance, or nobody does: the likelihood is flat in a and b."""
    repeats, last, age, mean = drawn_customers(800, seed=1, chance=chance)
    weeks = purchase_model.fit_purchases(repeats, last, age)
    days = purchase_model.fit_purchases(repeats[::-1], 7 * last[::-1], 7 * age[::-1])
    assert days.has_converged
    assert weeks.has_converged
    assert days.parameters == pytest.approx(weeks.parameters * [1, 7, 1, 1], rel=1e-6)
    assert days.log_errors == pytest.approx(weeks.log_errors, rel=1e-4)
    assert days.log_likelihood == pytest.approx(weeks.log_likelihood - repeats.sum() * np.log(7), abs=1e-6)
    bought = repeats > 0
    cents = spend_model.fit_spend(repeats[bought], 100 * mean[bought])
    assert cents.parameters == pytest.approx(
        spend_model.fit_spend(repeats[bought], mean[bought]).parameters * [1, 1, 100], rel=1e-6
    )


def test_one_chance_of_leaving_is_found_with_its_error():
    repeats, last, age, _ = drawn_customers(3_000, seed=4, chance=(1e6, 4e6))
    fitted = purchase_model.fit_purchases(repeats, last, age)
    _, _, a, b = fitted.parameters
    # a + b ends at its bound and counts as known: the error of log a is that of the logarithm of the chance.
    assert a + b > 1e5
    assert abs(np.log(a / (a + b) / 0.2)) < 2.6 * fitted.log_errors[2] < 0.3
    assert np.isfinite(fitted.draws(5, np.random.default_rng(1))).all()


def test_where_the_gradient_leads_nowhere_the_simplex_finds_the_top():
    top = np.array([0.3, -0.7])

    def likelihood(logs):
        # A ridge with a kink: no slope is zero, not at the top either.
        away = logs - top
        value = -np.abs(away).sum() - 5 * np.abs(away[0] + away[1])
        return value, -np.sign(away) - 5 * np.sign(away[0] + away[1])

    fitted = purchase_model.maximise(likelihood, [(1.0, 1.0), (-2.0, 0.0)], (1.0, 10.0))
    assert fitted.parameters == pytest.approx(np.exp(top) * [1, 10], rel=1e-3)
    assert not fitted.has_converged


@pytest.mark.parametrize(
    "parameters",
    [(0.24, 4.41, 0.79, 2.43), (0.5, 3, 0.2, 0.3), (0.5, 3, 1, 2), (1.5, 3, 1e5, 1e5), (0.5, 30, 1e-5, 1e2)],
)
def test_expected_purchases_are_the_mean_over_chances_of_leaving(parameters):
    r, alpha, a, b = parameters
    repeats, last, age = np.array([0, 1, 12, 400]), np.array([0, 3, 35, 39.0]), np.full(4, 40.0)
    found = purchase_model.expected_purchases(parameters, repeats, last, age, 39.0)
    chance = np.random.default_rng(1).beta(a, b + repeats[:, None], (4, 200_000)) + 1e-12
    stays = 1 - ((alpha + 40) / (alpha + 40 + chance * 39)) ** (r + repeats[:, None])
    alive = purchase_model.probability_alive(parameters, repeats, last, age)
    assert found == pytest.approx((stays / chance).mean(axis=1) * alive, rel=0.02)


def test_many_purchases_and_single_orders_give_finite_values():
    repeats, last, age, _ = drawn_customers(500, seed=2)
    repeats, last, age = np.append(repeats, [400, 0]), np.append(last, [51, 0]), np.append(age, [52, 52])
    parameters = purchase_model.fit_purchases(repeats, last, age).parameters
    assert np.isfinite(purchase_model.expected_purchases(parameters, repeats, last, age, 26)).all()
    alive = purchase_model.probability_alive(parameters, repeats, last, age)
    assert ((alive >= 0) & (alive <= 1)).all()
    assert alive[-1] == 1


def test_density_of_the_mean_purchase_integrates_to_one():
    area, _ = integrate.quad(lambda m: np.exp(spend_model.log_likelihoods((6, 4, 15), 3, m)), 0, np.inf)
    assert area == pytest.approx(1, abs=1e-6)


def test_expected_spend_moves_from_everybody_to_the_customer():
    few, many = spend_model.expected_spend((6, 4, 15), [0, 1000], [0, 100])
    assert few == pytest.approx(6 * 15 / 3)
    assert many == pytest.approx(100, rel=0.01)


@pytest.mark.parametrize("last", [[5.0, 41.0], [-1.0, 1.0], [np.nan, 1.0]])
def test_purchases_outside_of_a_customers_time_are_refused(last):
    with pytest.raises(ValueError, match="between"):
        purchase_model.fit_purchases([1, 1], last, [40, 40])


def test_nobody_who_buys_twice_is_said():
    with pytest.raises(ValueError, match="bought twice"):
        purchase_model.fit_purchases([0, 0], [0, 0], [40, 40])
