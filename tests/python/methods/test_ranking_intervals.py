"""Intervals of rankings hold what they are about: a small part of studies/ranking_intervals.py."""

import sys

import pandas as pd
import pytest
from project_copies import REPOSITORY

sys.path.append(str(REPOSITORY / "studies"))
import ranking_intervals as study

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def summary() -> pd.DataFrame:
    tried = pd.concat([study.try_file("logistic", 2_000, seed) for seed in range(1, 25)])
    return study.summarise(tried).set_index("metric")


@pytest.mark.parametrize("metric", list(study.METRICS))
def test_intervals_hold_the_metric_of_the_recipe_and_are_as_wide_as_files_differ(summary, metric):
    found = summary.loc[metric]

    assert found["held"] >= 0.85
    assert found["width_ratio"] == pytest.approx(1, abs=0.3)
    assert found["greatest_half"] < 1.3 * found["least_half"]
