"""How many groups, who belongs where, and how real they look."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from bank_marketing.methods import clustering


@pytest.fixture(scope="module")
def blobs() -> tuple[pd.DataFrame, np.ndarray]:
    """Four blobs on a 2 x 2 grid, of 100, 150, 200 and 250 rows, on scales far apart."""
    rng = np.random.default_rng(5)
    label = np.repeat([0, 1, 2, 3], [100, 150, 200, 250])
    corner = np.array([[0, 0], [8, 0], [0, 8], [8, 8]])[label]
    points = (corner + rng.normal(size=(len(label), 2))) * [1, 1_000]
    return pd.DataFrame(points, columns=["small", "large"]), label


def test_four_planted_blobs_are_found_as_four_and_the_largest_comes_first(blobs):
    frame, label = blobs

    k = clustering.choose_group_number(clustering.compare_group_numbers(frame, seed=1, restarts=3))
    found, _ = clustering.fit_clustering(frame, k, seed=1, restarts=3).assign(frame)

    assert k == 4
    assert adjusted_rand_score(label, found) > 0.98
    assert np.argsort(-np.bincount(found)).tolist() == [0, 1, 2, 3]


def test_the_same_seed_gives_the_same_centres(blobs):
    first, second = (clustering.fit_clustering(blobs[0], 3, seed=7, restarts=2).centres for _ in range(2))

    np.testing.assert_array_equal(first, second)


def test_strength_is_one_at_the_centre_and_zero_on_the_border():
    scale = clustering.Scale(["x"], np.array([0.0]), np.array([1.0]))
    groups = clustering.Clustering(scale, np.array([[0.0], [4.0]]))

    number, strength = groups.assign(pd.DataFrame({"x": [0.0, 1.0, 2.0, 4.0]}))

    assert number.tolist() == [0, 0, 0, 1]
    np.testing.assert_allclose(strength, [1, 2 / 3, 0, 1])


def test_a_missing_value_counts_as_the_mean(blobs):
    frame, _ = blobs
    groups = clustering.fit_clustering(frame, 4, seed=1, restarts=2)
    unknown, average = frame.head(3).copy(), frame.head(3).copy()
    unknown["small"], average["small"] = np.nan, frame["small"].mean()

    np.testing.assert_allclose(groups.scale.apply(unknown), groups.scale.apply(average), atol=1e-12)


def test_a_constant_feature_moves_nobody(blobs):
    frame, label = blobs
    constant = frame.assign(same=3.0)

    found, _ = clustering.fit_clustering(constant, 4, seed=1, restarts=3).assign(constant)

    assert adjusted_rand_score(label, found) > 0.98


def test_hopkins_tells_blobs_from_uniform_rows(blobs):
    uniform = pd.DataFrame(np.random.default_rng(2).random((2_000, 3)), columns=list("abc"))

    assert clustering.hopkins_statistic(uniform, seed=1, draws=4).mean() == pytest.approx(0.5, abs=0.06)
    assert clustering.hopkins_statistic(blobs[0], seed=1, draws=4).min() > 0.8


def test_blobs_come_again_in_resamples_and_noise_does_not(blobs):
    noise = pd.DataFrame(np.random.default_rng(3).normal(size=(700, 4)), columns=list("abcd"))

    def stability(frame: pd.DataFrame) -> float:
        groups = clustering.fit_clustering(frame, 4, seed=1, restarts=3)
        agreement = clustering.bootstrap_stability(frame, groups, seed=1, restarts=3, draws=5)
        return float(agreement.mean())

    assert stability(blobs[0]) > 0.95
    assert stability(noise) < 0.8


def test_shuffled_columns_keep_their_values_and_lose_what_ties_them():
    tied = pd.DataFrame({"x": np.arange(500.0), "y": np.arange(500.0)})

    shuffled = clustering.permute_columns(tied, seed=4)

    assert sorted(shuffled["y"]) == tied["y"].tolist()
    assert abs(shuffled["x"].corr(shuffled["y"])) < 0.2


def test_shuffling_columns_undoes_what_ties_them_into_groups(blobs):
    frame, label = blobs
    tied = pd.DataFrame({"x": frame["small"], "y": 2 * frame["small"]})

    shuffled = clustering.silhouette_of_shuffled_columns(tied, 2, seed=1, restarts=3, draws=3)

    real = clustering.silhouettes(clustering.fit_scale(tied).apply(tied), label % 2, seed=1).mean()
    assert len(set(shuffled)) == 3
    assert shuffled.max() < real - 0.1


def test_a_silhouette_is_of_at_most_2000_rows_and_undefined_within_one_group():
    points = np.random.default_rng(6).normal(size=(2_500, 2))
    label = (points[:, 0] > 0).astype(int)
    alone = np.zeros(2_500, dtype=int)

    assert len(clustering.silhouettes(points, label, seed=1)) == 2_000
    assert np.isnan(clustering.silhouettes(points, alone, seed=1)).all()


def test_a_number_of_groups_without_silhouette_ranks_last_by_it():
    criteria = pd.DataFrame(
        {
            "silhouette": [np.nan, 0.4, 0.3, 0.2],
            "calinski_harabasz": [40, 30, 20, 10],
            "bic": [10, 20, 30, 40],
        },
        index=[2, 3, 4, 5],
    )

    assert clustering.choose_group_number(criteria) == 3


def test_the_interval_of_draws_holds_the_mean_of_all_draws_in_95_of_100_cases():
    figures = np.random.default_rng(7).normal(0.3, 0.1, size=(2_000, 8))

    intervals = np.array([clustering.draw_interval(draws) for draws in figures])

    covered = (intervals[:, 1] <= 0.3) & (intervals[:, 2] >= 0.3)
    assert covered.mean() == pytest.approx(0.95, abs=0.015)
