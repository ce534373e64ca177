"""What is minimal, good and suspicious is said of every metric that is shown."""

from pathlib import Path

import pandas as pd
import pytest
from project_copies import REPOSITORY, Project

LIMITS = Path("seeds", "reference", "campaigns", "limits.csv")


@pytest.fixture
def limits() -> pd.DataFrame:
    return pd.read_csv(REPOSITORY / LIMITS, index_col="metric")


def test_limits_go_one_way(limits):
    known = limits.dropna(subset=["minimal", "good"])
    towards = (known["good"] - known["minimal"]).where(
        lambda step: ~known.index.str.startswith("mean_weight")
    )
    beyond = known["suspicious"] - known["good"]

    assert (towards.dropna() != 0).all()
    assert (towards * beyond).dropna().ge(0).all()


def test_it_is_said_when_an_action_is_new(limits):
    assert limits.loc["new_action_outcomes", "good"] >= 1
    assert 0 < limits.loc["new_action_largest_share", "good"] < 1


def test_every_metric_that_is_shown_has_limits(built_sample: Project, limits):
    shown = built_sample.query("select distinct metric from evaluation.model_metrics order by metric")
    assert len(shown) > 50

    patterns = " or ".join(f"'{{0}}' like '{pattern}'" for pattern in limits.index)
    lacking = [
        metric for (metric,) in shown if not built_sample.query(f"select {patterns.format(metric)}")[0][0]
    ]
    assert lacking == []
