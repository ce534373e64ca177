"""Natural clusters are called so and nothing else is: a small part of studies/segment_verdicts.py."""

import sys

import numpy as np
import pandas as pd
import pytest
from project_copies import REPOSITORY

from bank_marketing.methods import cluster_verdict

sys.path.append(str(REPOSITORY / "studies"))

import segment_verdicts

pytestmark = pytest.mark.slow

NONE = [
    "one Gaussian",
    "one Gaussian, 200 rows",
    "correlated Gaussian (0.8)",
    "lognormal cloud",
    "uniform cube",
    "whole numbers 0 to 9",
    "counts with many zeros",
]
CLUSTERS = [
    "four blobs on a 2 x 2 grid",
    "four blobs on a grid, 8 to 40 %",
    "four blobs in 5 dimensions",
    "two blobs, 300 rows",
]


@pytest.mark.parametrize("case", NONE)
def test_data_without_clusters_are_not_called_clustered(case):
    tried = segment_verdicts.try_case(case, sets=4, restarts=3, draws=4)

    assert not tried["is_clustered"].any()


@pytest.mark.parametrize("case", CLUSTERS)
def test_planted_clusters_are_found_in_their_number(case):
    tried = segment_verdicts.try_case(case, sets=2, restarts=5, draws=4)

    assert tried["is_clustered"].all()
    assert (tried["groups"] == tried["planted"]).all()
    assert tried["agreement"].min() > 0.95


def test_the_half_of_the_test_has_no_part_in_the_fit():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(400, 2)), columns=["x", "y"])
    in_fit = cluster_verdict.halve(400, seed=1)

    moved = frame.copy()
    moved.loc[~in_fit] *= 1_000
    fits = []
    for data in (frame, moved):
        judgement = cluster_verdict.judge(data, seed=1, restarts=3, draws=2)
        fits.append((judgement.method, judgement.criteria["bic"].to_numpy()))

    assert in_fit.sum() == 200
    assert fits[0][0] == fits[1][0]
    np.testing.assert_allclose(fits[0][1], fits[1][1])


def test_thresholds_share_one_per_cent_among_all_pairs():
    frame = pd.DataFrame(np.random.default_rng(1).normal(size=(400, 2)), columns=["x", "y"])

    gaps = cluster_verdict.find_gaps(frame, "k_means", 5, seed=1, restarts=3)

    assert len(gaps) == 10
    assert gaps["threshold"].tolist() == pytest.approx([0.001] * 10)
    assert list(zip(gaps["first"], gaps["second"], strict=True))[:2] == [(1, 2), (1, 3)]


def test_one_pair_without_a_gap_or_a_group_that_does_not_come_again_is_enough_to_say_no():
    gaps = pd.DataFrame({"p_value": [0.0001, 0.0001], "threshold": [0.005, 0.005]})

    def judged(gaps: pd.DataFrame, agreement: float) -> bool:
        judgement = cluster_verdict.Judgement(None, "k_means", None, gaps, np.array([agreement]))
        return judgement.is_clustered

    assert judged(gaps, 0.81)
    assert not judged(gaps, 0.79)
    assert not judged(gaps.assign(p_value=[0.0001, 0.006]), 0.99)


def test_too_few_members_show_no_gap():
    frame = pd.DataFrame(
        {"x": np.concatenate([np.arange(30.0), [1e6, 1e6 + 1, 1e6 + 2]]), "y": np.arange(33.0)}
    )

    gaps = cluster_verdict.find_gaps(frame.head(12), "k_means", 2, seed=1, restarts=3)

    assert (gaps["p_value"] == 1).all()


def test_equal_values_are_spread_up_to_the_middle_and_others_stay():
    frame = pd.DataFrame({"count": [0, 0, 0, 1, 1, 4, 4], "single": [0.5, 1.5, 9, 7, 2, 3, 4]})

    spread = cluster_verdict.spread_ties(frame, seed=1)

    assert spread["single"].tolist() == frame["single"].tolist()
    assert spread["count"].nunique() == 7
    assert (
        spread["count"].between([-0.5] * 3 + [0.5] * 2 + [2.5] * 2, [0.5] * 3 + [2.5] * 2 + [5.5] * 2).all()
    )


def test_binary_features_are_left_out():
    frame = pd.DataFrame({"sex": [0, 1, 0, 1], "same": 1, "age": [1, 2, 3, 4], "three": [1, 2, 3, np.nan]})

    assert list(cluster_verdict.without_binary(frame)) == ["age", "three"]
