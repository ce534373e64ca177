"""What speaks beside a verdict: null data, stability."""

import numpy as np
import pandas as pd
import pytest

from bank_marketing.methods import cluster_evidence, clustering


@pytest.fixture(scope="module")
def blobs() -> tuple[pd.DataFrame, np.ndarray]:
    """Four blobs on a 2 x 2 grid, of 100, 150, 200 and 250 rows, on scales far apart."""
    rng = np.random.default_rng(5)
    label = np.repeat([0, 1, 2, 3], [100, 150, 200, 250])
    corner = np.array([[0, 0], [8, 0], [0, 8], [8, 8]])[label]
    points = (corner + rng.normal(size=(len(label), 2))) * [1, 1_000]
    return pd.DataFrame(points, columns=["small", "large"]), label


def test_blobs_come_again_in_resamples_and_noise_does_not(blobs):
    noise = pd.DataFrame(np.random.default_rng(3).normal(size=(700, 4)), columns=list("abcd"))

    def stability(frame: pd.DataFrame) -> float:
        groups = clustering.fit_clustering(frame, 4, seed=1, restarts=3)
        agreement = cluster_evidence.bootstrap_stability(frame, groups, seed=1, restarts=3, draws=5)
        return float(agreement.mean())

    assert stability(blobs[0]) > 0.95
    assert stability(noise) < 0.8


def test_shuffled_columns_keep_their_values_and_lose_what_ties_them():
    tied = pd.DataFrame({"x": np.arange(500.0), "y": np.arange(500.0)})

    shuffled = cluster_evidence.permute_columns(tied, seed=4)

    assert sorted(shuffled["y"]) == tied["y"].tolist()
    assert abs(shuffled["x"].corr(shuffled["y"])) < 0.2


def test_shuffling_columns_undoes_what_ties_them_into_groups(blobs):
    frame, label = blobs
    tied = pd.DataFrame({"x": frame["small"], "y": 2 * frame["small"]})

    shuffled = cluster_evidence.null_silhouettes(
        tied, cluster_evidence.permute_columns, 2, method="k_means", seed=1, restarts=3, draws=3
    )

    real = clustering.silhouettes(clustering.fit_scale(tied).apply(tied), label % 2).mean()
    assert len(set(shuffled)) == 3
    assert shuffled.max() < real - 0.1


def test_the_interval_of_draws_holds_the_mean_of_all_draws_in_95_of_100_cases():
    figures = np.random.default_rng(7).normal(0.3, 0.1, size=(2_000, 8))

    intervals = np.array([cluster_evidence.draw_interval(draws) for draws in figures])

    covered = (intervals[:, 1] <= 0.3) & (intervals[:, 2] >= 0.3)
    assert covered.mean() == pytest.approx(0.95, abs=0.015)


def test_a_copula_keeps_values_and_correlation_but_no_groups(blobs):
    rng = np.random.default_rng(2)
    x = rng.lognormal(size=2_000)
    tied = pd.DataFrame({"x": x, "y": x**2 + rng.normal(size=2_000), "count": rng.poisson(1, 2_000)})

    drawn = cluster_evidence.draw_from_copula(tied, seed=4)
    without_groups = cluster_evidence.draw_from_copula(blobs[0], seed=4)

    for name in tied:
        np.testing.assert_array_equal(np.sort(drawn[name]), np.sort(tied[name]))
    before, after = tied.corr(method="spearman"), drawn.corr(method="spearman")
    assert (before - after).abs().to_numpy().max() < 0.06
    joint = blobs[0].corr(method="spearman").iloc[0, 1]
    assert without_groups.corr(method="spearman").iloc[0, 1] == pytest.approx(joint, abs=0.1)
