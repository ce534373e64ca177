"""Ranking figures: known answers, and ties as the mean over all their orders."""

import itertools

import numpy as np
import pytest

from bank_marketing.methods.ranking import MEASURES, ranking_metrics


def one(score, relevant):
    return {name: values[0] for name, values in ranking_metrics([score], [relevant]).items()}


def test_known_answers():
    found = one([0.9, 0.5, 0.4, 0.1], [False, True, False, True])
    assert found["ndcg_at_3"] == pytest.approx((1 / np.log2(3)) / (1 + 1 / np.log2(3)))
    assert found["recall_at_1"] == 0
    assert found["recall_at_3"] == 0.5
    assert found["mean_reciprocal_rank"] == 0.5


def test_the_best_order_is_one_and_nothing_relevant_is_no_figure():
    assert one([3, 2, 1, 0], [True, True, False, False]) == {
        "ndcg_at_3": 1,
        "recall_at_1": 0.5,
        "recall_at_3": 1,
        "mean_reciprocal_rank": 1,
    }
    assert all(np.isnan(value) for value in one([3, 2, 1], [False] * 3).values())


def test_an_item_that_is_not_ranked_counts_nowhere():
    assert one([np.nan, 2, 1], [True, False, True]) == one([2, 1], [False, True])


@pytest.mark.parametrize("seed", range(12))
def test_ties_are_the_mean_over_all_their_orders(seed):
    random = np.random.default_rng(seed)
    score = random.integers(0, 3, 5).astype(float)
    relevant = random.random(5) < 0.5
    relevant[random.integers(5)] = True
    broken = [one(score + 1e-6 * np.array(order), relevant) for order in itertools.permutations(range(5))]
    found = one(score, relevant)
    for name in MEASURES:
        assert found[name] == pytest.approx(np.mean([figures[name] for figures in broken]))
