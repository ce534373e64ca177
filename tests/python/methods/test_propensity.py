import numpy as np
import pandas as pd
import pytest
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_limits

from bank_marketing.methods.calibration import expected_calibration_error
from bank_marketing.methods.metrics import log_loss
from bank_marketing.methods.propensity import (
    default_candidates,
    fit_propensities,
    fit_propensity,
    predict_propensity,
    prepare_features,
    reason_for_insufficient_data,
)

pytestmark = pytest.mark.slow

NUMERIC, CATEGORICAL = ["x"], ["kind"]


@pytest.fixture(scope="module", autouse=True)
def one_native_thread():
    """Fit as a build does: on a busy machine, threads that wait for each other take many times as long."""
    with threadpool_limits(1):
        yield


def rows(size: int, log_odds) -> tuple[pd.DataFrame, np.ndarray]:
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"x": random.normal(size=size), "kind": random.choice(["a", "b"], size=size)})
    probability = 1 / (1 + np.exp(-log_odds(frame)))
    return prepare_features(frame, NUMERIC, CATEGORICAL), (random.uniform(size=size) < probability).astype(
        int
    )


def fit(features: pd.DataFrame, outcome: np.ndarray) -> dict:
    candidates = default_candidates(NUMERIC, CATEGORICAL, seed=1)
    return fit_propensity(features, outcome, candidates, inner_folds=3, seed=1)


def test_line_is_found_by_logistic_regression():
    assert fit(*rows(2000, lambda frame: frame["x"]))["candidate"] == "logistic_regression"


def test_threshold_is_found_by_boosting():
    assert (
        fit(*rows(2000, lambda frame: 4.0 * (frame["x"].abs() > 1) - 2))["candidate"] == "gradient_boosting"
    )


def test_points_are_found_by_the_scorecard():
    random = np.random.default_rng(2)
    features = pd.DataFrame(random.uniform(size=(2000, 9)), columns=list("abcdefghi"))
    enough = (features > 0.3).sum(axis=1) >= 6
    outcome = (random.uniform(size=2000) < np.where(enough, 0.95, 0.05)).astype(int)

    model = fit_propensity(
        features, outcome, default_candidates(list("abcdefghi"), [], seed=1), inner_folds=3, seed=1
    )

    assert model["candidate"] == "points_scorecard"


def test_candidates_come_best_first_and_the_first_is_the_choice():
    features, outcome = rows(1000, lambda frame: frame["x"])
    candidates = default_candidates(NUMERIC, CATEGORICAL, seed=1)

    fitted = fit_propensities(features, outcome, candidates, inner_folds=3, seed=1)

    losses = [model["log_loss"][model["calibration"]] for model in fitted.values()]
    assert set(fitted) == set(candidates)
    assert losses == sorted(losses)
    assert fit(features, outcome)["candidate"] == next(iter(fitted))


def test_a_model_of_several_members_predicts_their_mean():
    # Artefacts of earlier releases hold such models.
    features, outcome = rows(1000, lambda frame: frame["x"])
    plain = [
        {**model, "calibrator": {"kind": "none"}}
        for model in fit_propensities(
            features, outcome, default_candidates(NUMERIC, CATEGORICAL, seed=1), inner_folds=3, seed=1
        ).values()
    ]
    both = {**plain[0], "models": [plain[0]["models"][0], plain[1]["models"][0]]}

    parts = [predict_propensity(model, features) for model in plain[:2]]
    assert predict_propensity(both, features) == pytest.approx(np.mean(parts, axis=0))


def test_calibration_is_none_unless_another_one_helps():
    features, outcome = rows(3000, lambda frame: frame["x"])
    line = {"line": default_candidates(NUMERIC, CATEGORICAL, seed=1)["logistic_regression"]}
    naive = {"naive": make_pipeline(GaussianNB())}
    # Four copies of one number count four times for naive Bayes, which grows far too certain.
    copies = pd.DataFrame(dict.fromkeys("abcd", features["x"]))

    assert fit_propensity(features, outcome, line, inner_folds=3, seed=1)["calibration"] == "none"
    assert fit_propensity(copies, outcome, naive, inner_folds=3, seed=1)["calibration"] != "none"


def test_calibration_is_learned_on_rows_that_the_candidate_has_not_seen():
    # A full tree on noise is certain of every row: rightly of those it has seen, for no reason of new ones.
    random = np.random.default_rng(1)
    features = pd.DataFrame(random.normal(size=(4000, 3)), columns=["a", "b", "c"])
    outcome = (random.uniform(size=4000) < 0.3).astype(int)
    tree = {"tree": make_pipeline(DecisionTreeClassifier(random_state=1))}

    model = fit_propensity(features[:2000], outcome[:2000], tree, inner_folds=3, seed=1)
    probability = predict_propensity(model, features[2000:])

    no_skill = log_loss(outcome[2000:], np.full(2000, 0.3))
    assert log_loss(outcome[2000:], probability) == pytest.approx(no_skill, abs=0.02)
    assert expected_calibration_error(outcome[2000:], probability) < 0.05


@pytest.mark.parametrize("name", ["logistic_regression", "gradient_boosting", "points_scorecard"])
def test_number_that_is_missing_everywhere_tells_nothing(name):
    features, outcome = rows(500, lambda frame: frame["x"])
    candidate = {name: default_candidates(["x", "empty"], [], seed=1)[name]}
    empty = features[["x"]].assign(empty=np.nan)

    model = fit_propensity(empty, outcome, candidate, inner_folds=2, seed=1)

    without = predict_propensity(model, empty)
    assert np.isfinite(without).all()
    assert np.array_equal(predict_propensity(model, empty.assign(empty=7.0)), without)


def test_planted_probabilities_come_back():
    features, outcome = rows(4000, lambda frame: 1.5 * frame["x"] - (frame["kind"] == "a"))
    new = prepare_features(
        pd.DataFrame({"x": [-1.0, 0.0, 1.0], "kind": ["a", "b", "b"]}), NUMERIC, CATEGORICAL
    )

    assert predict_propensity(fit(features, outcome), new) == pytest.approx(
        1 / (1 + np.exp([2.5, 0, -1.5])), abs=0.06
    )


@pytest.mark.parametrize("shape", [lambda x: x, lambda x: 4.0 * (x.abs() > 1) - 2], ids=["line", "threshold"])
def test_unseen_level_and_missing_values_get_a_probability(shape):
    model = fit(*rows(1000, lambda frame: shape(frame["x"])))
    new = prepare_features(
        pd.DataFrame({"x": [0.0, None], "kind": ["never seen", None]}), NUMERIC, CATEGORICAL
    )

    probability = predict_propensity(model, new)

    assert ((probability > 0) & (probability < 1)).all()


def test_no_rows_get_no_probabilities():
    features, outcome = rows(500, lambda frame: frame["x"])

    assert predict_propensity(fit(features, outcome), features.iloc[:0]).shape == (0,)


@pytest.mark.parametrize(
    ("zeros", "ones", "is_enough"),
    [(90, 10, True), (10, 90, True), (91, 9, False), (50, 49, False), (0, 0, False)],
)
def test_insufficient_data_is_said(zeros, ones, is_enough):
    reason = reason_for_insufficient_data(np.repeat([0, 1], [zeros, ones]))

    assert (reason is None) == is_enough
    if reason:
        assert f"{zeros + ones} rows" in reason
