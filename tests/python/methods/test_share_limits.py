"""Limits of shares: kept on new customers, at the least loss."""

import numpy as np
import pytest
from scipy.optimize import linprog

from bank_marketing.methods.share_limits import limited_chances, share_prices

# Two kinds by three ways: no kind to more than 60 %, no way to more than 40 %.
KINDS, WAYS = np.repeat(np.eye(2), 3, axis=1), np.tile(np.eye(3), 2)
USES, MOST = np.vstack([KINDS, WAYS]), np.array([0.6, 0.6, 0.4, 0.4, 0.4])


def draw_worth(seed: int, customers: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.array([5.0, 4, 3, 3, 2, 1]) + rng.normal(size=(customers, 6))


def test_new_customers_keep_to_the_shares():
    newcomers = draw_worth(2, 4_000)

    chances = limited_chances(newcomers, *share_prices(draw_worth(1, 4_000), USES, MOST))

    assert chances.sum(axis=1) == pytest.approx(np.ones(4_000))
    assert (USES @ chances.mean(axis=0) <= MOST + 0.02).all()
    # Each customer's best would break them.
    assert (USES @ (newcomers == newcomers.max(axis=1, keepdims=True)).mean(axis=0) > MOST + 0.1).any()


def test_the_loss_is_nearly_the_least():
    worth = draw_worth(1, 300)

    chances = limited_chances(worth, *share_prices(worth, USES, MOST))

    best = linprog(
        -worth.ravel() / 300,
        A_ub=np.tile(USES, 300) / 300,
        b_ub=MOST,
        A_eq=np.kron(np.eye(300), np.ones(6)),
        b_eq=np.ones(300),
    )
    earned = (chances * worth).sum(axis=1).mean()
    assert -best.fun - 0.05 < earned < -best.fun + 1e-3
    assert worth.max(axis=1).mean() - earned > 0.2


def test_without_a_limit_that_binds_each_gets_the_best():
    worth = draw_worth(1, 500)
    prices, scale = share_prices(worth, USES, np.ones(5))

    assert prices == pytest.approx(np.zeros(6), abs=1e-6)
    assert (limited_chances(worth, prices, scale).argmax(axis=1) == worth.argmax(axis=1)).all()


def test_equal_customers_are_drawn_among_arms_as_the_shares_allow():
    worth = np.tile([5.0, 4, 3, 3, 2, 1], (100, 1))

    chances = limited_chances(worth, *share_prices(worth, USES, MOST))

    assert (USES @ chances[0] <= MOST + 0.01).all()


def test_what_a_customer_cannot_get_is_not_chosen():
    worth = draw_worth(1, 500)
    worth[:, 0] = -np.inf

    assert limited_chances(worth, *share_prices(worth, USES, MOST))[:, 0].max() == 0
