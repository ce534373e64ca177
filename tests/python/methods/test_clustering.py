"""How many groups, and who belongs where."""

from dataclasses import asdict

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

    nominees = clustering.nominate_candidates(clustering.compare_candidates(frame, seed=1, restarts=3))
    found, _ = clustering.fit_clustering(frame, 4, seed=1, restarts=3).assign(frame)

    assert nominees == [("k_means", 4)]
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


def test_a_mixture_finds_long_clusters_that_k_means_cuts():
    rng = np.random.default_rng(8)
    label = np.repeat([0, 1], 400)
    points = np.array([[0, 0], [0, 6]])[label] + rng.normal(size=(800, 2)) * [4, 0.7]
    frame = pd.DataFrame(points @ np.array([[1, 0.5], [0, 1]]), columns=["x", "y"])

    def agreement(method: str) -> float:
        groups = clustering.fit_clustering(frame, 2, method=method, seed=1, restarts=5)
        return adjusted_rand_score(label, groups.assign(frame)[0])

    assert agreement("gaussian_mixture") > 0.95
    assert agreement("k_means") < 0.5


@pytest.mark.parametrize("n_features", [2, 12])
def test_a_mixture_from_plain_arrays_assigns_as_the_one_it_was_made_of(n_features):
    rng = np.random.default_rng(9)
    frame = pd.DataFrame(rng.normal(size=(300, n_features)) + 4 * rng.integers(0, 2, (300, 1)))
    frame.columns = [f"x{column}" for column in frame]

    groups = clustering.fit_clustering(frame, 2, method="gaussian_mixture", seed=1, restarts=3)
    number, strength = clustering.Clustering.load(asdict(groups)).assign(frame)

    mixture = clustering._fit_mixture(groups.scale.apply(frame), groups.centres, 1)
    probabilities = mixture.predict_proba(groups.scale.apply(frame))
    assert (number == probabilities.argmax(axis=1)).mean() == 1
    assert strength.min() >= 0
    assert strength.max() <= 1
    low, high = np.sort(probabilities, axis=1)[:, -2:].T
    np.testing.assert_allclose(strength, 1 - low / high, atol=0.01)


def test_the_criteria_look_at_no_more_rows_than_they_need_and_at_the_same():
    frame = pd.DataFrame({"x": np.arange(5_000.0), "y": 1.0})

    sample = clustering.take_sample(frame, seed=1)

    assert len(sample) == clustering.SAMPLE_ROWS
    assert sample["x"].is_monotonic_increasing
    pd.testing.assert_frame_equal(sample, clustering.take_sample(frame, seed=1))


def test_a_silhouette_is_undefined_within_one_group():
    points = np.random.default_rng(6).normal(size=(100, 2))

    assert np.isnan(clustering.silhouettes(points, np.zeros(100, dtype=int))).all()
    assert np.isnan(clustering.silhouettes(points, np.arange(100))).all()


def test_each_criterion_nominates_its_best_and_of_equals_the_simplest():
    index = pd.MultiIndex.from_product([["gaussian_mixture", "k_means"], [3, 2]], names=["method", "k"])
    same = pd.DataFrame({"silhouette": 0.3, "calinski_harabasz": 9.0, "bic": 5.0}, index=index)

    assert clustering.nominate_candidates(same) == [("k_means", 2)]
    same.loc[("k_means", 2), "silhouette"] = np.nan
    same.loc[("gaussian_mixture", 3), ["bic", "silhouette"]] = 4.0, 0.35
    assert sorted(clustering.nominate_candidates(same)) == [
        ("gaussian_mixture", 3),
        ("k_means", 2),
    ]
    same.loc[("gaussian_mixture", 3), "silhouette"] = 0.3005
    assert clustering.nominate_candidates(same) == [("k_means", 3), ("k_means", 2)]
