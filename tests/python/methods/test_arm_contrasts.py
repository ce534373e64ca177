"""Contrasts find planted effects and say how far to trust them: a small part of studies/arm_contrasts.py."""

import sys

import numpy as np
import pandas as pd
import pytest
from project_copies import REPOSITORY

from bank_marketing.methods import arm_contrasts as contrasts
from bank_marketing.methods.design import design_matrix

sys.path.append(str(REPOSITORY / "studies"))
import arm_contrasts as study

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def confounded() -> pd.DataFrame:
    return study.try_case("planted confounder", sets=20)


def test_intervals_hold_the_planted_effects_as_often_as_they_say(confounded):
    assert 0.85 <= confounded["is_covered"].mean() <= 1


def test_planted_confounder_fools_the_plain_difference_only(confounded):
    error = (confounded[["estimate", "naive"]].sub(confounded["truth"], axis=0)).abs().mean()

    assert confounded["is_naive_covered"].mean() < 0.7
    assert error["estimate"] < error["naive"] / 2


def test_wrong_model_of_the_outcome_does_no_harm_where_the_arms_model_is_right():
    tried = study.try_case("outcome by thresholds, which no logistic model fits", sets=20)

    assert tried["is_covered"].mean() >= 0.85
    assert (tried["estimate"] - tried["truth"]).mean() == pytest.approx(0, abs=0.02)


def test_heterogeneity_is_found_where_it_was_planted_and_not_elsewhere():
    planted = study.try_case("planted confounder, effect differs by trait", sets=10)
    nothing = study.try_case("planted confounder, no effect", sets=10)

    # The pair whose effects differ most among customers.
    assert (planted["heterogeneity_p_value"][1::3] < 0.05).mean() >= 0.7
    assert (nothing["heterogeneity_p_value"] < 0.05).mean() <= 0.2


@pytest.fixture
def scores() -> contrasts.ArmScores:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(600, 2))
    arm = np.argmax(np.column_stack([np.zeros(600), x[:, 0]]) + rng.gumbel(size=(600, 2)), axis=1)
    outcome = (rng.random(600) < 0.6).astype(np.int64)
    return contrasts.cross_fit_arms(x, arm, outcome, seed=1)


def test_weighting_makes_groups_alike_in_what_decided_the_arm(scores):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(600, 2))
    one, other = contrasts.weights_of_sides(scores, contrasts.pair_contrast(2, 0, 1))

    before = contrasts.standardised_differences(x, (one > 0) * 1.0, (other > 0) * 1.0)
    after = contrasts.standardised_differences(x, one, other)

    assert abs(before[0]) > 0.5
    assert abs(after[0]) < 0.1


def test_against_the_rest_is_the_mix_of_the_others_as_they_occur():
    weights = contrasts.rest_contrast(np.array([0, 1, 1, 1, 2]), 0)

    assert weights == pytest.approx([1, -0.75, -0.25])


def test_same_seed_gives_the_same_scores():
    rng = np.random.default_rng(2)
    x, arm, outcome = rng.normal(size=(200, 2)), rng.integers(0, 2, 200), rng.integers(0, 2, 200)

    first, second = (contrasts.cross_fit_arms(x, arm, outcome, repeats=2, seed=3).score for _ in range(2))

    assert (first == second).all()


def test_arm_without_any_event_is_estimated_as_never():
    rng = np.random.default_rng(2)
    x, arm = rng.normal(size=(400, 2)), np.repeat([0, 1], 200)
    outcome = np.where(arm == 0, 0, rng.integers(0, 2, 400))

    scores = contrasts.cross_fit_arms(x, arm, outcome, seed=1)

    assert scores.score[:, 0].mean() == 0


def test_rare_arms_count_as_the_least_propensity_and_are_reported():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(2_000, 1))
    arm = (rng.random(2_000) < 1 / (1 + np.exp(-(4 * x[:, 0] - 2)))).astype(np.int64)

    scores = contrasts.cross_fit_arms(x, arm, rng.integers(0, 2, 2_000), seed=1)

    assert scores.propensity.min() == contrasts.LEAST_PROPENSITY
    assert scores.raised.any()


def test_e_value_has_its_published_answer():
    # VanderWeele and Ding (2017): a risk ratio of 3.9 has an E-value of 7.26.
    assert contrasts.e_value(3.9) == pytest.approx(7.26, abs=0.005)
    assert contrasts.e_value(1 / 3.9) == pytest.approx(contrasts.e_value(3.9))
    assert contrasts.e_value(1) == 1


def test_interval_that_holds_no_difference_has_no_robustness(scores):
    of_estimate, of_interval = contrasts.e_values(scores, contrasts.pair_contrast(2, 0, 1))

    assert of_estimate >= of_interval == 1


def test_joint_intervals_are_wider_and_p_values_larger():
    estimate = contrasts.estimate_of(0.05, 0.02, comparisons=10)

    assert estimate.joint_low < estimate.low < estimate.value < estimate.high < estimate.joint_high
    assert estimate.p_value_corrected == pytest.approx(10 * estimate.p_value)


def test_effective_rows_count_equal_weights_whole():
    assert contrasts.effective_rows(np.array([2.0, 2.0, 0.0])) == 2
    assert contrasts.effective_rows(np.array([100.0, 1.0])) < 1.1


def test_effect_on_the_treated_is_theirs_and_not_everybodys():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(4_000, 1))
    treated = (rng.random(4_000) < 1 / (1 + np.exp(-x[:, 0]))).astype(np.int64)
    gain = 10 + 5 * x[:, 0]
    outcome = 3 * x[:, 0] + treated * gain + rng.normal(size=4_000)

    effect, controls = contrasts.effect_on_treated(x, treated, outcome, seed=1)

    assert effect.low < gain[treated == 1].mean() < effect.high
    assert effect.low > 10
    assert controls < (treated == 0).sum()


def test_design_marks_what_is_missing_and_drops_what_is_constant():
    frame = pd.DataFrame({"age": [20, None, 40, 60], "same": [1, 1, 1, 1], "kind": ["a", "b", None, "a"]})

    design = design_matrix(frame, ["age", "same"], ["kind"])

    assert list(design) == ["age is missing", "age", "age squared", "kind: a", "kind: b"]
    assert design.mean().to_numpy() == pytest.approx(0)
    assert design.std(ddof=0).to_numpy() == pytest.approx(1)
