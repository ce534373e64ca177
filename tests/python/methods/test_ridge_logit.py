"""Logistic models by Newton's method agree with scikit-learn's, shared terms with their design."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from bank_marketing.methods.pair_logit import Penalty, fit_pairs, predict_pairs
from bank_marketing.methods.ridge_logit import fit_multinomial, predict_multinomial


@pytest.fixture
def x() -> np.ndarray:
    rng = np.random.default_rng(1)
    return np.column_stack([np.ones(400), rng.normal(size=(400, 3))])


def test_two_kinds_are_a_logistic_regression(x):
    kind = (np.random.default_rng(2).random(400) < 1 / (1 + np.exp(-x[:, 1]))).astype(np.int64)
    penalty = np.array([1e-9, 2.0, 2.0, 2.0])

    fitted = fit_multinomial(x, kind, 2, penalty=penalty)
    other = LogisticRegression(C=0.5, tol=1e-10).fit(x[:, 1:], kind)

    assert fitted[0] == pytest.approx(np.r_[other.intercept_, other.coef_[0]], abs=1e-4)


def test_chances_of_several_kinds_follow_what_made_them(x):
    rng = np.random.default_rng(3)
    planted = np.array([[0.5, 1.0, 0.0, 0.0], [-0.5, 0.0, -1.0, 0.0]])
    rows = np.column_stack([np.ones(20_000), rng.normal(size=(20_000, 3))])
    chances = predict_multinomial(rows, planted)
    kind = (rng.random((len(rows), 1)) > chances.cumsum(axis=1)).sum(axis=1)

    fitted = fit_multinomial(rows, kind, 3, penalty=np.full(4, 1e-6))

    assert fitted == pytest.approx(planted, abs=0.1)
    assert chances.sum(axis=1) == pytest.approx(1)


def test_the_start_only_saves_steps(x):
    kind = np.random.default_rng(4).integers(0, 3, 400)
    penalty = np.ones(4)

    from_nothing = fit_multinomial(x, kind, 3, penalty=penalty)
    from_elsewhere = fit_multinomial(x, kind, 3, penalty=penalty, start=from_nothing + 1)

    assert from_elsewhere == pytest.approx(from_nothing, abs=1e-5)


def test_perfect_separation_stays_finite(x):
    kind = (x[:, 1] > 0).astype(np.int64)

    assert np.isfinite(fit_multinomial(x, kind, 2, penalty=np.full(4, 1e-3))).all()


def test_shared_terms_are_one_regression_on_traits_by_choices(x):
    rng = np.random.default_rng(5)
    first, second = rng.integers(0, 2, 400), rng.integers(0, 3, 400)
    outcome = (rng.random(400) < 1 / (1 + np.exp(-x[:, 1] * (first - 0.5)))).astype(float)
    fitted = fit_pairs(
        x, first, second, outcome, shape=(2, 3), penalty=Penalty(shared=1.0, own=1.0, traits=1.0)
    )
    blocks = [x[:, 1:]]
    blocks += [x * (first == level)[:, None] for level in range(2)]
    blocks += [x * (second == level)[:, None] for level in range(3)]
    other = LogisticRegression(C=1.0, tol=1e-10, max_iter=5_000).fit(np.hstack(blocks), outcome)

    chance = predict_pairs(x, fitted, shape=(2, 3))[np.arange(400), first * 3 + second]

    assert chance == pytest.approx(other.predict_proba(np.hstack(blocks))[:, 1], abs=1e-3)


def test_a_high_penalty_makes_customers_alike(x):
    rng = np.random.default_rng(6)
    first, second = rng.integers(0, 2, 400), rng.integers(0, 2, 400)
    outcome = (rng.random(400) < np.where(first == (x[:, 1] > 0), 0.8, 0.3)).astype(float)

    def gaps(traits: float) -> np.ndarray:
        fitted = fit_pairs(x, first, second, outcome, shape=(2, 2), penalty=Penalty(traits=traits))
        chance = predict_pairs(x, fitted, shape=(2, 2))
        return chance[:, 2] - chance[:, 0]

    assert gaps(1.0).std() > 0.2
    assert gaps(1e6).std() < 0.02
