"""Drivers are found and noise is called noise: a small part of studies/noise_drivers.py."""

import sys

import numpy as np
import pandas as pd
import pytest
from project_copies import REPOSITORY

from bank_marketing.methods.importance import held_out_importances

sys.path.append(str(REPOSITORY / "studies"))
import noise_drivers as study
from sample_customers import sample_customers

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("case", list(study.CASES))
def test_noise_is_no_driver(case):
    tried = study.try_case(case, sets=3)

    assert tried[[study.NOISE, "c"]].to_numpy().sum() <= 1


@pytest.mark.parametrize("case", ["number, two drivers", "yes or no by thresholds, two drivers"])
def test_drivers_are_found(case):
    tried = study.try_case(case, sets=2)

    assert tried[list(study.REAL)].to_numpy().mean() >= 0.75


def test_planted_drivers_of_the_sample_are_found_and_its_noise_is_not():
    customers = sample_customers()
    told = pd.DataFrame([study.try_sample(customers, seed=1)])

    # At least 95 of 100 in the study.
    assert told[list(study.PLANTED)].to_numpy().mean() >= 0.95
    assert not told[list(study.PLANTED_NOISE)].to_numpy().any()


def test_what_could_have_been_seen_lies_above_the_half_width(found):
    table = found.table[found.table["feature"] != "unknown"]

    half = table["importance_high"] - table["importance"]
    assert (table["smallest_detectable_importance"] > half).all()
    assert (table["smallest_detectable_importance"] < 2 * half).all()


@pytest.fixture(scope="module")
def found():
    rng = np.random.default_rng(1)
    features = pd.DataFrame({"dose": rng.uniform(0, 10, 800), "arm": rng.choice(["new", "old"], 800)}).astype(
        {"arm": object}
    )
    features["unknown"] = np.nan
    features.loc[:50, "dose"] = np.nan
    outcome = 2 * features["dose"].fillna(5) + 4 * (features["arm"] == "new") + rng.normal(size=800)
    return held_out_importances(features, outcome, repeats=1, permutations=2, seed=1)


def test_skill_is_the_share_of_the_variance_that_is_explained(found):
    assert found.skill[1] < found.skill[0] < found.skill[2]
    assert 0.8 < found.skill[0] < 1


def test_curves_follow_what_was_planted(found):
    dose = found.curves[found.curves["feature"] == "dose"]
    arm = found.curves[found.curves["feature"] == "arm"].set_index("level")["predicted"]

    assert dose["number"].is_monotonic_increasing
    assert dose["predicted"].iloc[-1] - dose["predicted"].iloc[0] == pytest.approx(18, abs=2)
    assert arm["new"] - arm["old"] == pytest.approx(4, abs=1)
    assert (found.curves["predicted_low"] <= found.curves["predicted_high"]).all()


def test_feature_without_any_value_is_worth_nothing(found):
    unknown = found.table.set_index("feature").loc["unknown"]

    assert unknown["importance"] == 0
