"""A small part of the study of how often values of policies are told right: some logs of known truth."""

import sys

import numpy as np
import pandas as pd
import pytest
from project_copies import REPOSITORY

sys.path.append(str(REPOSITORY / "studies"))
import policy_evaluation as study

LOGS = 16


@pytest.fixture(scope="module")
def tried() -> pd.DataFrame:
    return study.summary(study.try_logs(range(LOGS)))


def of(tried: pd.DataFrame, what: str) -> pd.DataFrame:
    found = tried.loc[[what in name for name in tried.index.get_level_values("what")]]
    assert len(found)
    return found.xs("doubly robust", level="estimator")


@pytest.mark.slow
def test_doubly_robust_intervals_hold_the_value_with_estimated_and_with_true_propensities(tried):
    values = of(tried, "value")

    # Of 16 intervals of 95 % fewer than 13 hold in one of a thousand tries.
    assert (values["covered"] >= 13 / LOGS).all()
    assert values["rmse_by_error"].between(0.5, 1.6).all()
    # The value is that of conversions, so an interval is no wider than a tenth of it.
    assert (values["half_width"] < 0.1 * values["truth"]).all()


@pytest.mark.slow
def test_intervals_of_what_choosing_gains_hold_it(tried):
    gains = of(tried, "gain")

    assert len(gains) == 4
    assert (gains["covered"] >= 12 / LOGS).all()


@pytest.mark.slow
def test_the_direct_method_has_no_interval(tried):
    direct = tried.xs("direct method", level="estimator")

    assert direct["half_width"].isna().all()
    assert np.isfinite(direct["rmse"]).all()


def test_the_planted_assignment_is_that_of_the_generator():
    log = study.draw_log(1)
    chances = study.assignment(log.frame)
    got = log.frame.groupby(["campaign_type", "campaign_channel"]).size() / len(log.frame)

    assert chances.sum(axis=1) == pytest.approx(np.ones(len(chances)))
    assert chances.mean(axis=0) == pytest.approx(got.to_numpy(), abs=0.01)
