"""Rankings of customers by value: perfect, by chance, with ties; the choice of a candidate."""

import numpy as np
import pytest

from bank_marketing.methods import value_ranking


@pytest.fixture
def brought() -> np.ndarray:
    return np.random.default_rng(1).exponential(100, 2_000) * (np.random.default_rng(2).random(2_000) < 0.5)


def test_perfect_ranking_is_one_and_its_reverse_minus_one(brought):
    assert value_ranking.gini(brought, 3 * brought) == pytest.approx(1)
    assert value_ranking.gini(brought, -brought) == pytest.approx(-1)
    assert value_ranking.gini(brought, np.zeros(len(brought))) == pytest.approx(0)
    assert np.isnan(value_ranking.gini(np.ones(5), np.arange(5)))


def test_gini_is_the_area_between_the_curves():
    brought, predicted = np.array([0.0, 1, 3, 6]), np.array([2.0, 1, 3, 4])

    def area(order: np.ndarray) -> float:
        return float(np.cumsum(brought[order]).sum() / brought.sum() - (len(brought) + 1) / 2)

    expected = area(np.argsort(-predicted)) / area(np.argsort(-brought))
    assert value_ranking.gini(brought, predicted) == pytest.approx(expected)


def test_order_of_rows_and_of_ties_changes_nothing(brought):
    predicted = np.round(brought / 50)
    mixed = np.random.default_rng(3).permutation(len(brought))
    for metric in value_ranking.METRICS.values():
        assert metric(brought[mixed], predicted[mixed]) == pytest.approx(metric(brought, predicted))
    assert value_ranking.top_tenth_share(brought, np.ones(len(brought))) == pytest.approx(0.1)


@pytest.mark.slow
def test_simplest_candidate_that_cannot_be_told_from_the_best_is_chosen(brought):
    rng = np.random.default_rng(4)
    good, as_good = brought + rng.normal(0, 60, (2, len(brought)))
    poor = brought + rng.normal(0, 900, len(brought))

    def chosen(candidates: list[np.ndarray]) -> int:
        drawn = value_ranking.resampled_metrics(brought, candidates, resamples=100, seed=1)
        return value_ranking.choose(drawn["gini"], [value_ranking.gini(brought, one) for one in candidates])

    assert chosen([good, as_good]) == 0
    assert chosen([as_good, good]) == 0
    assert chosen([poor, good, as_good]) == 1


def test_tenths_hold_equal_predictions_together():
    found = value_ranking.tenths(np.append(np.arange(90), np.full(10, 200.0)))
    assert set(found[-10:]) == {1}
    assert found[0] == 10
